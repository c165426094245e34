"""Figures of the running system: what is open, what is late, what waits. No personal data."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import func, select, text

from app.cases.models import Case, Clock
from app.core import paging
from app.core.db import db, session
from app.core.messages import OutboundMessage
from app.core.outbox import LANES, Lane, OutboxRow, Task
from app.notices.models import Notice, RegisterEntry
from workflows.procedure.clocks import ClockStatus
from workflows.procedure.states import CaseState

SOUND_SQLITE = (3, 51, 3)
"""The first build of SQLite without the fault in resetting its log."""


class Waiting(Struct, frozen=True):
    """How much is due and not done, since when the oldest, and why that one was put off."""

    count: int
    oldest: datetime | None = None
    why: str = ""


def database_build() -> tuple[str, bool]:
    """Return the database with its version, and whether this build is one to rely on."""
    if db.engine.dialect.name == "sqlite":
        version = session().scalar(text("SELECT sqlite_version()")) or ""
        return f"SQLite {version}", tuple(map(int, version.split("."))) >= SOUND_SQLITE
    version = session().scalar(text("SHOW server_version")) or ""
    return f"PostgreSQL {version.split()[0]}", int(version.split(".")[0]) >= 15


def cases_by_state() -> dict[str, int]:
    """Return how many cases are in each state, closed ones apart."""
    query = select(Case.state, func.count()).where(Case.state != CaseState.CLOSED).group_by(Case.state)
    found = {row[0]: row[1] for row in session().execute(query)}
    return {state: found.get(state, 0) for state in CaseState if state is not CaseState.CLOSED}


def clocks_waiting(at: datetime) -> Waiting:
    """Return how many clocks have something to do that nobody has done yet."""
    due = select(func.count(), func.min(Clock.next_at)).where(Clock.status == ClockStatus.RUNNING, Clock.next_at <= at)
    count, oldest = session().execute(due).one()
    return Waiting(count, oldest)


def overdue_clocks() -> dict[str, int]:
    """Return how many clocks of each kind are past their end and not met."""
    query = select(Clock.kind, func.count()).where(Clock.status == ClockStatus.BREACHED, Clock.ended_at.is_(None))
    return {row[0]: row[1] for row in session().execute(query.group_by(Clock.kind))}


def lanes(at: datetime) -> dict[str, Waiting]:
    """Return what waits for a worker in each lane, with the reason for which its oldest task was last put off."""
    due = (OutboxRow.done_at.is_(None), OutboxRow.dead_at.is_(None), OutboxRow.available_at <= at)
    query = select(OutboxRow.task, func.count(), func.min(OutboxRow.available_at), func.max(OutboxRow.last_error))
    found = {lane.value: Waiting(0) for lane in Lane}
    for task, count, oldest, why in session().execute(query.where(*due).group_by(OutboxRow.task)):
        before = found[LANES[Task(task)]]
        oldest = min(filter(None, (before.oldest, oldest)))
        found[LANES[Task(task)]] = Waiting(before.count + count, oldest, before.why or why or "")
    return found


GIVEN_UP = (OutboxRow.dead_at.is_not(None), OutboxRow.done_at.is_(None))


def given_up() -> int:
    """Return how many tasks were given up and need a person."""
    return session().scalar(select(func.count()).where(*GIVEN_UP)) or 0


def dead_letters(cursor: str | None) -> paging.Page[OutboxRow]:
    """Return a page of the tasks that were given up, the latest first."""
    query = select(OutboxRow).where(*GIVEN_UP)
    if cursor:
        query = query.where(OutboxRow.id < paging.decode(cursor, int)[0])
    rows = list(session().scalars(query.order_by(OutboxRow.id.desc()).limit(paging.LIMIT + 1)))
    more = len(rows) > paging.LIMIT
    rows = rows[: paging.LIMIT]
    return paging.Page(rows, paging.encode(rows[-1].id) if more else None)


def subjects(rows: Sequence[OutboxRow]) -> dict[int, tuple[str, str | None]]:
    """Return what each task was about, by the row's id: in words (a letter, a notice), and its case where there is one.

    Two queries at most for letters and notices, one for cases, however many rows.
    """
    ids = {key: [row.payload[key] for row in rows if key in row.payload] for key in _ABOUT}
    known = {key: _ABOUT[key](wanted) if wanted else {} for key, wanted in ids.items()}
    found = {}
    for row in rows:
        about = [known[key].get(row.payload[key]) for key in _ABOUT if key in row.payload]
        found[row.id] = next(filter(None, about), ("", None))
    return found


def _letters(ids: Sequence[int]) -> dict[int, tuple[str, str | None]]:
    query = select(OutboundMessage).where(OutboundMessage.id.in_(ids))
    return {row.id: (f"{row.subject} → {row.address}", row.case_number) for row in session().scalars(query)}


def _notices(ids: Sequence[int]) -> dict[int, tuple[str, str | None]]:
    query = select(Notice.id, Notice.language, RegisterEntry.number, Case.number).join(Notice.entry)
    query = query.join(Case, Case.id == RegisterEntry.case_id).where(Notice.id.in_(ids))
    return {row[0]: (f"{row[2]} ({row[1]})", row[3]) for row in session().execute(query)}


def _cases(ids: Sequence[int]) -> dict[int, tuple[str, str | None]]:
    return {row[0]: ("", row[1]) for row in session().execute(select(Case.id, Case.number).where(Case.id.in_(ids)))}


_ABOUT = {"message_id": _letters, "notice_id": _notices, "case_id": _cases}
