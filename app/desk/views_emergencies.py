"""The board of emergencies: what waits to be started, oldest clock first, and what is done about the rest."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from pydantic import ValidationError
from werkzeug.wrappers import Response

from app.cases import actions, queries
from app.core import clock
from app.core.commands import Command
from app.core.db import transaction
from app.desk import emergencies
from app.emergency.commands import AcknowledgeCall, EmergencyStep, StartEmergency
from app.web.api import found
from app.web.filters import named
from app.web.guards import act, current_actor, requires
from app.web.words import sentence
from workflows.procedure.authority import Permission
from workflows.procedure.errors import ProcedureError
from workflows.procedure.states import Action

board_pages = Blueprint("emergencies", __name__, url_prefix="/desk")
BLUEPRINTS = (board_pages,)


@board_pages.get("/emergencies")
@requires(Permission.QUEUE_READ)
def board() -> str:
    """Show what is open."""
    now, flagged = clock.now(), request.args.get("v") != "all"
    waiting, running = emergencies.waiting(now, flagged=flagged), emergencies.running(now)
    return render_template("desk/emergencies.html", waiting=waiting, running=running, flagged=flagged)


@board_pages.post("/emergencies/<number>/start")
@requires(Permission.EMERGENCY_START)
def start(number: str) -> Response:
    """Start a plan in one step."""
    return _take(number, Action.START_EMERGENCY, StartEmergency, plan=request.form.get("plan", ""))


@board_pages.post("/emergencies/<number>/acknowledge")
@requires(Permission.CASE_REPLY)
def acknowledge(number: str) -> Response:
    """Note the code that the company's contact read on the telephone, and who it was."""
    typed = {key: request.form.get(key, "") for key in ("code", "name")}
    return _take(number, Action.ACKNOWLEDGE_CALL, AcknowledgeCall, **typed)


@board_pages.post("/emergencies/<number>/step")
@requires(Permission.EMERGENCY_START)
def step(number: str) -> Response:
    """Note a step of the plan as done."""
    n = request.form.get("step", "")
    done = int(n) if n.isascii() and n.isdigit() and len(n) < 3 else 0
    return _take(number, Action.EMERGENCY_STEP, EmergencyStep, step=done, note=request.form.get("note", ""))


def _take(number: str, action: Action, kind: type[Command], **fields: Any) -> Response:
    """Do it and go back to where it was asked; what is refused is said there."""
    refused = None
    try:
        command = kind.model_validate(fields)
        with transaction():
            case = found(queries.by_number(number, current_actor()))
            actions.carry_out(case, action, command, act=act())
    except ValidationError:
        refused = sentence("check_fields")
    except ProcedureError as reason:
        refused = sentence(reason.code, reason.fields)
    flash(refused or _("Done: %(what)s.", what=named(action, "action")), "error" if refused else "success")
    here = url_for("desk.case", number=number) if request.form.get("from") == "case" else url_for("emergencies.board")
    return redirect(here, code=303)
