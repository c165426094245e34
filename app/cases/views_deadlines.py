"""The deadline receipt of a case, for staff and for the company that answers (the consumer has it by the link)."""

from __future__ import annotations

from flask import Blueprint, g, render_template

from app.cases import queries
from app.cases.accounts import receipt
from app.core import clock
from app.web.api import found
from app.web.guards import current_actor, requires
from workflows.procedure.authority import Permission

deadlines = Blueprint("deadlines", __name__)
BLUEPRINTS = (deadlines,)


@deadlines.get("/outcomes/<number>/deadlines")
@requires(Permission.CASE_READ)
def page(number: str) -> str:
    """Explain every clock of the case."""
    case = found(queries.by_number(number, current_actor()))
    g.zone = case.time_zone
    return render_template("cases/deadlines.html", case=case, receipt=receipt(case, clock.now()))
