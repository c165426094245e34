"""The settlement record as the desk reads it; only the two sides sign."""

from __future__ import annotations

from flask import Blueprint, Response, abort, g, render_template, url_for

from app.cases import queries
from app.cases.models import Case
from app.core.languages import known
from app.mediation.queries_record import record_of
from app.mediation.showing import record_face
from app.web.api import found
from app.web.files import text_file
from app.web.guards import current_actor, requires
from workflows.procedure.authority import Permission

desk_agreeing = Blueprint("desk_agreeing", __name__, url_prefix="/desk/cases/<number>")
BLUEPRINTS = (desk_agreeing,)


def _case(number: str) -> Case:
    this: Case = found(queries.by_number(number, current_actor()))
    g.zone = this.time_zone
    return this


@desk_agreeing.get("/settlement")
@requires(Permission.QUEUE_READ)
def settlement(number: str) -> str:
    """Show the settlement record and its signatures."""
    this = _case(number)
    record = record_face(this, current_actor()) or abort(404)
    download = url_for("desk_agreeing.settlement_text", number=number, tag=record["tongue"])
    return render_template("desk/settlement.html", case=this, record=record, download=download)


@desk_agreeing.get("/settlement.<tag>.txt")
@requires(Permission.QUEUE_READ)
def settlement_text(number: str, tag: str) -> Response:
    """Hand out the very bytes that were signed."""
    record = record_of(_case(number), current_actor()) or abort(404)
    tongue = known(tag) or abort(404)
    return text_file(record.text(tongue), f"{number}.{tongue}.txt")
