"""Reading the keys by which shops sign."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from app.core.db import session
from app.organisations.models_keys import OrderKey


def keys_of(organisation_id: int | None) -> Sequence[OrderKey]:
    """Return the organisation's keys that are in force, oldest first."""
    query = select(OrderKey).where(OrderKey.organisation_id == organisation_id, OrderKey.revoked_at.is_(None))
    return session().scalars(query.order_by(OrderKey.id)).all()


def key_named(name: str) -> OrderKey | None:
    """Return the key of that name, in force or revoked."""
    return session().scalars(select(OrderKey).where(OrderKey.name == name)).one_or_none()
