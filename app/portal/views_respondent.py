"""The respondent's pages: what is due, and a case as the company that must answer may see it."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Blueprint, Response, abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.cases import queries, queries_talk
from app.cases.faces import case_faces, clock_face, finding_faces
from app.cases.models import Case, Clock
from app.cases.service_steps import write_message
from app.core import clock
from app.emergency import queries as calls
from app.evidence import queries as evidence
from app.evidence import service as exhibits
from app.evidence.showing import face
from app.mediation import queries as mediation
from app.mediation.showing import rounds_of, to_sign
from app.notices.files import paper_links
from app.portal import forms, story, turn
from app.portal.queries import due, notices_of, once_asked
from app.portal.showing import hand_out, notice_face, offer_face, remedy_face, thread, wishes
from app.portal.views_frame import Page, attempt
from app.web.filters import clause_url, law
from app.web.guards import act, current_actor, requires
from app.web.i18n import language
from workflows.procedure.authority import Permission
from workflows.procedure.clocks import ClockKind
from workflows.procedure.states import UNDER_WAY, Action, CaseState, steps_from
from workflows.regulation import book

respondent = Blueprint("respondent", __name__, url_prefix="/r")
BLUEPRINTS = (respondent,)
CONCERNED = {ClockKind.RESPONDENT_ANSWER, ClockKind.RESOLUTION, ClockKind.PERFORMANCE, ClockKind.REVIEW}
VIEWS = ("due", "open", "closed")
PAGES = {
    ClockKind.RESPONDENT_ANSWER: "respondent_steps.respond",
    ClockKind.PERFORMANCE: "respondent_steps.fulfil",
    ClockKind.OFFER: "respondent.case",
    ClockKind.BIDDING: "respondent_agreeing.figure",
    ClockKind.SIGNING: "respondent_agreeing.settlement",
}


@respondent.get("")
@requires(Permission.RESPONDENT_DESK)
def index() -> str:
    """List what waits for the company, or its cases."""
    view, cursor, now = request.args.get("v", "due"), request.args.get("cursor"), clock.now()
    shown: dict[str, Any] = {"view": view if view in VIEWS else "due", "calls": _calls(now)}
    if shown["view"] == "due":
        page = due(current_actor(), cursor=cursor)
        shown |= {"items": [_due(each, now) for each in page.items], "next": page.next}
    else:
        states = UNDER_WAY if view == "open" else (CaseState.CLOSED,)
        order = "due" if view == "open" else "-received"
        rows = queries.page(current_actor(), queries.Filter(states=states), order=order, cursor=cursor)
        shown |= {"cases": rows.items, "next": rows.next}
    return render_template("portal/respondent/list.html", **shown)


def _calls(now: Any) -> list[dict[str, Any]]:
    """Return the emergency calls that the company has not confirmed, with the steps of their plans."""
    plans = {plan.key: plan for plan in book.current().plans.on(now.date())}
    waiting = calls.waiting_for(current_actor().organisation_id or 0)
    return [{"number": number, "call": call, "plan": plans.get(call.plan)} for call, number in waiting]


def _due(this: Clock, now: Any) -> dict[str, Any]:
    case = this.case
    words = {
        ClockKind.RESPONDENT_ANSWER: _("Answer the complaint"),
        ClockKind.PERFORMANCE: _("Do what is owed, and show it"),
        ClockKind.OFFER: _("Accept or decline an offer"),
        ClockKind.BIDDING: _("Enter a secret figure, or let the round pass"),
        ClockKind.SIGNING: _("Sign the settlement record"),
    }
    return {
        "case": case,
        "what": words[this.kind],
        "url": url_for(PAGES[this.kind], number=case.number),
        "clock": clock_face(this, now),
    }


@respondent.get("/cases/<number>")
@requires(Permission.RESPONDENT_DESK)
def case(number: str) -> Page:
    """Show a case, or say that it moved on."""
    this = queries.by_number(number, current_actor())
    if this is None:
        return _moved(number)
    g.zone = this.time_zone
    return render_template("portal/respondent/case.html", **_shown(this))


def _moved(number: str) -> Page:
    moved = once_asked(number, current_actor()) or abort(404)
    return render_template("portal/respondent/moved.html", case=moved), 410


def own_case(number: str) -> Case:
    """Return the company's case, whole; one that is not, or no longer, its own is not found."""
    this = queries.by_number(number, current_actor()) or abort(404)
    g.zone = this.time_zone
    return this


def _shown(this: Case) -> dict[str, Any]:
    actor, now = current_actor(), clock.now()
    answered = this.state not in turn.NEGOTIATING or mediation.answered(this)
    table = turn.Table(
        offers=mediation.offers(this, actor), remedies=queries_talk.remedies(this), answered=answered,
        rounds=rounds_of(this, actor), unsigned=to_sign(this, actor),
    )  # fmt: skip
    card = turn.of_respondent(this, table, now)
    reader = story.Reader(this, "respondent", lambda text: text or "", _link(this.number))
    events = queries.events(this, actor)
    return {
        "case": this,
        "turn": card,
        "clocks": [each for each in case_faces(this, now) if each.kind in CONCERNED],
        "wishes": wishes(this),
        "question": question(this),
        "offers": [offer_face(offer, this, "respondent") for offer in table.offers],
        "remedies": [remedy_face(remedy) for remedy in table.remedies],
        "timeline": story.timeline(reader, events, card),
        "findings": finding_faces(queries.findings(this)),
        "files": [face(exhibit, actor) for exhibit in evidence.of_case(this)],
        "asked": evidence.open_items(this, actor),
        "notices": _notices(this),
        "papers": paper_links(this, actor, events, partial(url_for, "outcomes.paper", number=this.number)),
        "doors": _doors(this, table),
    }


def _notices(this: Case) -> list[dict[str, str]]:
    printed = notices_of(this, language()) if this.settled_at or this.decided_at else ()
    return [notice_face(each, url_for("respondent.notice", number=this.number, notice_id=each.id)) for each in printed]


@respondent.get("/cases/<number>/notice/<int:notice_id>")
@requires(Permission.RESPONDENT_DESK)
def notice(number: str, notice_id: int) -> Response:
    """Hand out a notice of the outcome."""
    printed = notices_of(own_case(number), language())
    return hand_out(next((each for each in printed if each.id == notice_id), None) or abort(404))


def _link(number: str) -> Any:
    pages = {
        "offer": "respondent_steps.offer", "messages": "respondent.messages", "evidence": "respondent.messages",
    }  # fmt: skip
    return lambda page, **values: url_for(pages[page], number=number, **values) if page != "evidence" else "#evidence"


def _doors(this: Case, table: turn.Table) -> list[dict[str, str]]:
    """Return what the company may do besides the turn's own action."""
    pages = [
        (Action.ANSWER, "respondent_steps.respond", _("Answer the complaint"), not table.answered),
        (Action.PROPOSE, "respondent_steps.propose", _("Make an offer"), table.answered),
        (Action.BID, "respondent_agreeing.figure", _("Enter a secret figure"), table.answered),
        (Action.SIGN_SETTLEMENT, "respondent_agreeing.settlement", _("Settlement record"), this.settled_at is not None),
        (Action.PERFORM, "respondent_steps.fulfil", _("Show what was done"), bool(table.of("promised", "disputed"))),
        (Action.CHALLENGE, "respondent_panel.respondent_page", _("Who decides the case"), True),
        (Action.REQUEST_REVIEW, "respondent_steps.appeal", _("Ask for a review"), this.decided_at is not None),
    ]
    return [
        {"url": url_for(page, number=this.number), "label": label}
        for action, page, label, sensible in pages
        if sensible and steps_from(this.state, action)
    ]


def question(this: Case) -> dict[str, str] | None:
    """Return the clause by which the company answers, and what it says."""
    row = book.current().responsible(this.anomaly or "other", on=this.law_as_of)
    if row is None:
        return None
    clause = book.current().clause(row.clause, on=this.law_as_of)
    return {
        "number": clause.number,
        "url": clause_url(clause.number),
        "text": clause.text.in_(language()),
        "anomaly": law(this.anomaly, "anomaly"),
    }


@respondent.route("/cases/<number>/messages", methods=["GET", "POST"])
@requires(Permission.RESPONDENT_DESK)
def messages(number: str) -> Page:
    """Show what was said to the company, and take a message to the desk."""
    this, form = own_case(number), forms.MessageForm()
    refused = 422 if form.is_submitted() else 0
    if form.validate_on_submit():
        this, refused = attempt(form, this.id, lambda case: _say(case, form))
        if not refused:
            flash(_("Your message was sent."), "success")
            return redirect(url_for("respondent.messages", number=number), code=303)
    said = thread(queries_talk.messages(this, current_actor()), "respondent")
    return render_template("portal/respondent/messages.html", case=this, form=form, messages=said), refused or 200


def _say(case: Case, form: forms.MessageForm) -> None:
    write_message(case, form.body.data or "", act=act())
    if files := form.uploads():
        exhibits.add(case, files, act=act())
