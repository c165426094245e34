"""The committee's pages that are read: what waits, the dossier, the result, the pool."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, g, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.accounts import queries as people
from app.cases import queries as cases
from app.cases.models import Case
from app.committee import dossier as reading
from app.committee import queries
from app.committee.docket import docket
from app.committee.models import Panel
from app.core import clock
from app.organisations import queries as organisations
from app.web.guards import current_actor, requires
from workflows.procedure.authority import Permission, Role

committee = Blueprint("committee", __name__, url_prefix="/committee")
BLUEPRINTS = (committee,)


@committee.get("")
@requires(Permission.DOSSIER_READ)
def index() -> str:
    """Show what waits for the reader."""
    return render_template("committee/index.html", groups=docket(current_actor(), clock.now()))


@committee.get("/members")
@requires(Permission.DECISION_DRAFT)
def members() -> str:
    """Show the pool: who can be drawn, and how much each has to do."""
    pool = people.with_role(Role.MEMBER, Role.CHAIR)
    kept, shown = queries.pool(), {each.id: each.name for each in organisations.all_open()}
    return render_template("committee/members.html", pool=pool, load=queries.load(), kept=kept, companies=shown)


def case_and_panel(number: str) -> tuple[Case, Panel]:
    """Return the case with the panel whose work the reader sees, or answer 404."""
    return _with_panel(cases.by_number(number, current_actor()) or abort(404))


def _with_panel(case: Case) -> tuple[Case, Panel]:
    g.zone = case.time_zone
    return case, queries.panel_for(case, current_actor()) or abort(404)


@committee.get("/<number>")
@requires(Permission.DOSSIER_READ)
def dossier(number: str) -> str | Response:
    """Show the dossier; who was drawn and has not declared yet is asked first."""
    actor = current_actor()
    if (seen := cases.by_number(number, actor)) is None:
        drawn = cases.by_number(number, actor, to_act=True)
        return redirect(url_for("committee.recuse", number=number), code=303) if drawn else abort(404)
    case, panel = _with_panel(seen)
    return render_template("committee/dossier.html", **reading.dossier(case, panel, actor, clock.now()))


@committee.get("/<number>/similar")
@requires(Permission.DOSSIER_READ)
def similar_cases(number: str) -> str:
    """Show what became of cases like this one."""
    case, panel = case_and_panel(number)
    return render_template("committee/similar.html", **reading.like(case, panel, clock.now()))


@committee.get("/<number>/result")
@requires(Permission.DOSSIER_READ)
def result(number: str) -> str:
    """Show the tally, or that the votes are sealed; then what becomes of the decision."""
    case, panel = case_and_panel(number)
    shown: dict[str, Any] = reading.result(case, panel, current_actor(), clock.now())
    return render_template("committee/result.html", **shown)
