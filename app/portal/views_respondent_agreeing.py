"""The company comes to terms: a secret figure in a round of blind bidding, the signature under the settlement."""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from app.cases.models import Case
from app.core import clock
from app.core.languages import known
from app.mediation.queries_record import record_of
from app.mediation.service_record import sign
from app.mediation.showing import record_face
from app.portal.forms_agreeing import FigureForm, SignForm
from app.portal.views_agreeing import enter, figure_face
from app.portal.views_frame import Page, attempt
from app.portal.views_respondent import own_case
from app.web.files import text_file
from app.web.guards import act, current_actor, fresh, requires
from workflows.procedure.authority import Permission

respondent_agreeing = Blueprint("respondent_agreeing", __name__, url_prefix="/r/cases/<number>")
BLUEPRINTS = (respondent_agreeing,)


@respondent_agreeing.route("/figure", methods=["GET", "POST"])
@requires(Permission.RESPONDENT_DESK)
def figure(number: str) -> Page:
    """Enter the most that the company would pay, in secret; shown once more before it is sent."""
    this, form, refused = own_case(number), FigureForm(), 0
    if form.validate_on_submit() and form.checked.data == "yes":
        this, refused = attempt(form, this.id, lambda case: enter(case, form))
        if not refused:
            flash(_("Your figure was entered. Nobody sees it."), "success")
            return redirect(url_for("respondent_agreeing.figure", number=number), code=303)
    shown = figure_face(this, current_actor(), form)
    page = render_template("portal/respondent/figure.html", case=this, **shown)
    return page, refused or (422 if form.errors else 200)


@respondent_agreeing.get("/settlement")
@requires(Permission.RESPONDENT_DESK)
def settlement(number: str) -> Page:
    """Show the settlement record, and ask for the signature while its time runs."""
    return _record_page(own_case(number), SignForm(formdata=None), 200)


def _record_page(this: Case, form: SignForm, status: int) -> Page:
    record = record_face(this, current_actor()) or abort(404)
    form.tongue.data, form.digest.data = record["tongue"], record["digest"]
    may_sign = record["yours"] and clock.now() < record["sign_until"]
    shown = {"case": this, "form": form, "record": record, "may_sign": may_sign}
    return render_template("portal/respondent/settlement.html", **shown), status


@respondent_agreeing.post("/settlement")
@requires(Permission.OFFER_ANSWER)
@fresh
def sign_settlement(number: str) -> Page:
    """Sign the very text that was read; who signs has just proved again who they are."""
    this, form = own_case(number), SignForm()
    if not form.validate():
        return _record_page(this, form, 422)
    tongue, digest = form.tongue.data or "", form.digest.data or ""
    this, refused = attempt(form, this.id, lambda case: sign(case, tongue, digest, "proved", act=act()))
    if refused:
        return _record_page(this, form, refused)
    flash(_("You signed the settlement record."), "success")
    return redirect(url_for("respondent_agreeing.settlement", number=number), code=303)


@respondent_agreeing.get("/settlement.<tag>.txt")
@requires(Permission.RESPONDENT_DESK)
def settlement_text(number: str, tag: str) -> Response:
    """Hand out the very bytes that were signed, so that anybody can check their SHA-256."""
    record = record_of(own_case(number), current_actor()) or abort(404)
    tongue = known(tag) or abort(404)
    return text_file(record.text(tongue), f"{number}.{tongue}.txt")
