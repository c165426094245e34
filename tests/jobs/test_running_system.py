"""The whole system as `make run` starts it: it comes up, heals, does its work, and goes without a trace."""

import os
import signal
import sys

import pytest
from sqlalchemy import select

import config
from app.core import outbox
from app.core.clock import now
from app.core.db import db, session, transaction
from app.core.messages import Channel, post
from app.factory import create_app
from tests.jobs.running import START_WITHIN_S, System
from tests.jobs.waiting import eventually

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc"),
    pytest.mark.xdist_group("running system"),
]


@pytest.fixture(scope="module")
def system(tmp_path_factory, a_database):
    running = System(tmp_path_factory.mktemp("system"), DATABASE_URL=a_database("running"))
    try:
        assert eventually(lambda: "Heng is ready" in running.log, START_WITHIN_S), running.log
        yield running
    finally:
        running.process.send_signal(signal.SIGTERM)
        running.process.wait(60)


@pytest.fixture
def inside(system):
    """The application on the running system's database."""
    app = create_app(config.load({"DATA_DIR": str(system.data_dir)} | system.settings))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def test_it_says_where_it_is_and_answers_there(system):
    assert f"Heng is ready: {system.url}" in system.log
    assert system.get("/healthz") == 200


def test_keys_and_data_are_for_the_owner_only(system):
    assert (system.data_dir / "secret.key").stat().st_mode & 0o777 == 0o600
    assert (system.data_dir / "redis").stat().st_mode & 0o777 == 0o700


def test_a_second_one_on_the_same_data_is_refused_with_the_reason(system):
    said, _ = (second := system.start()).communicate(timeout=60)

    assert second.returncode == 1
    assert f"already running with the data in {system.data_dir} (process {system.process.pid})" in said


def test_another_one_on_the_same_port_is_refused_with_the_reason(system, tmp_path):
    said, _ = (second := system.start(DATA_DIR=str(tmp_path))).communicate(timeout=60)

    assert second.returncode == 1
    assert f"Port {system.port} on 127.0.0.1 is in use" in said


def letter_is_done(system, inside) -> bool:
    """Put a letter to be sent into the outbox, and return whether the running system sees to it."""
    with transaction():
        letter = post(
            channel=Channel.EMAIL, address="lin@example.org", language="en", subject="S", body="B",
            case_number=None, at=now(),
        )  # fmt: skip
        outbox.add(outbox.Task.SEND_MESSAGE, at=now(), message_id=letter.id)

    def done() -> bool:
        session().rollback()
        session().expire_all()
        letters = select(outbox.OutboxRow).where(outbox.OutboxRow.task == outbox.Task.SEND_MESSAGE.value)
        return all(row.done_at for row in session().scalars(letters))

    return eventually(done)


def test_what_is_due_is_done(system, inside):
    assert letter_is_done(system, inside)


@pytest.mark.parametrize(
    "command", ["valkey-server", "jobs.sweeper", "jobs.worker clocks", "jobs.worker letters", "-m granian"]
)
def test_whatever_is_killed_comes_back_and_work_goes_on(system, inside, command):
    before = system.pids(command)
    assert before

    os.kill(min(before), signal.SIGKILL)

    assert eventually(lambda: len(system.pids(command)) >= len(before) and min(before) not in system.pids(command))
    assert eventually(lambda: system.get("/healthz") == 200)
    assert letter_is_done(system, inside)


def test_when_it_stops_nothing_is_left_and_the_data_is(tmp_path):
    system = System(tmp_path)
    assert eventually(lambda: "Heng is ready" in system.log, START_WITHIN_S), system.log
    assert len(system.processes()) >= 7

    system.process.send_signal(signal.SIGINT)

    assert system.process.wait(60) == 0
    assert eventually(lambda: not system.processes())
    assert (tmp_path / "heng.db").exists()


def test_when_the_supervisor_is_killed_everything_ends_and_it_can_start_again(tmp_path):
    system = System(tmp_path)
    assert eventually(lambda: "Heng is ready" in system.log, START_WITHIN_S), system.log

    system.process.kill()
    system.process.wait()

    assert eventually(lambda: not system.processes()), system.processes()
    again = System(tmp_path)
    assert eventually(lambda: "Heng is ready" in again.log, START_WITHIN_S), again.log
    again.process.send_signal(signal.SIGTERM)
    assert again.process.wait(60) == 0


def test_a_redis_that_is_not_there_stops_nothing(tmp_path, a_database):
    system = System(tmp_path, REDIS_URL="redis://127.0.0.1:9/0", DATABASE_URL=a_database("without-redis"))
    try:
        assert eventually(lambda: "Heng is ready" in system.log, START_WITHIN_S), system.log
        app = create_app(config.load({"DATA_DIR": str(tmp_path)} | system.settings))
        with app.app_context():
            assert letter_is_done(system, app)
            db.engine.dispose()
    finally:
        system.process.send_signal(signal.SIGTERM)
        assert system.process.wait(60) == 0
