"""Finding exhibits, scoped by who may see their case; and which copy of one a reader gets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app.cases.exhibits import Exhibit, lists_exhibits
from app.cases.models import Case
from app.cases.queries import case_to_work, saw, seen_by
from app.core.db import session
from app.core.uploads import ENDINGS
from app.evidence import office
from app.evidence.models import Evidence, EvidenceRequest, Inspection, ItemStatus, RequestedItem
from workflows.procedure.authority import COMMITTEE_ROLES, JUDGES, Actor, Permission
from workflows.procedure.states import CaseState

SHARED_AS = {
    "image": ("image/jpeg", "jpg"), "video/mp4": ("video/mp4", "mp4"), "video/x-m4v": ("video/mp4", "mp4"),
    "video/quicktime": ("video/mp4", "mp4"), "video/3gpp": ("video/mp4", "mp4"),
    "video/webm": ("video/webm", "webm"), "video/x-matroska": ("video/x-matroska", "mkv"),
    "audio/mpeg": ("audio/mpeg", "mp3"), "audio/mp4": ("audio/mp4", "m4a"), "audio/ogg": ("audio/ogg", "ogg"),
    "application/pdf": ("application/pdf", "pdf"),
    "audio/x-flac": ("audio/x-flac", "flac"), "audio/x-wav": ("audio/x-wav", "wav"), "audio/aac": ("audio/aac", "aac"),
    **{kind: (kind, ENDINGS[kind]) for kind in office.TYPES},
}  # fmt: skip
"""Media type and ending of the copy that others get, by the original's kind or type; no other kind has a copy."""


WAITING = (CaseState.TRIAGE, CaseState.ANSWERING, CaseState.MEDIATION, CaseState.COMMITTEE, CaseState.REVIEW)


def of_case(case: Case) -> Sequence[Evidence]:
    """Return the exhibits of a case in order of their numbers, with their previews."""
    query = select(Evidence).where(Evidence.case_id == case.id).order_by(Evidence.number)
    return session().scalars(query.options(joinedload(Evidence.preview))).all()


def judged(case: Case) -> list[Evidence]:
    """Return the exhibits on which a panel judges: all but those that were not admitted."""
    return [each for each in of_case(case) if each.counts]


def numbered(case: Case, number: int) -> Evidence | None:
    """Return the exhibit with this number in the case."""
    query = select(Evidence).where(Evidence.case_id == case.id, Evidence.number == number)
    return session().scalars(query.options(joinedload(Evidence.preview))).one_or_none()


@lists_exhibits
def listed(case: Case) -> list[Exhibit]:
    """Return the exhibits as the committee counts them."""
    return [Exhibit(each.id, each.number, each.filename, each.counts) for each in of_case(case)]


def by_id(evidence_id: int, actor: Actor) -> Evidence | None:
    """Return the exhibit if `actor` may see its case; a foreign one does not exist."""
    query = select(Evidence).join(Case, Case.id == Evidence.case_id).where(Evidence.id == evidence_id, seen_by(actor))
    found = session().scalars(query.options(joinedload(Evidence.preview))).one_or_none()
    if found is not None:
        saw(found.case_id)
    return found


def is_own(evidence: Evidence, actor: Actor) -> bool:
    """Return whether the actor's own side added it; a company is not the company that was asked before it."""
    return evidence.side == actor.side and (
        not actor.is_respondent or evidence.organisation_id in (None, actor.organisation_id)
    )


def kept_from(evidence: Evidence, actor: Actor) -> bool:
    """Return whether it is kept from those who judge, because it was not admitted."""
    return not evidence.counts and bool(actor.roles & JUDGES)


def is_party(actor: Actor) -> bool:
    """Return whether the actor is one of the two sides."""
    return actor.is_consumer or actor.is_respondent


def copy_for(evidence: Evidence, actor: Actor) -> tuple[str, str, str] | None:
    """Return (ref, file name, media type) of what the reader is given, or None where nothing may be.

    The desk and the side that added it get the original. Others get pictures, sound and films without the place
    where they were made; one of which no such copy could be made is shown to the committee, but not to the other
    party. Of a PDF or an office document they get a copy without its authors' names, once it was tried to make one.
    Who judges gets nothing of what was not admitted. A party gets nothing that is known to do harm, not even its own.
    """
    if kept_from(evidence, actor) or (evidence.known_harm and is_party(actor)):
        return None
    original = (evidence.ref, evidence.filename, evidence.media_type)
    whole = actor.is_system or actor.may(Permission.CASE_READ_ALL) or is_own(evidence, actor)
    if whole or not (evidence.may_tell_place or evidence.copy_is_made or evidence.shared_sha256):
        return original
    if evidence.shared_ref is None:
        return original if actor.roles & COMMITTEE_ROLES else None
    media_type, ending = SHARED_AS["image" if evidence.is_picture else evidence.media_type]
    return evidence.shared_ref, f"{evidence.filename.rpartition('.')[0]}.{ending}", media_type


# --- what is asked for -----------------------------------------------------------------------------------------------


def requests_of(case: Case) -> Sequence[EvidenceRequest]:
    """Return what was asked for in a case, in order, with its items."""
    query = select(EvidenceRequest).where(EvidenceRequest.case_id == case.id).order_by(EvidenceRequest.n)
    return session().scalars(query.options(selectinload(EvidenceRequest.items))).all()


def is_asked(request: EvidenceRequest, actor: Actor) -> bool:
    """Return whether it is the actor who was asked."""
    return request.side == actor.side and request.organisation_id in (None, actor.organisation_id)


def requests_seen(case: Case, actor: Actor) -> list[EvidenceRequest]:
    """Return the requests that a reader sees: a party its own, everybody else who sees the case all."""
    return [each for each in requests_of(case) if not is_party(actor) or is_asked(each, actor)]


def open_items(case: Case, actor: Actor | None = None) -> list[RequestedItem]:
    """Return the items that are still waited for, of one side only where an actor is given; none after the outcome."""
    if case.state not in WAITING:
        return []
    asked = [each for each in requests_of(case) if actor is None or is_asked(each, actor)]
    return [item for request in asked for item in request.items if item.status is ItemStatus.OPEN]


def item_of(case: Case, n: int) -> RequestedItem | None:
    """Return the item with this number in the case, with its request."""
    query = select(RequestedItem).join(RequestedItem.request)
    found = session().scalars(query.where(EvidenceRequest.case_id == case.id, RequestedItem.n == n))
    return found.one_or_none()


def request_to_work(request_id: int) -> tuple[EvidenceRequest, Case]:
    """Return a request and its case for a job that was handed its id."""
    query = select(EvidenceRequest).where(EvidenceRequest.id == request_id).options(selectinload(EvidenceRequest.items))
    request = session().scalars(query.execution_options(populate_existing=True)).one()
    return request, case_to_work(request.case_id)


# --- inspections and the checklist of proof --------------------------------------------------------------------------


def inspections_of(case: Case) -> Sequence[Inspection]:
    """Return the inspections of a case in order."""
    return session().scalars(select(Inspection).where(Inspection.case_id == case.id).order_by(Inspection.n)).all()


def proved(exhibits: Sequence[Evidence]) -> Mapping[tuple[str, str], list[int]]:
    """Return the numbers of the exhibits that count, by side and by what of the checklist they are said to be."""
    found: dict[tuple[str, str], list[int]] = {}
    for each in exhibits:
        if each.proves and each.counts:
            found.setdefault((each.side, each.proves), []).append(each.number)
    return found
