"""Finding exhibits, scoped by who may see their case; and which copy of one a reader gets."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from app.cases.models import Case
from app.cases.queries import saw, seen_by
from app.core.db import session
from app.evidence.models import Evidence
from workflows.procedure.authority import COMMITTEE_ROLES, Actor, Permission


def of_case(case: Case) -> Sequence[Evidence]:
    """Return the exhibits of a case in order of their numbers."""
    return session().scalars(select(Evidence).where(Evidence.case_id == case.id).order_by(Evidence.number)).all()


def by_id(evidence_id: int, actor: Actor) -> Evidence | None:
    """Return the exhibit if `actor` may see its case; a foreign one does not exist."""
    query = select(Evidence).join(Case, Case.id == Evidence.case_id).where(Evidence.id == evidence_id, seen_by(actor))
    found = session().scalars(query).one_or_none()
    if found is not None:
        saw(found.case_id)
    return found


def copy_for(evidence: Evidence, actor: Actor) -> tuple[str, str, str] | None:
    """Return (hash, file name, media type) of what the reader is given, or None where nothing may be.

    The desk and the side that added it get the original. Others get a picture without the place where it was taken;
    one of which no such copy could be made is shown to the committee, but not to the other party.
    """
    original = (evidence.sha256, evidence.filename, evidence.media_type)
    whole = actor.is_system or actor.may(Permission.CASE_READ_ALL) or actor.side == evidence.side
    if whole or not evidence.is_picture:
        return original
    if evidence.shared_sha256 is None:
        return original if actor.roles & COMMITTEE_ROLES else None
    return evidence.shared_sha256, evidence.filename.rpartition(".")[0] + ".jpg", "image/jpeg"
