"""Handing out exhibits to staff, the committee and the respondent; complainants get theirs through their own link."""

from __future__ import annotations

from flask import Blueprint, Response, abort

from app.cases.exhibits import opened
from app.core.db import transaction
from app.evidence import queries
from app.evidence.service import add, keep_from_intake, rule
from app.evidence.service_inspections import record
from app.evidence.service_requests import ask, decline, settle
from app.evidence.showing import send, show
from app.web.guards import act, current_actor, requires
from workflows.procedure.authority import COMMITTEE_ROLES, Permission

evidence = Blueprint("evidence", __name__, url_prefix="/evidence")
BLUEPRINTS = (evidence,)
ACTS = (add, keep_from_intake, rule, record, ask, decline, settle)  # importing them registers them


@evidence.get("/<int:evidence_id>")
@requires(Permission.CASE_READ, Permission.DOSSIER_READ)
def download(evidence_id: int) -> Response:
    """Hand out the exhibit for saving."""
    actor = current_actor()
    exhibit = queries.by_id(evidence_id, actor) or abort(404)
    if actor.roles & COMMITTEE_ROLES:
        with transaction():
            opened(exhibit.case_id, exhibit.id, act())
    return send(exhibit, actor)


@evidence.get("/<int:evidence_id>/picture")
@requires(Permission.CASE_READ, Permission.DOSSIER_READ)
def picture(evidence_id: int) -> Response:
    """Show the copy of a picture that everybody in the case may see."""
    return show(queries.by_id(evidence_id, current_actor()) or abort(404))
