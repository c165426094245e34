"""The complainant comes to terms: a secret figure in a round of blind bidding, the signature under the settlement."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template
from flask_babel import gettext as _

from app.cases import actions
from app.cases.models import Case
from app.core import clock
from app.core.db import transaction
from app.core.languages import known
from app.mediation.queries_record import record_of
from app.mediation.service_record import sign
from app.mediation.showing import bidding_face, record_face
from app.portal import queries, service
from app.portal.forms_agreeing import FigureForm, SignByCodeForm
from app.portal.views_entry import MASKS, MINUTES, sent_words, too_soon_words, wrong_code_words
from app.portal.views_frame import Page, Visit, attempt, to_act
from app.web.files import text_file
from app.web.filters import money
from app.web.guards import act, open_to_all
from app.web.i18n import public
from app.web.limits import often
from workflows.procedure.authority import Actor
from workflows.procedure.states import Action

agreeing = public(Blueprint("agreeing", __name__, url_prefix="/c/<token>"))
BLUEPRINTS = (agreeing,)


@agreeing.route("/figure", methods=["GET", "POST"])
@open_to_all
@to_act
def figure(visit: Visit) -> Page:
    """Enter the least that would settle it, in secret; shown once more before it is sent."""
    form, refused = FigureForm(), 0
    if form.validate_on_submit() and form.checked.data == "yes":
        visit.case, refused = attempt(form, visit.case.id, lambda case: enter(case, form))
        if not refused:
            flash(_("Your figure was entered. Nobody sees it."), "success")
            return redirect(visit.url("agreeing.figure"), code=303)
    shown = figure_face(visit.case, visit.actor, form)
    page = render_template("portal/figure.html", visit=visit, case=visit.case, **shown)
    return page, refused or (422 if form.errors else 200)


def figure_face(case: Case, actor: Actor, form: FigureForm) -> dict[str, Any]:
    """Return what the page draws; with a sound figure that was not confirmed yet, that figure to read once more."""
    typed = form.is_submitted() and not form.errors and not form.form_errors
    sum_ = money(form.amount_minor(), case.currency) if typed else ""
    return {"form": form, "bidding": bidding_face(case, actor), "checking": typed, "figure": sum_}


def enter(case: Case, form: FigureForm) -> None:
    """Enter the figure of whoever acts."""
    actions.carry_out(case, Action.BID, form.to_command(case.currency), act=act())


# --- the settlement record --------------------------------------------------------------------------------------------


@agreeing.get("/settlement")
@open_to_all
@to_act
def settlement(visit: Visit) -> Page:
    """Show the settlement record, and ask for the signature while its time runs."""
    return _record_page(visit, SignByCodeForm(formdata=None), 200)


def _record_page(visit: Visit, form: SignByCodeForm, status: int) -> Page:
    record = record_face(visit.case, visit.actor) or abort(404)
    last, now = queries.newest_code(visit.case), clock.now()
    live = last is not None and last.spent_at is None and last.expires_at >= now
    ways = [MASKS[channel](address) for channel, address in service.ways(visit.case).items()]
    shown = {"record": record, "live": live or status == 422, "ways": ways, "minutes": MINUTES}
    shown["may_sign"] = record["yours"] and now < record["sign_until"]
    form.tongue.data, form.digest.data = record["tongue"], record["digest"]
    return render_template("portal/settlement.html", visit=visit, case=visit.case, form=form, **shown), status


@agreeing.post("/settlement/code")
@open_to_all
@often("codes")
@to_act
def send_code(visit: Visit) -> Page:
    """Send the code with which the record is signed to the contact that was given."""
    channel = next(iter(service.ways(visit.case)), None)
    with transaction():
        sent = channel is not None and service.send_code(visit.case, channel, act=act())
    flash(sent_words() if sent else too_soon_words(), "success" if sent else "warning")
    return redirect(visit.url("agreeing.settlement") + "#sign", code=303)


@agreeing.post("/settlement")
@open_to_all
@often("codes")
@to_act
def sign_settlement(visit: Visit) -> Page:
    """Sign the very text that was read, with the code that was sent for it."""
    form = SignByCodeForm()
    if not visit.confirmed or not form.validate():
        return _record_page(visit, form, 422)
    with transaction():  # a try counts, whatever follows
        right = service.check_code(visit.case, form.digits(), act=act()) is not None
    if not right:
        form.add_error("code", wrong_code_words())
        return _record_page(visit, form, 422)
    visit.case, refused = attempt(form, visit.case.id, lambda case: _sign(case, form))
    if refused:
        return _record_page(visit, form, refused)
    flash(_("You signed the settlement record."), "success")
    return redirect(visit.url("agreeing.settlement"), code=303)


def _sign(case: Case, form: SignByCodeForm) -> None:
    sign(case, form.tongue.data or "", form.digest.data or "", "code", act=act())


@agreeing.get("/settlement.<tag>.txt")
@open_to_all
@to_act
def settlement_text(visit: Visit, tag: str) -> Response:
    """Hand out the very bytes that were signed, so that anybody can check their SHA-256."""
    record = record_of(visit.case, visit.actor) or abort(404)
    tongue = known(tag) or abort(404)
    return text_file(record.text(tongue), f"{visit.case.number}.{tongue}.txt")
