"""Timers that were away, and acts at the very instant a timer fires: everything happens once, and says when."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.cases import actions, queries, service_clocks
from app.cases.commands import Withdraw
from app.cases.models import Case, CaseEvent, Clock, ClockEffect
from app.core.clock import now
from app.core.db import session, transaction
from app.ledger.models import LedgerEntry
from tests.cases.test_races import in_a_transaction, together  # noqa: F401 -- a fixture
from tests.factories import a_case, an_act, complaining, saved
from workflows.jobs import sweeper, tasks
from workflows.jobs.sweeper import TOGETHER, Sweep
from workflows.procedure.authority import SYSTEM
from workflows.procedure.clocks import ClockKind, ClockStatus
from workflows.procedure.states import Action, CaseState


@pytest.fixture
def sweep(built_app, monkeypatch):
    """The sweep of the clocks, without a queue that would take its work."""
    monkeypatch.setattr(tasks, "application", lambda: built_app)
    monkeypatch.setattr(sweeper, "hand_over", lambda queue, number: False)
    return Sweep("clocks", queries.due_clocks, tasks.fire_clocks, TOGETHER)


def swept(sweep: Sweep) -> None:
    session().rollback()
    while sweep.once():
        pass
    session().rollback()
    session().expire_all()


def test_after_three_hours_without_timers_everything_overdue_happens_once_and_says_that_it_is_late(app, time, sweep):
    cases = [saved(a_case, state) for state in (CaseState.RECEIVED, CaseState.ANSWERING) for _ in range(15)]
    time.go(hours=46)
    swept(sweep)
    before = {effect.id for effect in session().scalars(select(ClockEffect))}
    down_at = now()

    time.go(hours=3)
    swept(sweep)

    late = [effect for effect in session().scalars(select(ClockEffect)) if effect.id not in before]
    assert {effect.at for effect in late} == {now()}
    assert all(down_at < effect.due_at < effect.at for effect in late)
    assert len({effect.clock_id for effect in late if effect.effect == "breach"}) >= len(cases)
    assert len({(effect.clock_id, effect.level) for effect in late}) == len(late)
    assert queries.due_clocks(now()) == []


@pytest.mark.parametrize("kind", [ClockKind.EMERGENCY_START, ClockKind.FIRST_REPLY, ClockKind.RESOLUTION])
def test_a_withdrawal_at_the_instant_a_clock_fires_leaves_one_story_that_the_record_tells_too(
    app, time, together, kind  # noqa: F811
):  # fmt: skip
    for _ in range(4):
        case = saved(a_case)
        clock = next(each for each in case.clocks if each.kind is kind)
        clock_id, case_id, number = clock.id, case.id, case.number
        time.at = clock.due_at
        withdrawal = complaining(case)
        time.at = clock.due_at + clock.due_at.resolution

        def withdraw(number=number, act=withdrawal):
            actions.carry_out(queries.by_number(number, SYSTEM), Action.WITHDRAW, Withdraw(), act=act)

        def fire(clock_id=clock_id):
            return service_clocks.fire(clock_id, act=an_act())

        _, fired = together(in_a_transaction(withdraw), in_a_transaction(fire))

        clock = session().get_one(Clock, clock_id, populate_existing=True)
        effects = session().scalars(select(ClockEffect).where(ClockEffect.clock_id == clock_id)).all()
        events = session().scalars(select(CaseEvent).where(CaseEvent.case_id == case_id).order_by(CaseEvent.seq)).all()
        recorded = session().scalars(select(LedgerEntry.record_id).where(LedgerEntry.kind == "act")).all()
        assert session().get_one(Case, case_id).state is CaseState.CLOSED
        assert len(effects) == int(fired)
        assert clock.status is not ClockStatus.RUNNING
        assert [event.seq for event in events] == list(range(1, len(events) + 1))
        assert {event.id for event in events} <= set(recorded)
        with transaction():
            assert not service_clocks.fire(clock_id, act=an_act())
