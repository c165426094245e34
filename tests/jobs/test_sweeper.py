"""What is due is handed to the queue, and done by the sweep where the queue is away or slow."""

import threading
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from app.cases import service_clocks
from app.cases.models import Clock, ClockEffect
from app.cases.queries import due_clocks
from app.core import outbox, site
from app.core.clock import now
from app.core.db import session, transaction
from app.core.messages import Channel, OutboundMessage, post
from tests.conftest import NOON
from tests.factories import a_case
from workflows.jobs import nudge, queues, sweeper, tasks
from workflows.jobs.stop_sign import StopSign
from workflows.jobs.sweeper import Sweep


class Redis:
    """Stands for the queue: takes what it is given, unless it is away."""

    def __init__(self) -> None:
        self.away, self.taken = False, []

    def hand_over(self, queue: str, number: int) -> bool:
        if not self.away:
            self.taken.append((queue, number))
        return not self.away


@pytest.fixture
def redis(monkeypatch):
    monkeypatch.setattr(sweeper, "hand_over", (redis := Redis()).hand_over)
    return redis


@pytest.fixture
def seconds(monkeypatch):
    """The seconds that pass for the sweep; the test lets them pass."""
    passed = [100.0]
    monkeypatch.setattr(sweeper.time, "monotonic", lambda: passed[0])
    monkeypatch.setattr(sweeper, "now", lambda: NOON + timedelta(seconds=passed[0] - 100))
    return passed


@pytest.fixture(autouse=True)
def here(built_app, monkeypatch):
    monkeypatch.setattr(tasks, "application", lambda: built_app)


class Rows:
    """Rows that came due at noon, and what was done with them."""

    def __init__(self, *due: int) -> None:
        self.rows, self.done, self.broken = list(due), [], set()

    def due(self, at):
        return list(self.rows) if at >= NOON else []

    def do(self, rows):
        for row in rows:
            self.done.append(row)
            if row in self.broken:
                raise RuntimeError("broken")
            self.rows.remove(row)


def test_what_is_due_goes_to_the_queue_once(redis, seconds):
    rows = Rows(1, 2)
    sweep = Sweep("clocks", rows.due, rows.do)

    assert [sweep.once(), sweep.once()] == [0, 0]
    assert redis.taken == [("clocks", 1), ("clocks", 2)]
    assert rows.done == []


def test_what_the_queue_does_not_take_is_done_at_once(redis, seconds):
    redis.away, rows = True, Rows(1, 2)

    assert Sweep("clocks", rows.due, rows.do).once() == 2
    assert sorted(rows.done) == [1, 2]


def test_what_the_queue_took_but_nobody_did_in_two_seconds_is_done_by_the_sweep(redis, seconds):
    rows = Rows(1)
    sweep = Sweep("clocks", rows.due, rows.do)
    sweep.once()

    seconds[0] += sweeper.GRACE.total_seconds() - 0.1
    assert sweep.once() == 0
    seconds[0] += 0.2
    assert sweep.once() == 1
    assert 2 * sweeper.INTERVAL_S + sweeper.GRACE.total_seconds() <= 2
    assert rows.done == [1]


def test_what_is_late_already_is_done_at_once(redis, seconds):
    rows = Rows(1, 2)
    seconds[0] += 30

    assert Sweep("clocks", rows.due, rows.do).once() == 2
    assert redis.taken == []


def test_a_row_that_fails_keeps_nobody_waiting_and_is_tried_again_later(redis, seconds):
    redis.away, rows = True, Rows(1, 2)
    rows.broken = {1}
    sweep = Sweep("clocks", rows.due, rows.do)

    sweep.once()
    sweep.once()
    assert sorted(rows.done) == [1, 2]
    seconds[0] += sweeper.AGAIN_S
    sweep.once()
    assert sorted(rows.done) == [1, 1, 2]


def test_of_several_done_together_one_that_fails_keeps_no_other_from_being_done(redis, app, time, monkeypatch):
    redis.away = True
    with transaction():
        cases = [a_case() for _ in range(3)]
        broken = cases[1].number
    time.go(hours=1)
    due = due_clocks(now())
    warn = service_clocks.service_letters.warn

    def fails_for_one(case, *args, **kwargs):
        if case.number == broken:
            raise RuntimeError("broken")
        warn(case, *args, **kwargs)

    monkeypatch.setattr(service_clocks.service_letters, "warn", fails_for_one)
    Sweep("clocks", due_clocks, tasks.fire_clocks, sweeper.TOGETHER).once()

    assert len(due) == 3
    assert seen_anew().query(ClockEffect).count() == 2
    assert len(due_clocks(now())) == 1


def test_a_database_that_is_away_for_a_moment_does_not_end_the_sweep(redis, monkeypatch):
    monkeypatch.setattr(sweeper, "INTERVAL_S", 0.0)
    monkeypatch.setattr(sweeper, "AGAIN_S", 0.0)
    stopping, asked = StopSign(), []

    def due(_at):
        asked.append(1)
        if len(asked) == 1:
            raise OSError("database is away")
        stopping.set()
        return []

    Sweep("clocks", due, print).run(stopping)

    assert len(asked) == 2


def seen_anew():
    """Return the session with nothing read yet: jobs write in sessions of their own."""
    session().rollback()
    session().expire_all()
    return session()


# --- with the real database ----------------------------------------------------------------------------------------


def test_an_overdue_clock_fires_once_though_worker_and_sweep_both_fire_it(app, time, redis):
    with transaction():
        case_id = a_case().id
    first = min(session().query(Clock).filter_by(case_id=case_id), key=lambda clock: clock.next_at)
    time.at = first.next_at
    clock_id = first.id
    assert clock_id in due_clocks(now())

    tasks.fire_clock(clock_id)
    tasks.fire_clock(clock_id)

    assert seen_anew().query(ClockEffect).filter_by(clock_id=clock_id).count() == 1


def test_a_clock_that_is_not_due_does_not_fire(app, time):
    with transaction():
        clock_id = a_case().clocks[0].id

    tasks.fire_clock(clock_id)

    assert seen_anew().query(ClockEffect).filter_by(clock_id=clock_id).count() == 0


@pytest.fixture
def letter(app, time):
    """A letter for the mail server in the outbox, and its row."""
    site.use(replace(app.config["HENG"], smtp_url="smtp://mail.test"))
    with transaction():
        message = post(
            channel=Channel.EMAIL, address="lin@example.org", language="en", subject="S", body="B",
            case_number=None, at=now(),
        )  # fmt: skip
    [row] = outbox.due(now())
    return message.id, row


def test_a_letter_is_sent_once_however_often_its_row_is_delivered(letter, monkeypatch):
    message_id, row = letter
    sent = []
    monkeypatch.setattr(tasks.mail, "send", lambda message, **how: sent.append(message.id) or True)

    tasks.deliver(row)
    tasks.deliver(row)

    assert sent == [message_id]
    assert seen_anew().get_one(OutboundMessage, message_id).sent_at == now()
    assert outbox.due(now()) == []


def test_without_a_mail_server_a_letter_stays_where_staff_can_read_it(app, time, monkeypatch):
    told = []
    monkeypatch.setattr(outbox, "_nudge", lambda *row: told.append(row))
    with transaction():
        message = post(
            channel=Channel.EMAIL, address="lin@example.org", language="en", subject="S", body="B",
            case_number=None, at=now(),
        )  # fmt: skip

    assert seen_anew().get_one(OutboundMessage, message.id).sent_at is None
    assert [row.done_at for row in seen_anew().query(outbox.OutboxRow)] == [now()]
    assert (outbox.due(now()), told) == ([], [])


def test_a_letter_whose_mail_server_was_taken_away_stays_too(letter, app):
    message_id, row = letter
    site.use(app.config["HENG"])

    tasks.deliver(row)

    assert seen_anew().get_one(OutboundMessage, message_id).sent_at is None
    assert outbox.due(now()) == []


def test_a_letter_that_the_server_refused_is_tried_again_after_growing_pauses(letter, time, monkeypatch, caplog):
    _message_id, row = letter
    tried = []

    def refuse(message, **how):
        tried.append(now())
        raise OSError("refused")

    monkeypatch.setattr(tasks.mail, "send", refuse)
    for _second in range(40):
        tasks.deliver(row)
        time.go(seconds=1)

    assert [(at - tried[0]).total_seconds() for at in tried] == [0, 1, 6, 36]
    assert seen_anew().get_one(outbox.OutboxRow, row).last_error == "OSError"
    assert "outbox row" in caplog.text


def test_two_workers_do_not_hold_one_row(letter, time, monkeypatch):
    _message_id, row = letter
    with transaction():
        assert outbox.claim(row, at=now())

    with transaction():
        assert outbox.claim(row, at=now()) is None
    time.go(minutes=2)
    with transaction():
        assert outbox.claim(row, at=now())


# --- the way into the queue ----------------------------------------------------------------------------------------


def test_without_redis_nothing_is_handed_over(app):
    assert queues.hand_over("clocks", 1) is False


def test_a_commit_with_outbox_rows_tells_the_queue_and_a_rollback_does_not(app, time, monkeypatch):
    told = []
    monkeypatch.setattr(outbox, "_nudge", lambda lane, row_id: told.append((lane, row_id)))

    with transaction():
        row = outbox.add(outbox.Task.SEND_MESSAGE, at=now(), message_id=1)
    with suppress(ZeroDivisionError), transaction():
        outbox.add(outbox.Task.SEND_MESSAGE, at=now(), message_id=2)
        _ = 1 // 0

    assert told == [("letters", row.id)]


def test_notices_to_print_do_not_wait_with_letters(app, time):
    with transaction():
        notice = outbox.add(outbox.Task.ISSUE_NOTICE, at=now(), notice_id=1)
        letter = outbox.add(outbox.Task.SEND_MESSAGE, at=now(), message_id=1)
        session().flush()

    assert outbox.due(now(), lane=outbox.Lane.LETTERS) == [letter.id]
    assert outbox.due(now(), lane=outbox.Lane.NOTICES) == [notice.id]


def test_nudging_never_waits_for_redis(app, monkeypatch):
    reached, go_on = threading.Event(), threading.Event()

    def slow(queue, number):
        reached.set()
        return go_on.wait(60)

    monkeypatch.setattr(queues, "hand_over", slow)
    for number in range(nudge.WAITING + 10):
        nudge.nudge(outbox.Lane.LETTERS, number)

    assert reached.wait(60)
    go_on.set()
