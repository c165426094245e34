"""Figures of the running system: what is open, what is late, what waits. No personal data."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from app.cases.models import Case, Clock
from app.core.db import session
from app.core.outbox import OutboxRow
from workflows.procedure.clocks import ClockStatus
from workflows.procedure.states import CaseState


def cases_by_state() -> dict[str, int]:
    """Return how many cases are in each state, closed ones apart."""
    query = select(Case.state, func.count()).where(Case.state != CaseState.CLOSED).group_by(Case.state)
    found = {row[0]: row[1] for row in session().execute(query)}
    return {state: found.get(state, 0) for state in CaseState if state is not CaseState.CLOSED}


def clocks_to_fire(at: datetime) -> int:
    """Return how many clocks have something to do that nobody has done yet."""
    due = select(func.count()).where(Clock.status == ClockStatus.RUNNING, Clock.next_at <= at)
    return session().scalar(due) or 0


def overdue_clocks() -> dict[str, int]:
    """Return how many clocks of each kind are past their end and not met."""
    query = select(Clock.kind, func.count()).where(Clock.status == ClockStatus.BREACHED, Clock.ended_at.is_(None))
    return {row[0]: row[1] for row in session().execute(query.group_by(Clock.kind))}


def outbox(at: datetime) -> dict[str, int]:
    """Return how many tasks wait, and how many were given up and need a person."""
    waiting = select(func.count()).where(
        OutboxRow.done_at.is_(None), OutboxRow.dead_at.is_(None), OutboxRow.available_at <= at
    )
    dead = select(func.count()).where(OutboxRow.done_at.is_(None), OutboxRow.dead_at.is_not(None))
    return {"waiting": session().scalar(waiting) or 0, "dead": session().scalar(dead) or 0}
