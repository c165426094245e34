"""Reading security events and stated reasons."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from app.accounts.models import User
from app.accounts.models_watch import ReasonFor, SecurityEvent, StatedReason
from app.core import paging
from app.core.db import session


def events(*, cursor: str | None = None, limit: int = paging.LIMIT) -> paging.Page[SecurityEvent]:
    """Return security events, newest first."""
    query = select(SecurityEvent).order_by(SecurityEvent.id.desc())
    if cursor:
        query = query.where(SecurityEvent.id < paging.decode(cursor, int)[0])
    rows = list(session().scalars(query.limit(limit + 1)))
    return paging.Page(rows[:limit], paging.encode(rows[limit - 1].id) if len(rows) > limit else None)


def reasons(
    *, kind: ReasonFor | None = None, email: str | None = None, cursor: str | None = None, limit: int = paging.LIMIT
) -> paging.Page[Any]:
    """Return rows of (stated reason, person's name, address), newest first."""
    query = select(StatedReason, User.name, User.email).join(User, User.id == StatedReason.user_id)
    if kind:
        query = query.where(StatedReason.kind == kind)
    if email:
        query = query.where(User.email == email)
    if cursor:
        query = query.where(StatedReason.id < paging.decode(cursor, int)[0])
    rows = session().execute(query.order_by(StatedReason.id.desc()).limit(limit + 1)).all()
    return paging.Page(rows[:limit], paging.encode(rows[limit - 1][0].id) if len(rows) > limit else None)
