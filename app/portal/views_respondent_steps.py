"""The respondent's steps: answer on one page, accept or decline, offer, show what was done, ask for a review."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.cases import actions, queries_talk
from app.cases.forms import terms_for_form
from app.cases.models import Case
from app.cases.terms import sought_terms
from app.core import clock
from app.core.commands import Command
from app.evidence import service as exhibits
from app.mediation import queries as mediation
from app.portal import forms
from app.portal.showing import offer_face, remedy_face, wishes
from app.portal.turn import to_answer
from app.portal.views_frame import Page, attempt
from app.portal.views_respondent import own_case, question
from app.portal.views_steps import ANSWERS, review, window
from app.web.forms import Form
from app.web.guards import act, current_actor, requires
from workflows.procedure.authority import Permission
from workflows.procedure.states import Action, CaseState, steps_from
from workflows.regulation import book

respondent_steps = Blueprint("respondent_steps", __name__, url_prefix="/r/cases/<number>")
BLUEPRINTS = (respondent_steps,)


def _take(form: Form, this: Case, action: Action, command: Command) -> tuple[Case, int]:
    return attempt(form, this.id, lambda case: actions.carry_out(case, action, command, act=act()))


def _done(number: str, words: str) -> Any:
    flash(words, "success")
    return redirect(url_for("respondent.case", number=number), code=303)


# --- the answer -------------------------------------------------------------------------------------------------------


@respondent_steps.route("/respond", methods=["GET", "POST"])
@requires(Permission.ANSWER_SEND)
def respond(number: str) -> Page:
    """Answer on one page: agree, offer part, refuse, or say whose it is."""
    this = own_case(number)
    form = forms.AnswerForm(data={"terms": terms_for_form(this, sought_terms(this))})
    refused = 422 if form.is_submitted() else 0
    if form.validate_on_submit():
        this, refused = attempt(form, this.id, lambda case: _answer(case, form))
        if not refused:
            flash(_("Your answer was sent."), "success")
            return redirect(url_for("respondent.index"), code=303)
    waits = bool(steps_from(this.state, Action.ANSWER)) and not mediation.answered(this)
    shown = {"case": this, "form": form, "waits": waits, "turn": to_answer(this, clock.now())}
    shown |= {"question": question(this), "wishes": wishes(this)}
    return render_template("portal/respondent/respond.html", **shown), refused or 200


def _answer(case: Case, form: forms.AnswerForm) -> None:
    """Add the files first: after "not ours" the company may add nothing more."""
    if files := form.uploads():
        exhibits.add(case, files, act=act())
    actions.carry_out(case, Action.ANSWER, form.to_command(case), act=act())


# --- offers -----------------------------------------------------------------------------------------------------------


@respondent_steps.get("/offer/<int:n>")
@requires(Permission.RESPONDENT_DESK)
def offer(number: str, n: int) -> Page:
    """Show an offer; with `?answer=` the page that asks once more."""
    answer = request.args.get("answer", "")
    return _offer_page(own_case(number), n, forms.ReplyForm(formdata=None, answer=answer if answer in ANSWERS else ""))


def _offer_page(this: Case, n: int, form: forms.ReplyForm, status: int = 200) -> Page:
    made = mediation.offers(this, current_actor())
    that = next((each for each in made if each.n == n), None) or abort(404)
    newer = next((each for each in reversed(made) if "respondent" in each.waits_for and each.n > n), None)
    shown = {"case": this, "offer": offer_face(that, this, "respondent"), "newer": newer, "form": form}
    return render_template("portal/respondent/offer.html", **shown), status


@respondent_steps.post("/offer/<int:n>")
@requires(Permission.RESPONDENT_DESK)
def answer_offer(number: str, n: int) -> Page:
    """Accept or decline the very offer that was read."""
    this, form = own_case(number), forms.ReplyForm()
    if not form.validate() or form.answer.data not in ANSWERS:
        return _offer_page(this, n, form, 422)
    this, refused = _take(form, this, ANSWERS[form.answer.data], form.to_command(n))
    if refused:
        return _offer_page(this, n, form, refused)
    if this.state is CaseState.SETTLED:
        flash(_("You accepted the offer, and the case is settled. Please read and sign the record."), "success")
        return redirect(url_for("respondent_agreeing.settlement", number=number), code=303)
    accepted = form.answer.data == "accept"
    return _done(number, _("You accepted the offer.") if accepted else _("You did not accept the offer."))


@respondent_steps.route("/propose", methods=["GET", "POST"])
@requires(Permission.RESPONDENT_DESK)
def propose(number: str) -> Page:
    """Make an offer."""
    this = own_case(number)
    form = forms.ProposeForm(data={"terms": terms_for_form(this, sought_terms(this))})
    refused = 422 if form.is_submitted() else 0
    if form.validate_on_submit():
        this, refused = _take(form, this, Action.PROPOSE, form.to_command(this))
        if not refused:
            return _done(number, _("Your offer was sent."))
    shown = {"case": this, "form": form, "wishes": wishes(this)}
    return render_template("portal/respondent/propose.html", **shown), refused or 200


# --- performance and review -------------------------------------------------------------------------------------------


@respondent_steps.route("/fulfil", methods=["GET", "POST"])
@requires(Permission.PERFORMANCE_PROVE)
def fulfil(number: str) -> Page:
    """Show of each remedy that it was done."""
    this, form = own_case(number), forms.ProofForm()
    refused = 422 if form.is_submitted() else 0
    if form.validate_on_submit():
        this, refused = attempt(form, this.id, lambda case: _prove(case, form))
        if not refused:
            flash(_thanks(this), "success")
            return redirect(url_for("respondent_steps.fulfil", number=number), code=303)
    shown = {"case": this, "form": form, "chosen": _chosen(form), "remedies": _owed(this)}
    return render_template("portal/respondent/fulfil.html", **shown), refused or 200


def _owed(this: Case) -> list[dict[str, Any]]:
    return [remedy_face(remedy) for remedy in queries_talk.remedies(this)]


def _chosen(form: forms.ProofForm) -> int | None:
    """Return the number of the remedy that the reader is about to prove."""
    return (
        int(form.remedy.data or 0)
        if form.is_submitted() and not form.remedy.errors
        else request.args.get("remedy", type=int)
    )


def _thanks(this: Case) -> str:
    hours = book.current().figure("proof_challenge", on=this.law_as_of).value
    return _("Reported. The consumer now has %(hours)s hours to say otherwise.", hours=hours)


def _prove(case: Case, form: forms.ProofForm) -> None:
    actions.carry_out(case, Action.PERFORM, form.to_command(), act=act())
    if files := form.uploads():
        exhibits.add(case, files, act=act(), note=form.proof.data or "")


@respondent_steps.route("/appeal", methods=["GET", "POST"])
@requires(Permission.RESPONDENT_DESK)
def appeal(number: str) -> Page:
    """Ask for a review of the decision."""
    this, form = own_case(number), forms.ReviewForm()
    refused = 422 if form.is_submitted() else 0
    if form.validate_on_submit():
        this, refused = attempt(form, this.id, lambda case: review(case, form))
        if not refused:
            return _done(number, _("Your request for a review was sent."))
    shown = {"case": this, "form": form, "window": window(this)}
    return render_template("portal/respondent/appeal.html", **shown), refused or 200
