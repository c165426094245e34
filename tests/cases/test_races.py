"""Two at the same instant: one comes after the other, on SQLite and on PostgreSQL; nothing is done twice or lost."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from app.cases import actions, queries, service_clocks
from app.cases.commands import Reply
from app.cases.models import Case, CaseEvent, Clock, ClockEffect
from app.core import ids, outbox
from app.core.clock import now
from app.core.db import db, session, transaction, writing
from tests.factories import a_case, a_person, acting, an_act, saved
from tests.intake.complaints import a_submission, file
from workflows.procedure.authority import SYSTEM, Role
from workflows.procedure.clocks import ClockKind, ClockStatus
from workflows.procedure.errors import ProcedureError
from workflows.procedure.states import Action

WAIT_S = 20


@pytest.fixture
def together(app):
    """Runs calls at the same instant, each in a thread and a context of its own; returns what they returned."""

    def run(*calls):
        session().rollback()  # a reader of ours must not look at the past afterwards
        start = threading.Barrier(len(calls))

        def one(call):
            with app.app_context():
                start.wait(WAIT_S)
                return call()

        with ThreadPoolExecutor(len(calls)) as threads:
            results = [task.result(WAIT_S) for task in [threads.submit(one, call) for call in calls]]
        session().expire_all()
        return results

    return run


def in_a_transaction(do):
    def call():
        with transaction():
            return do()

    return call


def test_sweepers_that_race_fire_each_clock_once(app, time, together):
    for _ in range(6):
        saved(a_case)
    time.go(minutes=60)
    due = queries.due_clocks(now())

    def sweep():
        fired = 0
        for clock_id in due:
            with transaction():
                fired += service_clocks.fire(clock_id, act=an_act())
        return fired

    fired = together(*[sweep] * 4)

    effects = session().scalars(select(ClockEffect)).all()
    assert sum(fired) == len(effects) == len(due) == 6
    assert {effect.due_at for effect in effects} == {now()}


def test_a_reply_at_the_instant_of_a_breach_leaves_one_story(app, time, together):
    person = saved(a_person, Role.LEAD)
    for _ in range(8):
        case = saved(a_case)
        clock = next(clock for clock in case.clocks if clock.kind is ClockKind.FIRST_REPLY)
        in_time, too_late, number, kind = clock.due_at, clock.due_at + clock.due_at.resolution, case.number, clock.id
        time.at = in_time
        reply = acting(person)
        time.at = too_late

        def answer(number=number, act=reply):
            case = queries.by_number(number, SYSTEM)
            actions.carry_out(case, Action.REPLY, Reply(body="We look into it.", audience="consumer"), act=act)

        def breach(kind=kind):
            return service_clocks.fire(kind, act=an_act())

        _, breached = together(in_a_transaction(answer), in_a_transaction(breach))

        clock = session().get_one(Clock, kind, populate_existing=True)
        effects = session().scalars(select(ClockEffect).where(ClockEffect.clock_id == kind)).all()
        events = session().scalars(select(CaseEvent.seq).where(CaseEvent.case_id == case.id).order_by(CaseEvent.seq))
        assert clock.status is (ClockStatus.MET_LATE if breached else ClockStatus.MET)
        assert len(effects) == int(breached)
        assert list(events) == list(range(1, session().get_one(Case, case.id).last_seq + 1))


def test_replies_that_race_are_all_kept_in_order(app, together):
    act, case = acting(saved(a_person, Role.LEAD)), saved(a_case)
    number, before = case.number, case.last_seq

    def reply():
        case = queries.by_number(number, act.actor)
        actions.carry_out(case, Action.REPLY, Reply(body="One of many.", audience="consumer"), act=act)

    together(*[in_a_transaction(reply)] * 6)

    assert queries.case_to_work(case.id).last_seq == before + 6


def test_of_two_pages_of_the_same_version_one_is_stale(app, together):
    act, case = acting(saved(a_person, Role.LEAD)), saved(a_case)
    number, version = case.number, case.version

    def reply():
        try:
            with transaction():
                command = Reply(body="Seen once.", audience="consumer", version=version)
                actions.carry_out(queries.by_number(number, act.actor), Action.REPLY, command, act=act)
        except ProcedureError as refused:
            return refused.code
        return "done"

    assert sorted(together(reply, reply, reply)) == ["done", "stale", "stale"]


def test_a_case_in_somebody_elses_hands_keeps_no_sweep_waiting(app, time, together):
    if db.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer: the sweep waits for it")
    case_id = saved(a_case).id
    time.go(hours=3)
    clock_id = queries.due_clocks(now())[0]
    held, go_on = threading.Event(), threading.Event()

    def hold():
        queries.case_to_work(case_id)
        held.set()
        go_on.wait(WAIT_S)

    def sweep():
        held.wait(WAIT_S)
        fired = service_clocks.fire(clock_id, act=an_act())
        go_on.set()
        return fired

    assert together(in_a_transaction(hold), in_a_transaction(sweep))[1] is False
    assert in_a_transaction(lambda: service_clocks.fire(clock_id, act=an_act()))() is True


def test_workers_that_race_for_one_task_do_not_share_it(app, together):
    with transaction():
        outbox.add(outbox.Task.ALERT_DUTY, at=now(), case_id=1)
    [row] = outbox.due(now())

    claimed = together(*[in_a_transaction(lambda: outbox.claim(row, at=now()) is not None)] * 6)

    assert sorted(claimed) == [False] * 5 + [True]
    assert session().get_one(outbox.OutboxRow, row).attempts == 1


def test_the_same_complaint_sent_at_once_makes_one_case(app, together):
    complaint = a_submission()

    numbers = together(*[lambda: file(complaint, key="the same").case.number] * 6)

    assert len(set(numbers)) == 1
    assert len(session().scalars(select(Case)).all()) == 1


def test_serials_that_race_are_all_different(app, together):
    given = together(*[in_a_transaction(lambda: ids.next_serial("race"))] * 8)

    assert sorted(given) == list(range(1, 9))


def test_who_reads_sees_one_instant(app, together):
    case_id = saved(a_case).id
    first = queries.case_to_work(case_id).last_seq
    act = acting(saved(a_person, Role.LEAD))
    read_once, written = threading.Event(), threading.Event()

    def read():
        seen = session().scalar(select(Case.last_seq).where(Case.id == case_id))
        read_once.set()
        written.wait(WAIT_S)
        return seen, session().scalar(select(Case.last_seq).where(Case.id == case_id))

    def write():
        read_once.wait(WAIT_S)
        with transaction():
            command = Reply(body="Meanwhile.", audience="consumer")
            actions.carry_out(queries.case_to_work(case_id), Action.REPLY, command, act=act)
        written.set()

    assert together(read, write)[0] == (first, first)
    assert queries.case_to_work(case_id).last_seq == first + 1


def test_writing_is_known_only_inside_a_transaction(app):
    assert not writing()
    with transaction():
        assert writing()
    with pytest.raises(ZeroDivisionError), transaction():
        _ = 1 // 0
    assert not writing()


@pytest.mark.parametrize("text", ["H2026-\x00", "\x00", "林\x00小雨"])
def test_text_that_no_database_can_hold_finds_nothing(app, text):
    saved(a_case)

    assert queries.by_number(text, SYSTEM) is None
    assert queries.page(SYSTEM, queries.Filter(text=text)).items == []
