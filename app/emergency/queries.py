"""How far emergency handling has come: what was done, by whom, when, and what was not. Told from the history."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload, selectinload

from app.cases.models import Case, CaseEvent, Clock
from app.cases.queries import scope_to_act
from app.core.db import session
from app.emergency.models import EmergencyCall
from workflows.procedure.authority import Actor
from workflows.procedure.clocks import ClockKind
from workflows.procedure.states import Action, CaseState
from workflows.regulation import book
from workflows.regulation.entries import Plan
from workflows.regulation.text import Text3

ACTS = (
    Action.START_EMERGENCY, Action.CALL_CONTACT, Action.ACKNOWLEDGE_CALL, Action.EMERGENCY_STEP, Action.END_EMERGENCY,
)  # fmt: skip


@dataclass(slots=True)
class Run:
    """One plan from its start to its end; `steps` pairs each step of the plan with the entry that says it is done."""

    plan: Plan
    started: CaseEvent
    calls: list[CaseEvent] = field(default_factory=list)
    acknowledged: CaseEvent | None = None
    done: dict[int, CaseEvent] = field(default_factory=dict)
    ended: CaseEvent | None = None

    @property
    def steps(self) -> list[tuple[int, Text3, CaseEvent | None]]:
        return [(n, text, self.done.get(n)) for n, text in enumerate(self.plan.steps, start=1)]

    @property
    def open_steps(self) -> list[int]:
        return [n for n, _, entry in self.steps if entry is None]


def runs_of(case: Case, entries: Iterable[CaseEvent]) -> list[Run]:
    """Return the plans that were started in the case, oldest first."""
    found: list[Run] = []
    for entry in entries:
        if entry.action is Action.START_EMERGENCY:
            found.append(Run(plan_of(case, entry.detail["plan"]), entry))
        elif found:
            _note(found[-1], entry)
    return found


def plan_of(case: Case, key: str) -> Plan:
    """Return the plan by the rules in force for the case."""
    return next(plan for plan in book.current().plans.on(case.law_as_of) if plan.key == key)


def _note(run: Run, entry: CaseEvent) -> None:
    match entry.action:
        case Action.CALL_CONTACT:
            run.calls.append(entry)
        case Action.ACKNOWLEDGE_CALL:
            run.acknowledged = run.acknowledged or entry
        case Action.EMERGENCY_STEP:
            run.done.setdefault(entry.detail["step"], entry)
        case Action.END_EMERGENCY:
            run.ended = entry


def entries_of(cases: Collection[Case]) -> dict[int, list[CaseEvent]]:
    """Return what was done about emergencies in these cases, by case, in one query."""
    query = select(CaseEvent).where(CaseEvent.case_id.in_([case.id for case in cases]), CaseEvent.action.in_(ACTS))
    found: dict[int, list[CaseEvent]] = defaultdict(list)
    for entry in session().scalars(query.order_by(CaseEvent.case_id, CaseEvent.seq)) if cases else ():
        found[entry.case_id].append(entry)
    return found


def runs_in(case: Case) -> list[Run]:
    """Return the plans that were started in one case."""
    return runs_of(case, entries_of([case])[case.id])


def last_run(case: Case) -> Run | None:
    """Return the plan that was started last."""
    found = runs_in(case)
    return found[-1] if found else None


def calls_of(cases: Collection[Case]) -> dict[int, EmergencyCall]:
    """Return the last call of each case that has one."""
    query = select(EmergencyCall).where(EmergencyCall.case_id.in_([case.id for case in cases]))
    rows = session().scalars(query.order_by(EmergencyCall.n)) if cases else ()
    return {call.case_id: call for call in rows}


def open_call(case: Case) -> EmergencyCall | None:
    """Return the call that waits for somebody to confirm it; without an emergency nobody was ever called."""
    if case.emergency_started_at is None:
        return None
    query = select(EmergencyCall).where(
        EmergencyCall.case_id == case.id, EmergencyCall.over_at.is_(None), EmergencyCall.acknowledged_at.is_(None)
    )
    return session().scalars(query).first()


def waiting_for(organisation_id: int) -> Sequence[tuple[EmergencyCall, str]]:
    """Return the calls that this organisation has not confirmed, oldest first, each with its case number."""
    query = select(EmergencyCall, Case.number).join(Case, Case.id == EmergencyCall.case_id)
    query = query.where(
        EmergencyCall.organisation_id == organisation_id, EmergencyCall.over_at.is_(None),
        EmergencyCall.acknowledged_at.is_(None),
    )  # fmt: skip
    return [(row[0], row[1]) for row in session().execute(query.order_by(EmergencyCall.called_at))]


@scope_to_act
def called(actor: Actor) -> ColumnElement[bool] | None:
    """A company that was called may confirm it, though it may not read the case before it is asked to answer."""
    if not actor.is_respondent:
        return None
    return Case.id.in_(select(EmergencyCall.case_id).where(EmergencyCall.organisation_id == actor.organisation_id))


# --- the board -------------------------------------------------------------------------------------------------------

MOST = 60


def not_started(*, flagged: bool) -> Sequence[Clock]:
    """Return the 2-hour clocks that nobody has met, oldest first: of every case, or (`flagged`) of emergencies only.

    Source: clause 2.2.3.2.
    """
    query = select(Clock).join(Clock.case).where(Clock.kind == ClockKind.EMERGENCY_START, Clock.ended_at.is_(None))
    if flagged:
        query = query.where(Case.emergency.is_(True))
    whole = joinedload(Clock.case, innerjoin=True)
    query = query.options(whole.joinedload(Case.respondent), whole.selectinload(Case.parties))
    return session().scalars(query.order_by(Clock.due_at, Clock.id).limit(MOST)).unique().all()


def under_way() -> Sequence[Case]:
    """Return the cases in which a plan runs, by the instant at which the anomaly was reported."""
    query = select(Case).where(
        Case.emergency_started_at.is_not(None), Case.emergency_ended_at.is_(None), Case.state != CaseState.CLOSED
    )
    query = query.options(joinedload(Case.respondent), selectinload(Case.parties), selectinload(Case.clocks))
    return session().scalars(query.order_by(Case.received_at, Case.id).limit(MOST)).unique().all()
