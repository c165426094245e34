"""What is to be done after the commit: rows in the same transaction, worked off by jobs with leases.

A task is a dotted name, so nobody imports a job. Redis only makes it prompt: the sweep finds every row that is due.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Model, after_commit, partial_index, session


class Lane(StrEnum):
    """What waits together: printing a hundred notices must not keep a one-time code waiting."""

    LETTERS = "letters"
    NOTICES = "notices"
    MAIL = "mail"
    HOOKS = "hooks"


class Task(StrEnum):
    """Every task there is, and the function that does it (a test resolves each)."""

    SEND_MESSAGE = "workflows.jobs.tasks.send_message"
    ISSUE_NOTICE = "workflows.jobs.tasks.issue_notice"
    ALERT_DUTY = "workflows.jobs.tasks.alert_duty"
    SEND_WARNINGS = "workflows.jobs.tasks.send_warnings"
    SEND_SIGN_IN_LINK = "workflows.jobs.tasks.send_sign_in_link"
    SEND_TRACKING_CODE = "workflows.jobs.tasks.send_tracking_code"
    DRAW_PANEL = "workflows.jobs.tasks.draw_panel"
    READ_MAIL = "workflows.jobs.tasks.read_mail"
    REMIND_OF_MAIL = "workflows.jobs.tasks.remind_of_mail"
    TEACH_TRIAGE = "workflows.jobs.tasks.teach_triage"
    MAKE_PREVIEWS = "workflows.jobs.tasks.make_previews"
    REMIND_OF_EVIDENCE = "workflows.jobs.tasks.remind_of_evidence"
    REPLAY_RULEBOOK = "workflows.jobs.tasks.replay_rulebook"
    SEND_WEBHOOK = "workflows.jobs.tasks.send_webhook"
    FORGET_PEOPLE = "workflows.jobs.tasks.forget_people"


_ELSEWHERE = {
    Task.ISSUE_NOTICE: Lane.NOTICES, Task.TEACH_TRIAGE: Lane.NOTICES, Task.MAKE_PREVIEWS: Lane.NOTICES,
    Task.FORGET_PEOPLE: Lane.NOTICES, Task.REPLAY_RULEBOOK: Lane.NOTICES,
    Task.READ_MAIL: Lane.MAIL,
    Task.SEND_WEBHOOK: Lane.HOOKS,
}  # fmt: skip
LANES = dict.fromkeys(Task, Lane.LETTERS) | _ELSEWHERE
OPEN = text("done_at IS NULL AND dead_at IS NULL")
GIVEN_UP = text("done_at IS NULL AND dead_at IS NOT NULL")


class OutboxRow(Model):
    """One thing to do. `payload` holds ids only; `leased_until` keeps two workers from the same row."""

    __tablename__ = "outbox"
    __table_args__ = (
        partial_index("ix_outbox_due", "available_at", "id", where=OPEN),
        partial_index("ix_outbox_given_up", "id", where=GIVEN_UP),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    task: Mapped[str]
    payload: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    available_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None]
    dead_at: Mapped[datetime | None]
    last_error: Mapped[str | None]


class Later(Exception):
    """Raised by a task that is to be done at `at` instead: that is no failure."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        super().__init__(f"not before {at.isoformat()}")


LEASE = timedelta(minutes=2)
PAUSES = tuple(timedelta(seconds=s) for s in (1, 5, 30, 120, 600, 1800, 3600, 7200))

_nudge: Callable[[Lane, int], None] = lambda lane, outbox_id: None  # noqa: E731


def on_commit_tell(nudge: Callable[[Lane, int], None]) -> None:
    """Set what is told the lane and id of a new row after its commit; it must be quick and never raise."""
    global _nudge
    _nudge = nudge


def add(task: Task, *, at: datetime, not_before: datetime | None = None, **ids: int | str) -> OutboxRow:
    """Write down a task in the current transaction; it is due at `at`, or at `not_before` where that is later."""
    due_at = max(at, not_before or at)
    row = OutboxRow(task=task.value, payload=dict(ids), created_at=at, available_at=due_at)
    session().add(row)
    if due_at == at:  # what waits is found by the sweep when its time has come
        after_commit(lambda: _nudge(LANES[task], row.id) if row.done_at is None else None)
    return row


def keep_going(task: Task, *, at: datetime) -> None:
    """See to it that a task that puts itself off again and again is there."""
    going = select(OutboxRow.id).where(OutboxRow.task == task.value, OutboxRow.done_at.is_(None))
    if session().scalar(going.where(OutboxRow.dead_at.is_(None)).limit(1)) is None:
        add(task, at=at)


def due(at: datetime, *, lane: Lane | None = None, limit: int = 100) -> list[int]:
    """Return the ids of rows that wait for a worker at `at`, oldest first: of one lane, or of all."""
    tasks = [task.value for task, its_lane in LANES.items() if lane in (None, its_lane)]
    query = select(OutboxRow.id).where(*_free(at), OutboxRow.task.in_(tasks))
    return list(session().scalars(query.order_by(OutboxRow.available_at, OutboxRow.id).limit(limit)))


def waits(outbox_id: int, *, at: datetime) -> bool:
    """Return whether the row waits for a worker at `at`."""
    return session().scalar(select(OutboxRow.id).where(OutboxRow.id == outbox_id, *_free(at))) is not None


def claim(outbox_id: int, *, at: datetime) -> OutboxRow | None:
    """Lease the row for this worker, or return None: done, dead, not due yet, or in another's hands."""
    query = select(OutboxRow).where(OutboxRow.id == outbox_id, *_free(at)).with_for_update(skip_locked=True)
    row = session().scalars(query.execution_options(populate_existing=True)).one_or_none()
    if row is not None:
        row.leased_until, row.attempts = at + LEASE, row.attempts + 1
    return row


def _free(at: datetime) -> tuple[ColumnElement[bool], ...]:
    open_, nobodys = (OutboxRow.done_at.is_(None), OutboxRow.dead_at.is_(None)), OutboxRow.leased_until.is_(None)
    return (*open_, OutboxRow.available_at <= at, nobodys | (OutboxRow.leased_until <= at))


def finish(row: OutboxRow, *, at: datetime) -> None:
    """Mark the row done."""
    row.done_at, row.leased_until, row.last_error = at, None, None


def put_off(row: OutboxRow, later: Later) -> None:
    """Have the row done at a later instant."""
    row.available_at, row.leased_until, row.attempts = later.at, None, row.attempts - 1


def fail(row: OutboxRow, error: str, *, at: datetime) -> None:
    """Put the row off with a growing pause; after the last pause it is dead and waits for a person."""
    row.last_error, row.leased_until = error[:500], None
    if row.attempts > len(PAUSES):
        row.dead_at = at
    else:
        row.available_at = at + PAUSES[row.attempts - 1]


def revive(outbox_id: int | None, *, at: datetime) -> int:
    """Give a task that was given up another full round of tries (all of them for None); return how many.

    Safe twice: who comes second finds it revived, or done.
    """
    given_up = update(OutboxRow).where(OutboxRow.dead_at.is_not(None), OutboxRow.done_at.is_(None))
    if outbox_id is not None:
        given_up = given_up.where(OutboxRow.id == outbox_id)
    revived = session().execute(
        given_up.values(dead_at=None, leased_until=None, attempts=0, available_at=at).execution_options(
            synchronize_session=False
        )
    )
    return int(revived.rowcount)  # type: ignore[attr-defined]
