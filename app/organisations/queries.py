"""Finding organisations."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload

from app.core.db import session
from app.core.text import folded
from app.organisations.models import Organisation, OrganisationMerge, PartyKind


def by_id(organisation_id: int) -> Organisation | None:
    """Return the organisation, or None when there is none or it was closed."""
    found = session().get(Organisation, organisation_id)
    return found if found and found.closed_at is None else None


def by_name(name: str) -> Organisation | None:
    """Return the one organisation of that very name (folded), or None when there is none or more than one."""
    query = select(Organisation).where(Organisation.folded_name == folded(name), Organisation.closed_at.is_(None))
    found = session().scalars(query.limit(2)).all()
    return found[0] if len(found) == 1 else None


def only_one_of(kind: PartyKind) -> Organisation | None:
    """Return the organisation of `kind` where exactly one is registered (the platform, as a rule)."""
    query = select(Organisation).where(Organisation.kind == kind, Organisation.closed_at.is_(None)).limit(2)
    found = session().scalars(query).all()
    return found[0] if len(found) == 1 else None


def of_kind(kind: PartyKind) -> list[Organisation]:
    """Return all open organisations of `kind`, by name."""
    query = select(Organisation).where(Organisation.kind == kind, Organisation.closed_at.is_(None))
    return list(session().scalars(query.order_by(Organisation.folded_name)))


def all_open() -> list[Organisation]:
    """Return every open organisation, by kind and name."""
    query = select(Organisation).where(Organisation.closed_at.is_(None))
    return list(session().scalars(query.order_by(Organisation.kind, Organisation.folded_name)))


def matching(typed: str, *, limit: int = 8) -> list[Organisation]:
    """Return organisations whose name contains what was typed."""
    if not (part := folded(typed)):
        return []
    query = select(Organisation).where(
        Organisation.folded_name.contains(part, autoescape=True), Organisation.closed_at.is_(None)
    )
    return list(session().scalars(query.order_by(Organisation.folded_name).limit(limit)))


# --- merged ones -----------------------------------------------------------------------------------------------------


def as_known(organisation_id: int) -> Organisation | None:
    """Return the organisation, a merged one too; None when there is none or it was closed for another reason."""
    found = session().get(Organisation, organisation_id)
    return found if found and (found.closed_at is None or found.merged_into_id) else None


def counting_for(organisation_id: int) -> Select[int]:
    """Return the ids that count for an organisation: its own, and those of whom became part of it."""
    return select(Organisation.id).where(
        or_(Organisation.id == organisation_id, Organisation.merged_into_id == organisation_id)
    )


def counted_for(ids: Collection[int] | None = None) -> dict[int, int]:
    """Return for each of these organisations, and for each that became part of one, for whom it counts.

    Without `ids`, for those alone that became part of another.
    """
    query = select(Organisation.id, Organisation.merged_into_id).where(Organisation.merged_into_id.is_not(None))
    if ids is not None:
        query = query.where(Organisation.merged_into_id.in_(ids))
    merged = {row[0]: row[1] for row in session().execute(query) if row[1] is not None}
    return {each: each for each in ids or ()} | merged


def merged_into(organisation_id: int) -> list[Organisation]:
    """Return those that became part of an organisation, by name."""
    query = select(Organisation).where(Organisation.merged_into_id == organisation_id)
    return list(session().scalars(query.order_by(Organisation.folded_name, Organisation.id)))


def merges(organisation_id: int) -> list[OrganisationMerge]:
    """Return when an organisation was merged and parted again, newest first."""
    query = select(OrganisationMerge).where(OrganisationMerge.organisation_id == organisation_id)
    return list(
        session().scalars(query.options(joinedload(OrganisationMerge.into)).order_by(OrganisationMerge.id.desc()))
    )


def all_merged() -> list[Organisation]:
    """Return every organisation that became part of another, by name."""
    query = select(Organisation).where(Organisation.merged_into_id.is_not(None))
    return list(session().scalars(query.order_by(Organisation.folded_name, Organisation.id)))
