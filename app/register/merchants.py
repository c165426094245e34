"""Merchants as the public reads of them: found by name, with their figures. No case is told apart.

Source: clause 1.2.3 (credit rating, published), 2.3.2 (published assessments).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from statistics import median

from msgspec import Struct
from sqlalchemy import func, select, tuple_

from app.cases.models import Case, Clock
from app.committee.models import Decision
from app.core import paging
from app.core.db import session
from app.core.text import folded
from app.organisations.models import Organisation, PartyKind
from app.organisations.queries import as_known, counting_for
from workflows.procedure.clocks import ClockKind, ClockStatus
from workflows.procedure.issues import Outcome

DAY = timedelta(days=1)


def page(text: str = "", *, cursor: str | None = None, limit: int = paging.LIMIT) -> paging.Page[Organisation]:
    """Return a page of open merchants whose name contains what was typed, by name. Raises BadCursor."""
    query = select(Organisation).where(Organisation.kind == PartyKind.MERCHANT, Organisation.closed_at.is_(None))
    if part := folded(text):
        query = query.where(Organisation.folded_name.contains(part, autoescape=True))
    key = tuple_(Organisation.folded_name, Organisation.id)
    if cursor:
        (last_id,) = paging.decode(cursor, int)
        last = select(Organisation.folded_name).where(Organisation.id == last_id).scalar_subquery()
        query = query.where(key > tuple_(last, last_id))
    rows = list(session().scalars(query.order_by(Organisation.folded_name, Organisation.id).limit(limit + 1)))
    more, rows = len(rows) > limit, rows[:limit]
    return paging.Page(rows, paging.encode(rows[-1].id) if more else None)


def merchant(organisation_id: int) -> Organisation | None:
    """Return a merchant by id, also one that became part of another; other companies have no public credit."""
    found = as_known(organisation_id) if organisation_id < 2**31 else None
    return found if found and found.kind is PartyKind.MERCHANT else None


class Figures(Struct, frozen=True):
    """What came of the cases of one merchant in a window; shares in whole percent, None where there is nothing."""

    volume: int
    in_time: int | None
    median_days: int | None
    decided: int
    upheld: int | None


def figures(organisation_id: int, since: datetime) -> Figures:
    """Return a merchant's figures since an instant."""
    ended = func.coalesce(Case.settled_at, Case.decided_at, Case.closed_at)
    theirs = (
        Case.respondent_id.in_(counting_for(organisation_id)),
        Case.asked_at.is_not(None),
        Case.received_at > since,
    )
    rows = session().execute(select(Case.received_at, ended).where(*theirs)).all()
    lengths = [(end - received) / DAY for received, end in rows if end is not None]
    clocks = select(Clock.status, func.count()).join(Case, Case.id == Clock.case_id).where(*theirs)
    resolved = clocks.where(Clock.kind == ClockKind.RESOLUTION).group_by(Clock.status)
    counted: dict[ClockStatus, int] = {row[0]: row[1] for row in session().execute(resolved)}
    kept, late = counted.get(ClockStatus.MET, 0), [ClockStatus.MET_LATE, ClockStatus.BREACHED]
    missed = sum(counted.get(status, 0) for status in late)
    decisions = select(Decision.case_id, Decision.outcome).join(Case, Case.id == Decision.case_id).where(*theirs)
    decisions = decisions.where(Decision.signed_at.is_not(None), Decision.status != "replaced").distinct()
    outcomes = [row.outcome for row in session().execute(decisions)]
    upheld = sum(outcome is not Outcome.FOR_RESPONDENT for outcome in outcomes)
    return Figures(
        len(rows), _percent(kept, kept + missed), round(median(lengths)) if lengths else None, len(outcomes),
        _percent(upheld, len(outcomes)),
    )  # fmt: skip


def _percent(part: int, whole: int) -> int | None:
    return part * 100 // whole if whole else None
