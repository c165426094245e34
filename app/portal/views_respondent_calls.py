"""Emergency calls on the company's desk: one click says that the call arrived."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.cases import actions, queries
from app.core.db import transaction
from app.emergency.commands import AcknowledgeCall
from app.web.guards import act, current_actor, requires
from app.web.words import sentence
from workflows.procedure.authority import Permission
from workflows.procedure.errors import StepNotAllowed
from workflows.procedure.states import Action

respondent_calls = Blueprint("respondent_calls", __name__, url_prefix="/r")
BLUEPRINTS = (respondent_calls,)


@respondent_calls.post("/emergencies/<number>/acknowledge")
@requires(Permission.RESPONDENT_DESK)
def acknowledge(number: str) -> Response:
    """Confirm that the emergency call arrived."""
    try:
        with transaction():
            case = queries.by_number(number, current_actor(), to_act=True) or abort(404)
            actions.carry_out(case, Action.ACKNOWLEDGE_CALL, AcknowledgeCall(), act=act())
        flash(_("Confirmed. The duty officer knows that you are at it."), "success")
    except StepNotAllowed:
        flash(sentence("already_answered"), "info")
    return redirect(url_for("respondent.index"), code=303)
