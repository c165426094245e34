"""The desk's pages about penalties: what waits, one penalty with its story, deciding it, ruling on its appeal.

Source: clause 3.2.3.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.conduct import queries, service
from app.conduct.forms import DecideForm, PenaltyForm, RuleForm
from app.conduct.models import Penalty
from app.conduct.showing import face, story
from app.conduct.views_acting import taken
from app.core import clock
from app.web.guards import current_actor, fresh, requires
from workflows.procedure.authority import Permission
from workflows.procedure.states import Action

conduct = Blueprint("conduct", __name__, url_prefix="/desk/conduct")
BLUEPRINTS = (conduct,)


@conduct.get("")
@requires(Permission.PENALTY_READ)
def board() -> str:
    """Show the penalties of a view: those to decide first."""
    view, now = request.args.get("v", "to_decide"), clock.now()
    view = view if view in queries.VIEWS else "to_decide"
    page = queries.board(view, now, cursor=request.args.get("cursor"))
    shown = {"view": view, "views": queries.VIEWS, "next": page.next}
    return render_template("conduct/board.html", faces=[face(each, now) for each in page.items], **shown)


@conduct.get("/<penalty_number>")
@requires(Permission.PENALTY_READ)
def penalty(penalty_number: str) -> Any:
    """Show one penalty with all that was said about it."""
    return _page(_found(penalty_number), DecideForm(formdata=None), RuleForm(formdata=None), 200)


@conduct.post("/<penalty_number>/decide")
@requires(Permission.PENALTY_DECIDE)
@fresh
def decide(penalty_number: str) -> Any:
    """Impose the penalty or drop it."""
    this, form = _found(penalty_number), DecideForm()
    form.of(this, this.case.version)
    status = taken(form, Action.DECIDE_PENALTY) if form.validate() else 422
    if status:
        return _page(_found(penalty_number), form, RuleForm(formdata=None), status)
    flash(_("Decided. The company was written to."), "success")
    return redirect(url_for("conduct.penalty", penalty_number=penalty_number), code=303)


@conduct.post("/<penalty_number>/rule")
@requires(Permission.PENALTY_DECIDE)
@fresh
def rule(penalty_number: str) -> Any:
    """Rule on an appeal."""
    this, form = _found(penalty_number), RuleForm()
    form.of(this, this.case.version)
    status = taken(form, Action.RULE_PENALTY) if form.validate() else 422
    if status:
        return _page(_found(penalty_number), DecideForm(formdata=None), form, status)
    flash(_("Ruled. The company was written to."), "success")
    return redirect(url_for("conduct.penalty", penalty_number=penalty_number), code=303)


def _found(number: str) -> Penalty:
    return queries.by_number(number, current_actor()) or abort(404)


def _page(this: Penalty, decision: PenaltyForm, ruling: PenaltyForm, status: int) -> tuple[str, int]:
    now, actor = clock.now(), current_actor()
    may = actor.may(Permission.PENALTY_DECIDE) and actor.organisation_id != this.organisation_id
    heard = this.answered_at is not None or now > this.hear_by
    shown = {
        "this": this, "face": face(this, now), "story": story(queries.history(this)),
        "decision": decision.of(this, this.case.version) if may and heard and service.is_to_decide(this) else None,
        "ruling": ruling.of(this, this.case.version)
        if may and this.decided_by != actor.user_id and service.is_to_rule(this) else None,
        "own": this.decided_by == actor.user_id and service.is_to_rule(this), "waits": may and not heard,
    }  # fmt: skip
    return render_template("conduct/penalty.html", **shown), status
