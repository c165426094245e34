"""Starting, ending and firing clocks. The row is the only clock: whoever comes to fire it second finds it done."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, update
from sqlalchemy.orm.attributes import set_committed_value

from app.cases import service_letters
from app.cases.models import FAR, Case, CaseEvent, Clock, ClockEffect
from app.cases.queries import case_to_fire, is_due
from app.cases.recording import about
from app.core.db import session
from app.ledger.service import record
from workflows.procedure.act import Act
from workflows.procedure.authority import Audience
from workflows.procedure.clocks import LADDER, TIMERS, ClockKind, ClockStatus, is_over, next_instant
from workflows.procedure.states import MET_BY, Action
from workflows.regulation import book

Elapsed = Callable[[Case, Clock, Act], None]
_when_elapsed: dict[ClockKind, Elapsed] = {}
_when_warned: dict[ClockKind, Elapsed] = {}


def when_elapsed(kind: ClockKind) -> Callable[[Elapsed], Elapsed]:
    """Register what a room does when a clock of `kind` comes to its end (an offer lapses, voting ends, …)."""

    def register(handler: Elapsed) -> Elapsed:
        _when_elapsed[kind] = handler
        return handler

    return register


def when_warned(kind: ClockKind) -> Callable[[Elapsed], Elapsed]:
    """Register what else is done when a clock of `kind` warns its desk (a company is reminded of what it owes, …)."""

    def register(handler: Elapsed) -> Elapsed:
        _when_warned[kind] = handler
        return handler

    return register


Missed = Callable[[Case, Clock, Act], None]
_when_missed: list[Missed] = []


def when_missed(handler: Missed) -> Missed:
    """Register what a room does when a statutory limit was not kept, whoever notices it first: sweep or a late act."""
    _when_missed.append(handler)
    return handler


def start(
    case: Case, kind: ClockKind, *, act: Act, figure: str, due_at: datetime | None = None, subject_id: int | None = None
) -> Clock:
    """Arm a clock now, by the figure in force for the case, or until `due_at` where terms say so.

    Source: the figure's clause. An earlier running clock of the same kind and subject is for the caller to end.
    """
    generation = 1 + max((clock.generation for clock in case.clocks if clock.kind is kind), default=0)
    clock = Clock(**_armed(case, kind, figure, act, due_at), generation=generation, subject_id=subject_id)
    case.clocks.append(clock)
    _refresh(case)
    return clock


def start_first(case: Case, figures: Mapping[ClockKind, str], *, act: Act) -> None:
    """Arm the clocks of a new case and give it its id: one statement for the case, one for all of its clocks.

    Source: the figures' clauses.
    """
    rows = [_armed(case, kind, figure, act) for kind, figure in figures.items()]
    case.due_at = min((row["due_at"] for row in rows if row["kind"] not in TIMERS), default=FAR)
    session().add(case)
    session().flush()
    first = [row | {"case_id": case.id, "generation": 1} for row in rows]
    clocks = session().scalars(insert(Clock).returning(Clock), first)
    set_committed_value(case, "clocks", sorted(clocks, key=lambda clock: clock.id))


def _armed(case: Case, kind: ClockKind, figure: str, act: Act, due_at: datetime | None = None) -> dict[str, Any]:
    rule = book.current().figure(figure, on=case.law_as_of)
    due_at = due_at or act.at + rule.length
    return {
        "kind": kind, "clause": rule.clause, "figure": figure, "started_at": act.at, "due_at": due_at,
        "next_at": _next(kind, act.at, due_at, 0, case.law_as_of), "status": ClockStatus.RUNNING, "level": 0,
    }  # fmt: skip


def end(case: Case, kinds: Collection[ClockKind], *, by: Action, act: Act, subject_id: int | None = None) -> None:
    """End the open clocks of these kinds: met where `by` is what they waited for, else stopped."""
    ended = False
    for clock in case.clocks:
        if clock.kind in kinds and clock.is_open and subject_id in (None, clock.subject_id):
            _end_one(case, clock, met=by in MET_BY.get(clock.kind, ()), act=act)
            ended = True
    if ended:
        _refresh(case)


def _end_one(case: Case, clock: Clock, *, met: bool, act: Act) -> None:
    if clock.status is ClockStatus.RUNNING and clock.kind not in TIMERS and is_over(clock.kind, clock.due_at, act.at):
        clock.status = ClockStatus.BREACHED
        _breach(case, clock, act)  # the sweep has not come yet: it is late all the same
    late = clock.status is ClockStatus.BREACHED
    clock.ended_at = act.at
    if met:
        clock.status = ClockStatus.MET_LATE if late else ClockStatus.MET
    elif not late:
        clock.status = ClockStatus.STOPPED


def fire(clock_id: int, *, act: Act) -> bool:
    """Do what the clock has to do at `act.at`, once: its next warning, or its end. Returns whether there was anything.

    Safe to call twice or from two processes: the case is locked, and the conditional update lets one of them through.
    """
    case = case_to_fire(clock_id) if is_due(clock_id, act.at) else None
    clock = next((each for each in case.clocks if each.id == clock_id), None) if case else None
    if case is None or clock is None or clock.status is not ClockStatus.RUNNING or clock.next_at > act.at:
        return False
    level = clock.level + 1
    at_end = is_over(clock.kind, clock.due_at, act.at)
    due_at = clock.due_at if at_end else clock.next_at
    if not _claim(clock, level, at_end, case.law_as_of, act):
        return False
    if at_end:
        _reach_end(case, clock, act)
    else:
        _warn(case, clock, level, due_at, act)
    return True


def _claim(clock: Clock, level: int, at_end: bool, law: date, act: Act) -> bool:
    """Take this firing for us. A timer's end ends it; a statutory clock goes on, overdue, until it is met."""
    values: dict[str, Any] = {"level": level}
    if not at_end:
        values["next_at"] = _next(clock.kind, clock.started_at, clock.due_at, level, law)
    elif clock.kind in TIMERS:
        values |= {"status": ClockStatus.ELAPSED, "ended_at": act.at}
    else:
        values["status"] = ClockStatus.BREACHED
    won = session().execute(
        update(Clock)
        .where(Clock.id == clock.id, Clock.status == ClockStatus.RUNNING, Clock.level == clock.level)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    if won.rowcount != 1:  # type: ignore[attr-defined]
        return False
    session().refresh(clock)
    return True


def _reach_end(case: Case, clock: Clock, act: Act) -> None:
    if clock.kind in TIMERS:
        _keep(clock, clock.level, "elapsed", act, clock.due_at)
        _tell(case, clock, Action.ELAPSE, act)
    else:
        _breach(case, clock, act)
    if handler := _when_elapsed.get(clock.kind):
        handler(case, clock, act)
    _refresh(case)


def _breach(case: Case, clock: Clock, act: Act) -> None:
    _keep(clock, len(LADDER) + 1, "breach", act, clock.due_at)
    _tell(case, clock, Action.BREACH, act, due_at=clock.due_at.isoformat())
    service_letters.tell_of_breach(case, clock, act=act)
    for handler in _when_missed:
        handler(case, clock, act)


def _warn(case: Case, clock: Clock, level: int, due_at: datetime, act: Act) -> None:
    desk = LADDER[level - 1]
    _keep(clock, level, "warning", act, due_at, told=desk.value)
    _tell(case, clock, Action.WARN, act, level=level, desk=desk)
    service_letters.warn(case, clock, desk, level, act=act)
    if handler := _when_warned.get(clock.kind):
        handler(case, clock, act)


def _tell(case: Case, clock: Clock, action: Action, act: Act, **detail: str | int) -> None:
    """Write into the history what a clock did; parties read of a breach only."""
    case.last_seq += 1
    record(
        CaseEvent(
            case_id=case.id, seq=case.last_seq, at=act.at, action=action, branch="", side="system", user_id=None,
            from_state=case.state, to_state=case.state, clause=clock.clause,
            detail={"kind": clock.kind, "generation": clock.generation} | detail,
            audience=Audience.BOTH if action is Action.BREACH else Audience.INTERNAL,
        ),
        about=about(case.id), at=act.at,
    )  # fmt: skip


def _keep(clock: Clock, level: int, effect: str, act: Act, due_at: datetime, told: str | None = None) -> None:
    """Write down what a clock did, once."""
    row = ClockEffect(clock_id=clock.id, level=level, effect=effect, told=told, due_at=due_at, at=act.at)
    record(row, about=about(clock.case_id), at=act.at)


def _next(kind: ClockKind, started_at: datetime, due_at: datetime, level: int, law: date) -> datetime:
    fractions = book.current().figure("warnings", on=law).fractions
    return next_instant(kind, started_at, due_at, fractions, level)


def _refresh(case: Case) -> None:
    """Set the case's own due instant: the nearest end among its open statutory clocks."""
    open_ends = [clock.due_at for clock in case.clocks if clock.is_open and clock.kind not in TIMERS]
    case.due_at = min(open_ends, default=FAR)
