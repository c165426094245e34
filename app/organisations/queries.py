"""Finding organisations."""

from __future__ import annotations

from sqlalchemy import select

from app.core.db import session
from app.core.text import folded
from app.organisations.models import Organisation, PartyKind


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
