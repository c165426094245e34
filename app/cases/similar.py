"""What became of cases like this one: published outcomes one by one, others only in groups that hide each of them.

Outcome and days, nothing else: no party, no story, no offer. The rooms above tell what was published.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from statistics import median

from msgspec import Struct
from sqlalchemy import ColumnElement, exists, false, select

from app.cases.models import Case, Finding
from app.core.db import session

FEWEST = 5  # closed cases that were not published are told in groups of at least so many
NEWEST = 300  # closed cases that are looked at
SHOWN = 5


class Alike(Struct, frozen=True):
    """What a case is compared by: what went wrong, and the clauses that the facts touch."""

    anomaly: str
    clauses: tuple[str, ...]
    case_id: int


class Outcome(Struct, frozen=True):
    """A published outcome: its number in the register, how it ended, the clauses shared, days from receipt."""

    number: str
    outcome: str
    shared: tuple[str, ...]
    days: int


class Group(Struct, frozen=True):
    """How many unpublished cases ended in one way, and their median days."""

    ending: str
    count: int
    days: int


class Similar(Struct, frozen=True):
    """Cases like one: published ones, and groups of others."""

    published: Sequence[Outcome]
    groups: Sequence[Group]


Source = Callable[[Alike, int], Sequence[Outcome]]
Unpublished = Callable[[], ColumnElement[bool]]
_sources: list[tuple[Source, Unpublished]] = []


def published_by(source: Source, unpublished: Unpublished) -> None:
    """Register the room that knows what was published, and its condition for cases that were not."""
    _sources.append((source, unpublished))


def similar(case: Case, findings: Sequence[Finding]) -> Similar:
    """Return cases like this one, in two queries however many there are."""
    alike = Alike(case.anomaly or "other", touched(findings), case.id)
    published = [outcome for source, _ in _sources for outcome in source(alike, SHOWN)]
    return Similar(published[:SHOWN], _groups(alike))


def touched(findings: Sequence[Finding]) -> tuple[str, ...]:
    """Return the clauses that were broken, or all that the facts touch where none was."""
    broken = [finding.clause for finding in findings if finding.verdict == "breach"]
    return tuple(dict.fromkeys(broken or [finding.clause for finding in findings]))


def _groups(alike: Alike) -> list[Group]:
    query = (
        select(Case.received_at, Case.closed_at, Case.close_reason, Case.settled_at, Case.decided_at)
        .where(Case.anomaly == alike.anomaly, Case.closed_at.is_not(None), Case.id != alike.case_id)
        .where(*(unpublished() for _, unpublished in _sources))
        .where(_shares(alike))
        .order_by(Case.closed_at.desc())
        .limit(NEWEST)
    )
    days: dict[str, list[int]] = {}
    for received_at, closed_at, reason, settled_at, decided_at in session().execute(query):
        days.setdefault(_ending(reason, settled_at, decided_at), []).append((closed_at - received_at).days)  # type: ignore[operator]
    counts = Counter({ending: len(each) for ending, each in days.items() if len(each) >= FEWEST})
    return [Group(ending, count, round(median(days[ending]))) for ending, count in counts.most_common()]


def _shares(alike: Alike) -> ColumnElement[bool]:
    """Return the condition that a case broke one of the same clauses; none, where this case touches none."""
    if not alike.clauses:
        return ~false()
    return exists().where(Finding.case_id == Case.id, Finding.clause.in_(alike.clauses), Finding.verdict == "breach")


def _ending(reason: str | None, settled_at: datetime | None, decided_at: datetime | None) -> str:
    return "decided" if decided_at else "settled" if settled_at else reason or "closed"
