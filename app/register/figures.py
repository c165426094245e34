"""The open figures: how many complaints came, how they ended, and which limits were kept or missed. Counts only.

Source: clause 2.2.4.4 (publicity), 3.4.3 (effect of the rules).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct
from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import QueryableAttribute

from app.cases.models import Case, Clock, ClockEffect
from app.core.db import session
from app.organisations.models import PartyKind
from workflows.procedure.clocks import TIMERS, ClockKind, ClockStatus

MONTHS = 12
ZONE = ZoneInfo("Asia/Shanghai")
OF_THE_COMPANY = (ClockKind.RESPONDENT_ANSWER, ClockKind.PERFORMANCE)
"""Whose delay these are: the company's that answers. All other limits bind the platform's desk."""


class Limit(Struct, frozen=True):
    """How often one limit was kept or missed by one kind of organisation. `open` ones are missed and not yet met."""

    clause: str
    kind: str
    organisation_kind: str
    kept: int
    missed: int
    open: int

    @property
    def share_kept(self) -> int | None:
        """Whole percent kept, rounded down; None where nothing was due yet."""
        due = self.kept + self.missed
        return self.kept * 100 // due if due else None


class Month(Struct, frozen=True):
    """What happened in one civil month."""

    month: str
    received: int
    settled: int
    decided: int
    closed: int
    missed: int


def limits() -> list[Limit]:
    """Return every limit by clause and by kind of organisation, all time."""
    who = case(
        (Clock.kind.in_(OF_THE_COMPANY), func.coalesce(Case.responsible_kind, PartyKind.MERCHANT)),
        else_=PartyKind.PLATFORM.value,
    )
    missed = Clock.status.in_((ClockStatus.BREACHED, ClockStatus.MET_LATE))
    overdue = (Clock.status == ClockStatus.BREACHED) & Clock.ended_at.is_(None)
    query = select(
        Clock.clause, Clock.kind, who.label("who"), _sum(Clock.status == ClockStatus.MET), _sum(missed), _sum(overdue)
    )
    query = query.join(Case, Case.id == Clock.case_id).where(Clock.kind.not_in(TIMERS))
    rows = session().execute(query.group_by(Clock.clause, Clock.kind, who).order_by(Clock.clause, Clock.kind, who))
    return [Limit(row[0], ClockKind(row[1]), str(row[2]), *map(int, row[3:])) for row in rows]


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def months(at: datetime) -> list[Month]:
    """Return the last twelve civil months, the present one last."""
    starts = list(_starts(at))
    counted = {
        "received": _by_month(Case.received_at, starts),
        "settled": _by_month(Case.settled_at, starts),
        "decided": _by_month(Case.decided_at, starts),
        "closed": _by_month(Case.closed_at, starts),
        "missed": _by_month(ClockEffect.due_at, starts, ClockEffect.effect == "breach"),
    }
    return [
        Month(f"{start.astimezone(ZONE):%Y-%m}", **{name: found.get(n, 0) for name, found in counted.items()})
        for n, start in enumerate(starts)
    ]


def _starts(at: datetime) -> Iterator[datetime]:
    """Yield the first instant of each of the last months, oldest first."""
    first = at.astimezone(ZONE).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    found = [first]
    for _ in range(MONTHS - 1):
        found.append((found[-1] - timedelta(days=1)).replace(day=1))
    yield from reversed(found)


def _by_month(
    column: QueryableAttribute[Any], starts: Sequence[datetime], *conditions: ColumnElement[bool]
) -> dict[int, int]:
    """Return how many rows lie in each month, by its place in `starts`."""
    month = case(*((column >= start, n) for n, start in reversed(list(enumerate(starts)))))
    query = select(month, func.count()).where(column >= starts[0], *conditions).group_by(month)
    return {row[0]: row[1] for row in session().execute(query)}
