"""Emergencies as the desk sees them: what waits to be started, what runs, and how far each plan has come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from app.accounts import queries as people
from app.cases.faces import clock_face
from app.cases.models import Case, CaseEvent
from app.desk.queue import parties, tags
from app.emergency import queries
from app.emergency.models import EmergencyCall
from app.emergency.queries import Run
from app.emergency.service import plans_ready
from app.web.filters import instant, named
from app.web.i18n import language
from workflows.procedure.clocks import ClockKind


class Done(Struct, frozen=True):
    """Something that was done: when, by whom, and what was written about it."""

    when: str
    who: str
    note: str


class Progress(Struct, frozen=True):
    """How far one plan has come, in the reader's words. `steps` pairs a step's text with what was done, or None."""

    plan: str
    started: Done
    calls: list[tuple[str, Done]]
    acknowledged: Done | None
    waits: bool
    steps: list[tuple[int, str, Done | None]]
    ended: Done | None
    reached: list[dict[str, Any]]

    @property
    def left(self) -> int:
        return sum(done is None for _, _, done in self.steps)


def progress(run: Run, call: EmergencyCall | None, by: dict[int, str]) -> Progress:
    """Return a run as pages show it; `call` is its last call, `by` the names of those who acted."""

    def done(entry: CaseEvent, words: str = "") -> Done:
        who = by.get(entry.user_id or 0) or named(entry.side, "side")
        return Done(instant(entry.at), who, words or entry.detail.get("note") or "")

    confirmed_by = (call.acknowledged_by or "") if call else ""
    return Progress(
        plan=run.plan.name.in_(language()), started=done(run.started),
        calls=[(named(entry.detail["stage"], "call_stage"), done(entry)) for entry in run.calls],
        acknowledged=done(run.acknowledged, confirmed_by) if run.acknowledged else None,
        waits=bool(run.calls and run.acknowledged is None and run.ended is None),
        steps=[(n, text.in_(language()), done(entry) if entry else None) for n, text, entry in run.steps],
        ended=done(run.ended, run.ended.detail.get("done", "")) if run.ended else None,
        reached=call.reached if call else [],
    )  # fmt: skip


def of_case(case: Case) -> list[Progress]:
    """Return every plan that was started in the case, newest first."""
    runs, call = queries.runs_in(case), queries.calls_of([case]).get(case.id)
    names = people.names([entry.user_id for run in runs for entry in _entries(run)])
    last = len(runs) - 1
    return [progress(run, call if n == last else None, names) for n, run in enumerate(runs)][::-1]


def _entries(run: Run) -> list[CaseEvent]:
    found = [run.started, *run.calls, *run.done.values(), run.acknowledged, run.ended]
    return [entry for entry in found if entry is not None]


def waiting(now: datetime, *, flagged: bool) -> list[dict[str, Any]]:
    """Return the rows of what is not started, the oldest 2-hour clock first, each with the plans that fit."""
    return [
        _row(clock.case) | {"clock": clock_face(clock, now), "plans": plans_ready(clock.case)}
        for clock in queries.not_started(flagged=flagged)
    ]


def running(now: datetime) -> list[dict[str, Any]]:
    """Return the rows of what runs, oldest report first, with what is done and what is not."""
    cases: Sequence[Case] = queries.under_way()
    entries, calls = queries.entries_of(cases), queries.calls_of(cases)
    runs = {case.id: queries.runs_of(case, entries[case.id])[-1] for case in cases}
    names = people.names([entry.user_id for run in runs.values() for entry in _entries(run)])
    return [
        _row(case)
        | {
            "clock": next(clock_face(c, now) for c in case.clocks if c.kind is ClockKind.EMERGENCY_START),
            "run": progress(runs[case.id], calls.get(case.id), names),
        }
        for case in cases
    ]


def _row(case: Case) -> dict[str, Any]:
    return {"case": case, "parties": parties(case), "tags": tags(case), "version": case.version}
