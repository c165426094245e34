"""Reading amendments, and the chain of those that were approved."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import undefer

from app.core.db import session
from app.rulebook.models import Amendment
from workflows.regulation import shipped
from workflows.regulation.approved import Edition

MOST = 50


def by_id(amendment_id: int) -> Amendment | None:
    """Return an amendment with its changes; not the first one, which is nobody's."""
    query = select(Amendment).options(undefer(Amendment.changes)).where(Amendment.approval_id.is_not(None))
    return session().scalars(query.where(Amendment.id == amendment_id)).one_or_none()


def newest(limit: int = MOST) -> Sequence[Amendment]:
    """Return what was proposed, newest first."""
    query = select(Amendment).where(Amendment.approval_id.is_not(None))
    return session().scalars(query.order_by(Amendment.id.desc()).limit(limit)).all()


def approved() -> Sequence[Amendment]:
    """Return the approved ones in the order in which they were approved; the first one is what was shipped."""
    query = select(Amendment).where(Amendment.approved_at.is_not(None)).options(undefer(Amendment.files))
    order = (Amendment.since.is_not(None), Amendment.approved_at, Amendment.id)
    return session().scalars(query.order_by(*order)).all()


def last_approved() -> int:
    """Return the id of the one approved last, 0 for none."""
    query = select(func.max(Amendment.id)).where(Amendment.approved_at.is_not(None), Amendment.since.is_not(None))
    newest_at = select(func.max(Amendment.approved_at)).where(Amendment.since.is_not(None)).scalar_subquery()
    return session().scalar(query.where(Amendment.approved_at == newest_at)) or 0


def chain() -> list[Edition]:
    """Return what is approved as the rulebook takes it; what is shipped, where nothing of one's own is."""
    return editions(approved()) or [Edition(None, shipped.open_to_change())]


def editions(rows: Sequence[Amendment]) -> list[Edition]:
    """Return approved amendments as the rulebook takes them."""
    return [Edition(row.since, row.files) for row in rows]
