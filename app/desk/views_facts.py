"""Facts of the order at the desk: a file of a shop's system, differences settled, missing facts asked for."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.cases import actions, queries, service_facts
from app.cases.models import Case
from app.core.db import transaction
from app.desk import missing
from app.evidence import stating
from app.web.api import found
from app.web.guards import act, current_actor, requires
from app.web.words import sentence
from workflows.procedure.authority import Permission
from workflows.procedure.errors import ProcedureError
from workflows.procedure.states import Action

desk_facts = Blueprint("desk_facts", __name__, url_prefix="/desk/cases/<number>")
BLUEPRINTS = (desk_facts,)


def _case(number: str) -> Case:
    this: Case = found(queries.by_number(number, current_actor()))
    g.zone = this.time_zone
    return this


@desk_facts.route("/facts", methods=["GET", "POST"])
@requires(Permission.FINDING_CONFIRM)
def facts(number: str) -> Any:
    """Show what is known of the order and who said it; take a file, show what it would do, then merge it."""
    this, form = _case(number), stating.FactsForm()
    sent_before = bool(form.kept.data)
    sound = form.validate_on_submit() and form.read()
    if sound and sent_before:
        with transaction():
            stating.send(_case(number), form, act=act())
        flash(_("The facts were taken and the file is kept as evidence."), "success")
        return redirect(url_for("desk_facts.facts", number=number), code=303)
    rows = stating.preview(this, form, form.side.data or "desk") if sound else []
    shown = {"rows": rows, "known": stating.known_face(this), "missing": missing.faces(this)}
    return render_template("desk/facts.html", case=this, form=form, **shown), (
        422 if form.is_submitted() and not sound else 200
    )


@desk_facts.post("/facts/settle")
@requires(Permission.FINDING_CONFIRM)
def settle(number: str) -> Response:
    """Decide whose word on a fact the case goes by."""
    path, side = request.form.get("path", ""), request.form.get("side", "")
    _do(number, lambda case: service_facts.settle(case, path, side, act=act()), _("The fact is settled."))
    return redirect(url_for("desk_facts.facts", number=number), code=303)


@desk_facts.post("/facts/ask/<clause>")
@requires(Permission.FINDING_CONFIRM)
def ask(number: str, clause: str) -> Response:
    """Ask the side that knows for the facts that a clause lacks: a letter, and a task with a date."""
    side = request.form.get("side", "")
    if side not in ("consumer", "respondent"):
        abort(404)

    def question(case: Case) -> None:
        command = missing.question(case, clause, side, act=act())
        actions.carry_out(case, Action.ASK_EVIDENCE, command, act=act())

    _do(number, question, _("The question was sent."))
    return redirect(url_for("desk_facts.facts", number=number), code=303)


def _do(number: str, do: Any, done: str) -> None:
    try:
        with transaction():
            do(_case(number))
    except ProcedureError as refused:
        flash(sentence(refused.code, refused.fields), "error")
    else:
        flash(done, "success")
