"""The complainant's steps: answer an offer, make one, confirm what was done, rate, ask for a review, withdraw."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask_babel import gettext as _

from app.cases import actions, queries_talk
from app.cases.commands import ConfirmPerformance, DisputePerformance, Withdraw
from app.cases.forms import terms_for_form
from app.cases.models import Case
from app.cases.terms import sought_terms
from app.committee.service_review import review_ends, reviewable
from app.core import clock
from app.core.commands import Command
from app.evidence import service as exhibits
from app.mediation import queries as mediation
from app.portal import forms
from app.portal.showing import offer_face, remedy_face
from app.portal.views_frame import Page, Visit, attempt, by_private_link, to_act
from app.web.filters import named
from app.web.forms import Form
from app.web.guards import act, open_to_all
from app.web.i18n import public
from app.web.words import sentence
from workflows.procedure.errors import ProcedureError
from workflows.procedure.states import Action, CaseState
from workflows.regulation import book

steps = public(Blueprint("steps", __name__, url_prefix="/c/<token>"))
BLUEPRINTS = (steps,)
ANSWERS = {"accept": Action.ACCEPT, "decline": Action.DECLINE}


def _take(visit: Visit, form: Form, action: Action, command: Command) -> int:
    """Carry the action out; return 0, or the status of the refusal."""
    visit.case, refused = attempt(form, visit.case.id, lambda case: actions.carry_out(case, action, command, act=act()))
    return refused


def _done(visit: Visit, words: str) -> Any:
    flash(words, "success")
    return redirect(visit.url("portal.home"), code=303)


# --- offers -----------------------------------------------------------------------------------------------------------


@steps.get("/offer/<int:n>")
@open_to_all
@by_private_link
def offer(visit: Visit, n: int) -> Page:
    """Show an offer; with `?answer=` the page that asks once more."""
    answer = request.args.get("answer", "")
    if answer in ANSWERS and not visit.confirmed:
        return redirect(visit.url("entry.verify", next=request.full_path), code=303)
    return _offer_page(visit, n, forms.ReplyForm(formdata=None, answer=answer if answer in ANSWERS else ""))


def _offer_page(visit: Visit, n: int, form: forms.ReplyForm, status: int = 200) -> Page:
    """Return the page of offer `n`: to read, to confirm the answer, or what became of it."""
    made = mediation.offers(visit.case, visit.actor)
    this = next((each for each in made if each.n == n), None) or abort(404)
    newer = next((each for each in reversed(made) if "consumer" in each.waits_for and each.n > n), None)
    shown = offer_face(this, visit.case, "consumer", visit.veil.text)
    page = "portal/offer_check.html" if form.answer.data and shown["yours"] else "portal/offer.html"
    return render_template(page, visit=visit, case=visit.case, offer=shown, newer=newer, form=form), status


@steps.post("/offer/<int:n>")
@open_to_all
@to_act
def answer_offer(visit: Visit, n: int) -> Page:
    """Accept or decline the very offer that was read."""
    form = forms.ReplyForm()
    if not form.validate() or form.answer.data not in ANSWERS:
        return _offer_page(visit, n, form, 422)
    if refused := _take(visit, form, ANSWERS[form.answer.data], form.to_command(n)):
        return _offer_page(visit, n, form, refused)
    if visit.case.state is CaseState.SETTLED:
        flash(_("You accepted the offer, and the case is settled. Please read and sign the record."), "success")
        return redirect(visit.url("agreeing.settlement"), code=303)
    accepted = form.answer.data == "accept"
    return _done(visit, _("You accepted the offer.") if accepted else _("You did not accept the offer."))


@steps.route("/propose", methods=["GET", "POST"])
@open_to_all
@to_act
def propose(visit: Visit) -> Page:
    """Make an offer of one's own."""
    form = forms.ProposeForm(data={"terms": terms_for_form(visit.case, sought_terms(visit.case))})
    refused = 422 if form.is_submitted() else 0
    if form.validate_on_submit() and not (refused := _take(visit, form, Action.PROPOSE, form.to_command(visit.case))):
        return _done(visit, _("Your offer was sent."))
    return render_template("portal/propose.html", visit=visit, case=visit.case, form=form), refused or 200


# --- performance and after --------------------------------------------------------------------------------------------


@steps.route("/fulfil", methods=["GET", "POST"])
@open_to_all
@to_act
def fulfil(visit: Visit) -> Page:
    """Say of each remedy whether it was done."""
    owed = queries_talk.remedies(visit.case)
    form = forms.FulfilForm.for_remedies([each for each in owed if each.status in ("promised", "proved", "disputed")])
    refused = 422 if form.is_submitted() else 0
    if form.validate_on_submit():
        visit.case, refused = attempt(form, visit.case.id, lambda case: _confirm(case, form.answers()))
        if not refused:
            return _done(visit, _("Thank you. We wrote that down."))
        owed = queries_talk.remedies(visit.case)
    shown = [remedy_face(remedy) for remedy in owed]
    return render_template(
        "portal/fulfil.html", visit=visit, case=visit.case, form=form, remedies=shown
    ), refused or 200


def _confirm(case: Case, answers: dict[int, tuple[str, str]]) -> None:
    """Confirm what was done; say of what was reported as done that it was not. Not yet due is nothing to report."""
    reported = {remedy.n for remedy in queries_talk.remedies(case) if remedy.status == "proved"}
    for n, (done, reason) in answers.items():
        if done == "yes":
            actions.carry_out(case, Action.CONFIRM_PERFORMANCE, ConfirmPerformance(remedy=n), act=act())
        elif n in reported:
            command = DisputePerformance(remedy=n, reason=reason or named("dispute_performance", "action"))
            actions.carry_out(case, Action.DISPUTE_PERFORMANCE, command, act=act())


@steps.route("/rate", methods=["GET", "POST"])
@open_to_all
@to_act
def rate(visit: Visit) -> Page:
    """Three questions, once."""
    form = forms.RateForm()
    refused = 422 if form.is_submitted() else 0
    if form.validate_on_submit() and not (refused := _take(visit, form, Action.RATE, form.to_command())):
        return _done(visit, _("Thank you for telling us."))
    given = queries_talk.rating(visit.case)
    return render_template("portal/rate.html", visit=visit, case=visit.case, form=form, given=given), refused or 200


@steps.route("/appeal", methods=["GET", "POST"])
@open_to_all
@to_act
def appeal(visit: Visit) -> Page:
    """Ask for a review of the decision."""
    form = forms.ReviewForm()
    refused = 422 if form.is_submitted() else 0
    if form.validate_on_submit():
        visit.case, refused = attempt(form, visit.case.id, lambda case: review(case, form))
        if not refused:
            return _done(visit, _("Your request for a review was sent."))
    shown = {"window": window(visit.case), "case": visit.case, "form": form}
    return render_template("portal/appeal.html", visit=visit, **shown), refused or 200


def review(case: Case, form: forms.ReviewForm) -> None:
    """Ask for a review, with the files that support it."""
    actions.carry_out(case, Action.REQUEST_REVIEW, form.to_command(), act=act())
    if files := form.uploads():
        exhibits.add(case, files, act=act())


def window(case: Case) -> dict[str, Any]:
    """Return until when a review can be asked for and how long it takes, or why there is none."""
    now = clock.now()
    try:
        decision = reviewable(case, now)
    except ProcedureError as refused:
        return {"open": False, "why": sentence(refused.code, refused.fields)}
    until = review_ends(case, decision.signed_at or now)
    takes = book.current().figure("review", on=case.law_as_of).value
    return {"open": True, "until": until, "days": max((until - now).days, 1), "takes": takes}


@steps.route("/withdraw", methods=["GET", "POST"])
@open_to_all
@to_act
def withdraw(visit: Visit) -> Page:
    """Stop it, after reading what that means."""
    form = forms.WithdrawForm()
    refused = 422 if form.is_submitted() else 0
    if form.validate_on_submit() and not (
        refused := _take(visit, form, Action.WITHDRAW, Withdraw(reason=form.reason.data or ""))
    ):
        return _done(visit, _("Your complaint was withdrawn."))
    possible = bool(actions.steps_from(visit.case.state, Action.WITHDRAW))
    return render_template(
        "portal/withdraw.html", visit=visit, case=visit.case, form=form, possible=possible
    ), refused or 200
