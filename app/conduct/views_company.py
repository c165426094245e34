"""The company's pages: its standing with every reason, and each penalty to answer or to appeal.

Source: clauses 1.2.3, 3.2.3.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from app.conduct import queries, service
from app.conduct.forms import AnswerForm, AppealForm, PenaltyForm
from app.conduct.models import Penalty
from app.conduct.showing import breach_name, face, story
from app.conduct.standing import method, standing
from app.conduct.views_acting import taken
from app.core import clock
from app.organisations import queries as organisations
from app.web.guards import current_actor, requires
from workflows.procedure.authority import Permission
from workflows.procedure.states import Action

credit = Blueprint("credit", __name__, url_prefix="/r")
BLUEPRINTS = (credit,)


@credit.get("/credit")
@requires(Permission.PENALTY_ANSWER)
def own() -> str:
    """Show the company its standing: the score, why, how it went, and its penalties."""
    company, now = organisations.as_known(current_actor().organisation_id or 0) or abort(404), clock.now()
    penalties = [face(each, now) for each in queries.of_company(company.id)]
    counted = standing(company.merged_into_id or company.id, now)
    shown = {"company": company, "standing": counted, "method": method(now)}
    return render_template("conduct/credit.html", faces=penalties, breach_name=breach_name, now=now, **shown)


@credit.get("/penalties/<penalty_number>")
@requires(Permission.PENALTY_ANSWER)
def penalty(penalty_number: str) -> Any:
    """Show one penalty, and what the company can do."""
    return _page(_found(penalty_number), AnswerForm(formdata=None), AppealForm(formdata=None), 200)


@credit.post("/penalties/<penalty_number>/answer")
@requires(Permission.PENALTY_ANSWER)
def answer(penalty_number: str) -> Any:
    """Say what speaks against it."""
    this, form = _found(penalty_number), AnswerForm()
    form.of(this, this.case.version)
    status = taken(form, Action.ANSWER_PENALTY) if form.validate() else 422
    if status:
        return _page(_found(penalty_number), form, AppealForm(formdata=None), status)
    flash(_("Sent. We write to you when somebody has decided."), "success")
    return redirect(url_for("credit.penalty", penalty_number=penalty_number), code=303)


@credit.post("/penalties/<penalty_number>/appeal")
@requires(Permission.PENALTY_ANSWER)
def appeal(penalty_number: str) -> Any:
    """Ask somebody else to look at it."""
    this, form = _found(penalty_number), AppealForm()
    form.of(this, this.case.version)
    status = taken(form, Action.APPEAL_PENALTY) if form.validate() else 422
    if status:
        return _page(_found(penalty_number), AnswerForm(formdata=None), form, status)
    flash(_("Your appeal is in. The penalty is stayed until somebody else has ruled."), "success")
    return redirect(url_for("credit.penalty", penalty_number=penalty_number), code=303)


def _found(number: str) -> Penalty:
    return queries.by_number(number, current_actor()) or abort(404)


def _page(this: Penalty, answering: PenaltyForm, appealing: PenaltyForm, status: int) -> tuple[str, int]:
    now = clock.now()
    theirs = this.case.respondent_id == this.organisation_id
    hears = theirs and service.is_to_answer(this) and now <= this.hear_by
    appeals = theirs and service.is_to_appeal(this) and this.appeal_by is not None and now <= this.appeal_by
    shown = {
        "this": this, "face": face(this, now), "story": story(queries.history(this)), "theirs": theirs,
        "answering": answering.of(this, this.case.version) if hears else None,
        "appealing": appealing.of(this, this.case.version) if appeals else None,
    }  # fmt: skip
    return render_template("conduct/own_penalty.html", **shown), status
