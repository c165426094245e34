"""Reading the public register: search, facets, pages by keyset.

What was withdrawn stays in the list as a tombstone; no search and no facet finds it any more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, func, select

from app.core import paging
from app.core.db import session
from app.notices.models import RegisterEntry, RegisterRule, Standing
from app.notices.queries import whole
from app.notices.service import folded

COUNTED = 2_000
FACETS = ("anomaly", "outcome", "month")


class Sought(Struct, frozen=True):
    """What to look for. Empty fields do not filter."""

    text: str = ""
    anomaly: str = ""
    outcome: str = ""
    rule: str = ""
    month: str = ""

    def conditions(self) -> list[ColumnElement[bool]]:
        """Return the conditions of the list; every word of `text` must be there."""
        found = [RegisterEntry.status != Standing.WITHDRAWN] if self != Sought() else []
        found += [getattr(RegisterEntry, name) == value for name in FACETS if (value := getattr(self, name))]
        if self.rule:
            found.append(RegisterEntry.rules.any(RegisterRule.clause == self.rule))
        return found + [
            RegisterEntry.searched.contains(word, autoescape=True) for word in folded(self.text).split()[:10]
        ]


class Tally(Struct, frozen=True):
    """How many entries match, counted up to a limit (`more` tells that there are others), by each facet."""

    count: int
    more: bool
    by: dict[str, Counter[str]]


def page(sought: Sought, *, cursor: str | None = None, limit: int = paging.LIMIT) -> paging.Page[RegisterEntry]:
    """Return a page of entries, newest first. Raises BadCursor."""
    query: Select[RegisterEntry] = whole(notices=False).where(*sought.conditions())
    if cursor:
        last = paging.decode(cursor, datetime, int)
        query = query.where(paging.beyond((RegisterEntry.published_at, RegisterEntry.id), last, newest=True))
    query = query.order_by(RegisterEntry.published_at.desc(), RegisterEntry.id.desc()).limit(limit + 1)
    rows = list(session().scalars(query).unique())
    more = len(rows) > limit
    rows = rows[:limit]
    return paging.Page(rows, paging.encode(rows[-1].published_at, rows[-1].id) if more else None)


def everything(sought: Sought) -> Iterator[RegisterEntry]:
    """Yield all entries that match, newest first, a page at a time."""
    cursor: str | None = ""
    while cursor is not None:
        found = page(sought, cursor=cursor, limit=paging.MAXIMUM)
        yield from found.items
        cursor = found.next
        session().expunge_all()
        session().rollback()  # who fetches slowly holds no reading transaction open meanwhile


def tally(sought: Sought) -> Tally:
    """Return how many entries match, in all and by facet, reading no more than COUNTED of them: the newest."""
    newest = (
        select(RegisterEntry.id, *(getattr(RegisterEntry, name) for name in FACETS))
        .where(*sought.conditions(), RegisterEntry.status != Standing.WITHDRAWN)
        .order_by(RegisterEntry.published_at.desc(), RegisterEntry.id.desc())
        .limit(COUNTED + 1)
    )
    rows = session().execute(newest).all()
    by = {name: Counter(getattr(row, name) for row in rows[:COUNTED]) for name in FACETS}
    by["rule"] = _rules_of(newest.limit(COUNTED))
    return Tally(min(len(rows), COUNTED), len(rows) > COUNTED, by)


def _rules_of(newest: Select[tuple[int]]) -> Counter[str]:
    within = newest.subquery()
    query = select(RegisterRule.clause, func.count()).join(within, within.c.id == RegisterRule.entry_id)
    return Counter({row[0]: row[1] for row in session().execute(query.group_by(RegisterRule.clause))})
