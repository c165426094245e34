"""The complainant's pages: how the case stands, its clocks, its messages, its evidence."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template
from flask_babel import gettext as _

from app.cases import queries, queries_talk
from app.cases.accounts import receipt
from app.cases.faces import finding_faces
from app.cases.models import Case
from app.cases.service_steps import write_message
from app.core import clock
from app.evidence import service as exhibits
from app.evidence.queries import open_items
from app.mediation import queries as mediation
from app.mediation.showing import rounds_of, to_sign
from app.notices.files import paper_links
from app.portal import forms, story, turn
from app.portal import queries as queries_of_ours
from app.portal.showing import covered, hand_out, notice_face, offer_face, qr_code, remedy_face, thread
from app.portal.views_evidence import faces_of
from app.portal.views_frame import Page, Visit, attempt, by_private_link, to_act
from app.web.guards import act, open_to_all
from app.web.i18n import language, public
from workflows.procedure.states import Action, steps_from

portal = public(Blueprint("portal", __name__))
BLUEPRINTS = (portal,)

# What can be done at any time, and the page it is done on.
DOORS = {
    Action.ADD_EVIDENCE: ("own_evidence.evidence_list", lambda: _("Add evidence")),
    Action.STATE_FACTS: ("own_facts.facts", lambda: _("See the facts of the order")),
    Action.MESSAGE: ("portal.messages", lambda: _("Write to us")),
    Action.PROPOSE: ("steps.propose", lambda: _("Make an offer of your own")),
    Action.BID: ("agreeing.figure", lambda: _("Enter a secret figure")),
    Action.SIGN_SETTLEMENT: ("agreeing.settlement", lambda: _("Settlement record")),
    Action.CONFIRM_PERFORMANCE: ("steps.fulfil", lambda: _("Say whether it was done")),
    Action.RATE: ("steps.rate", lambda: _("Rate how we did")),
    Action.CHALLENGE: ("panel.page", lambda: _("Who decides your case")),
    Action.REQUEST_REVIEW: ("steps.appeal", lambda: _("Ask for a review")),
    Action.WITHDRAW: ("steps.withdraw", lambda: _("Withdraw the complaint")),
}


@portal.get("/c/<token>")
@open_to_all
@by_private_link
def home(visit: Visit) -> str:
    """Show whose turn it is and what comes next."""
    return render_template("portal/home.html", visit=visit, case=visit.case, **_shown(visit))


def _shown(visit: Visit) -> dict[str, Any]:
    case, table = visit.case, _table(visit)
    card = turn.of_consumer(case, table, clock.now())
    reader = story.Reader(case, "consumer", visit.veil.text, _links(visit))
    events = queries.events(case, visit.actor)
    return {
        "turn": card,
        "offer": offer_face(card.offer, case, "consumer", visit.veil.text) if card.offer else None,
        "company": turn.company(case),
        "remedies": covered(map(remedy_face, table.remedies), visit.veil.text, "proof", "note"),
        "timeline": story.timeline(reader, events, card),
        "findings": finding_faces(queries.findings(case)),
        "files": faces_of(visit),
        "asked": open_items(case, visit.actor),
        "notices": _notices(visit),
        "papers": paper_links(case, visit.actor, events, partial(visit.url, "papers.paper")),
        "doors": _doors(visit, table),
        "qr": qr_code(visit.link),
    }


def _notices(visit: Visit) -> list[dict[str, str]]:
    """Return the notices of the outcome; before there is one, nothing is asked of the database."""
    case = visit.case
    printed = queries_of_ours.notices_of(case, language()) if case.settled_at or case.decided_at else ()
    return [notice_face(notice, visit.url("portal.notice", notice_id=notice.id)) for notice in printed]


@portal.get("/c/<token>/notice/<int:notice_id>")
@open_to_all
@to_act
def notice(visit: Visit, notice_id: int) -> Response:
    """Hand out a notice, which names the parties."""
    printed = queries_of_ours.notices_of(visit.case, language())
    return hand_out(next((each for each in printed if each.id == notice_id), None) or abort(404))


def _table(visit: Visit) -> turn.Table:
    case = visit.case
    return turn.Table(
        offers=mediation.offers(case, visit.actor) if case.state in turn.NEGOTIATING else (),
        remedies=queries_talk.remedies(case),
        rated=queries_talk.rating(case) is not None,
        rounds=rounds_of(case, visit.actor),
        unsigned=to_sign(case, visit.actor),
    )


def _links(visit: Visit) -> Callable[..., str | None]:
    pages = {"offer": "steps.offer", "messages": "portal.messages", "evidence": "own_evidence.evidence_list"}
    return lambda page, **values: visit.url(pages[page], **values)


def _doors(visit: Visit, table: turn.Table) -> list[dict[str, str]]:
    """Return what the complainant may do besides the turn's own action."""
    shut = {Action.RATE} if table.rated else set[Action]()
    if visit.case.asked_at is None:
        shut |= {Action.PROPOSE, Action.BID}
    if visit.case.settled_at is None:
        shut.add(Action.SIGN_SETTLEMENT)
    if visit.case.decided_at is None:
        shut.add(Action.REQUEST_REVIEW)
    if not table.of("proved"):
        shut.add(Action.CONFIRM_PERFORMANCE)
    possible = [action for action in DOORS if steps_from(visit.case.state, action) and action not in shut]
    return [{"url": visit.url(DOORS[action][0]), "label": DOORS[action][1]()} for action in possible]


@portal.get("/c/<token>/clocks")
@open_to_all
@by_private_link
def clocks(visit: Visit) -> str:
    """Show the deadline receipt."""
    shown = receipt(visit.case, clock.now())
    return render_template("portal/clocks.html", visit=visit, case=visit.case, receipt=shown)


@portal.route("/c/<token>/messages", methods=["GET", "POST"])
@open_to_all
@by_private_link
def messages(visit: Visit) -> Page:
    """Show what was said, and take a message to the desk."""
    form = forms.MessageForm()
    refused = 422 if form.is_submitted() else 0
    if form.validate_on_submit():
        visit.case, refused = attempt(form, visit.case.id, lambda case: _say(case, form))
        if not refused:
            flash(_("Your message was sent."), "success")
            return redirect(visit.url("portal.messages"), code=303)
    said = covered(thread(queries_talk.messages(visit.case, visit.actor), "consumer"), visit.veil.text, "text")
    return render_template(
        "portal/messages.html", visit=visit, case=visit.case, form=form, messages=said
    ), refused or 200


def _say(case: Case, form: forms.MessageForm) -> None:
    write_message(case, form.body.data or "", act=act())
    if files := form.uploads():
        exhibits.add(case, files, act=act())
