"""The log of who saw which case, for those who watch over it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import select

from app.accounts.models import User
from app.cases.models import Case
from app.cases.models_seen import Door, Sighting
from app.core import paging
from app.core.db import session


class Wanted(Struct, frozen=True):
    """What of the log to show. Empty fields do not filter."""

    number: str | None = None
    email: str | None = None
    door: Door | None = None
    since: datetime | None = None
    until: datetime | None = None


def page(wanted: Wanted, *, cursor: str | None = None, limit: int = paging.LIMIT) -> paging.Page[Any]:
    """Return rows of (sighting, person's name, address, case number), newest first."""
    query = select(Sighting, User.name, User.email, Case.number).join(User, User.id == Sighting.user_id)
    query = query.join(Case, Case.id == Sighting.case_id).where(*_conditions(wanted))
    if cursor:
        query = query.where(Sighting.id < paging.decode(cursor, int)[0])
    rows: Sequence[Any] = session().execute(query.order_by(Sighting.id.desc()).limit(limit + 1)).all()
    following = paging.encode(rows[limit - 1][0].id) if len(rows) > limit else None
    return paging.Page(rows[:limit], following)


def _conditions(wanted: Wanted) -> list[Any]:
    simple = [
        (wanted.number, Case.number == wanted.number),
        (wanted.email, User.email == wanted.email),
        (wanted.door, Sighting.door == wanted.door),
        (wanted.since, Sighting.at >= wanted.since if wanted.since else None),
        (wanted.until, Sighting.at < wanted.until if wanted.until else None),
    ]
    return [condition for value, condition in simple if value]
