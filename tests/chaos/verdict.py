"""What is true afterwards, read from the database and the files, beside what was promised."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil

from sqlalchemy import func, select

from app.cases import queries
from app.cases.deadlines import explained
from app.cases.models import Case, CaseEvent, Clock, ClockEffect
from app.core.db import session
from app.core.messages import OutboundMessage
from app.core.outbox import OutboxRow, Task
from app.core.storage import store
from app.evidence.models import Evidence
from tests.chaos.filing import Complaint
from tests.chaos.mischief import Outage
from workflows.procedure.clocks import MOMENT, TIMERS, warning_at
from workflows.procedure.states import Action
from workflows.regulation import book

LATE_P99_S, LATE_MOST_S, CAUGHT_UP_S = 2.0, 10.0, 60.0
FIRINGS = (Action.WARN, Action.BREACH, Action.ELAPSE)


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the table. `kept` is None where nothing was promised."""

    what: str
    figure: str
    promise: str
    kept: bool | None

    def __str__(self) -> str:
        verdict = {True: "kept", False: "BROKEN", None: ""}[self.kept]
        return f"{self.what:<58}{self.figure:>14}  {self.promise:<16}{verdict}".rstrip()


def none(what: str, found: int) -> Finding:
    """Return the finding that there must be none of."""
    return Finding(what, f"{found:,}", "0", not found)


# --- complaints and their files -------------------------------------------------------------------------------------


def complaints(filed: Sequence[Complaint]) -> Iterator[Finding]:
    """Compare what was answered with what is there."""
    rows = [(case.id, case.number, case.narrative) for case in session().scalars(select(Case)).all()]
    by_number = {number: (case_id, narrative) for case_id, number, narrative in rows}
    told = [each for each in filed if each.number]
    lost = [each for each in told if each.forgotten or each.mark not in by_number.get(each.number or "", (0, ""))[1]]
    marks = Counter(narrative[-len(filed[0].mark) :] for _id, _number, narrative in rows)
    yield Finding(
        "complaints acknowledged, of those filed", f"{len(told):,}/{len(filed):,}", "all", len(told) == len(filed)
    )
    yield none("acknowledged complaints lost", len(lost))
    yield none("complaints that became two cases", sum(times > 1 for times in marks.values()))
    yield none("cases that nobody filed", len(set(marks) - {each.mark for each in filed}))
    yield none("acknowledged files lost or with wrong bytes", sum(not _is_kept(each, by_number) for each in told))


def _is_kept(complaint: Complaint, by_number: dict[str, tuple[int, str]]) -> bool:
    if not complaint.kept:
        return True  # its file was never acknowledged
    case_id = by_number.get(complaint.number or "", (0, ""))[0]
    kept = session().scalars(select(Evidence).where(Evidence.case_id == case_id)).all()
    if [each.sha256 for each in kept] != [complaint.sha256]:
        return False
    try:
        return hashlib.sha256(store().read(kept[0].ref)).hexdigest() == complaint.sha256
    except FileNotFoundError:
        return False


# --- clocks ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Instant:
    """Something a clock had to do, and when it was done, if it was."""

    clock_id: int
    due: datetime
    done: datetime | None

    @property
    def late_s(self) -> float:
        return (self.done - self.due).total_seconds() if self.done else float("inf")


def instants(until: datetime) -> list[Instant]:
    """Return everything that clocks had to do until then. A warning that the end overtook is done when the end is."""
    effects: dict[int, list[ClockEffect]] = {}
    for effect in session().scalars(select(ClockEffect).order_by(ClockEffect.level)):
        effects.setdefault(effect.clock_id, []).append(effect)
    return [
        instant
        for clock in session().scalars(select(Clock))
        for instant in _of(clock, effects.get(clock.id, []), until)
    ]


def _of(clock: Clock, effects: list[ClockEffect], until: datetime) -> Iterator[Instant]:
    fractions = book.current().figure("warnings").fractions
    warnings = () if clock.kind in TIMERS else fractions
    ends_at = clock.due_at if clock.kind in TIMERS else clock.due_at + MOMENT
    by_level = [warning_at(clock.started_at, clock.due_at, fraction) for fraction in warnings] + [ends_at]
    for level, due in enumerate(by_level, 1):
        if due > until or (clock.ended_at and due > clock.ended_at):
            return
        later = [each for each in effects if each.level >= level]
        own = [each for each in later if each.level == level or each.effect != "warning"]
        overtaken = later and later[0].at >= ends_at
        yield Instant(clock.id, due, own[0].at if own else later[0].at if overtaken else None)


def clocks(until: datetime, outages: Sequence[Outage], least: int) -> Iterator[Finding]:
    """Check that everything due was done once, not early, and how late."""
    due = instants(until)
    came_due = len({each.clock_id for each in due})
    yield Finding("clocks that came due", f"{came_due:,}", f">= {least:,}", came_due >= least)
    yield Finding("things that they had to do (warnings, ends)", f"{len(due):,}", "", None)
    yield none("of these not done", sum(each.done is None for each in due))
    yield none("done early", _early())
    yield none("done twice", _twice())
    done = [each for each in due if each.done]
    spans = [(datetime.fromtimestamp(o.killed, UTC), datetime.fromtimestamp(o.ready, UTC)) for o in outages]
    up = sorted(late for each in done if (late := late_while_up_s(each, spans)) is not None)
    if up:
        p99 = up[ceil(len(up) * 0.99) - 1]
        yield Finding("lateness while up, median", f"{up[len(up) // 2]:.2f} s", "", None)
        yield Finding("lateness while up, p99", f"{p99:.2f} s", f"<= {LATE_P99_S:.0f} s", p99 <= LATE_P99_S)
        yield Finding("lateness while up, most", f"{up[-1]:.2f} s", f"<= {LATE_MOST_S:.0f} s", up[-1] <= LATE_MOST_S)
    for outage, (begins, ready) in zip(outages, spans, strict=True):
        started = datetime.fromtimestamp(outage.started, UTC)
        waited = [each for each in done if each.due <= ready and each.done > begins]
        last = max(((each.done or ready) - started for each in waited), default=ready - ready).total_seconds()
        what = f"after the outage, {len(waited):,} overdue effects were done in"
        yield Finding(what, f"{last:.1f} s", f"<= {CAUGHT_UP_S:.0f} s", last <= CAUGHT_UP_S)


def late_while_up_s(each: Instant, spans: Sequence[tuple[datetime, datetime]]) -> float | None:
    """Return how late it was while there was something to do it: what waited when all went down counts until then.

    None for what came due while nothing ran.
    """
    for killed, ready in spans:
        if each.due <= ready and each.done > killed:
            return (killed - each.due).total_seconds() if each.due < killed else None
    return each.late_s


def _early() -> int:
    return session().scalar(select(func.count()).where(ClockEffect.at < ClockEffect.due_at)) or 0


def _twice() -> int:
    """Count entries of histories about clocks beyond one for each effect, and instants with two effects."""
    entries = session().execute(
        select(CaseEvent.case_id, CaseEvent.action, CaseEvent.detail_kept).where(CaseEvent.action.in_(FIRINGS))
    )
    told = Counter((row[0], row[1], row[2]["kind"], row[2]["generation"], row[2].get("level")) for row in entries)
    effects = session().execute(select(ClockEffect.clock_id, ClockEffect.due_at, ClockEffect.effect))
    return sum(n - 1 for n in told.values()) + sum(n - 1 for n in Counter(map(tuple, effects)).values())


def undone(until: datetime) -> int:
    """Return how many tasks were due by then and are not done, those in hand among them."""
    query = select(func.count()).where(OutboxRow.done_at.is_(None), OutboxRow.available_at <= until)
    return session().scalar(query) or 0


def records(until: datetime) -> Iterator[Finding]:
    """Work every clock out again from the record, and count what waits."""
    case_ids = session().scalars(select(Case.id)).all()
    unsound = sum(not explained(queries.case_to_work(case_id)).sound for case_id in case_ids)
    yield none("cases whose clocks are not what their record makes them", unsound)
    letters = session().scalar(select(func.count()).select_from(OutboundMessage)) or 0
    rows = session().scalars(select(OutboxRow.payload).where(OutboxRow.task == Task.SEND_MESSAGE)).all()
    on_their_way = {row["message_id"] for row in rows}
    yield Finding("letters written", f"{letters:,}", "", None)
    yield none(
        "letters without their one task, or with two", abs(letters - len(on_their_way)) + len(rows) - len(on_their_way)
    )
    yield none("tasks that were due and are not done", undone(until))
