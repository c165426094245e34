"""The system says what is late and why, in one voice: page, /readyz, /metrics and command."""

import html
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import fakeredis
import pytest
import redis as redis_client
from sqlalchemy import select

from app import cli
from app.core import clock, heartbeat, outbox, site
from app.core.db import session, transaction
from app.core.messages import Channel, post
from app.core.outbox import OutboxRow, Task
from app.monitoring import health, words
from tests.factories import a_case, a_person, saved, sign_in
from tests.notices.cases import a_decided_case, published
from workflows.jobs.sweeper import SWEEPER, Pulse
from workflows.procedure.authority import Role


@pytest.fixture
def swept(app):
    """A system whose sweep was noted just now, and that was just backed up."""
    with transaction():
        for name in (SWEEPER, heartbeat.BACKUP, heartbeat.BACKUP_SOUND):
            heartbeat.beat(name, at=clock.now())


@pytest.fixture
def redis(monkeypatch, app):
    """A Redis with a worker of each queue that showed itself just now."""
    fake = fakeredis.FakeRedis(decode_responses=True)
    monkeypatch.setattr(redis_client, "Redis", SimpleNamespace(from_url=lambda *_, **__: fake))
    monkeypatch.setattr(site, "_settings", replace(site.settings(), redis_url="redis://nowhere"))
    for queue in health.QUEUES:
        shows_itself(fake, queue, clock.now())
    return fake


def shows_itself(fake, queue, at):
    beat = at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    fake.sadd("rq:workers", f"rq:worker:{queue}")
    fake.hset(f"rq:worker:{queue}", mapping={"queues": queue, "last_heartbeat": beat})


def codes():
    session().rollback()
    return [each.code for each in health.report(clock.now()).problems]


def a_letter_given_up(at, error="ConnectionRefusedError: [Errno 111] Connection refused"):
    message = post(
        channel=Channel.EMAIL, address="lin@example.test", language="en", subject="Hello", body="…",
        case_number="H2026-000001-8", at=at,
    )  # fmt: skip
    session().flush()
    row = session().scalars(select(OutboxRow).order_by(OutboxRow.id)).all()[-1]
    assert row.payload == {"message_id": message.id}
    row.done_at, row.dead_at, row.last_error, row.attempts = None, at, error, 9
    return row.id


def test_a_system_that_does_its_work_has_nothing_to_say(app, swept, redis):
    assert codes() == []


def test_a_silent_sweep_a_silent_worker_and_late_work_are_told_with_their_reasons(app, time, swept, redis):
    saved(a_case)
    with transaction():
        outbox.add(Task.ALERT_DUTY, at=clock.now(), case_id=1)
    time.go(hours=1, minutes=2)
    for queue in set(health.QUEUES) - {"notices"}:
        shows_itself(redis, queue, clock.now())

    assert codes() == ["sweep_silent", "worker_silent", "clocks_late", "tasks_late"]
    found = health.report(clock.now())
    assert (found.clocks.count, found.lanes["letters"].count) == (1, 1)
    assert found.problems[1].what == "notices"


def test_redis_away_is_told_and_nothing_waits_for_it(app, swept, redis, monkeypatch):
    def refused(*_, **__):
        raise redis_client.RedisError("away")

    monkeypatch.setattr(redis, "smembers", refused)

    assert codes() == ["redis_away"]
    assert health.report(clock.now()).redis == "away"


def test_a_full_disk_is_not_ready(app, client, swept, monkeypatch):
    monkeypatch.setattr(health.shutil, "disk_usage", lambda _: SimpleNamespace(free=1024, total=10**9))

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.text.splitlines() == ["not ready", "- disk_low"]


def test_page_command_and_figures_say_the_same(app, client, time, swept):
    if "clocks" not in app.cli.commands:
        cli.install(app)
    saved(a_case)
    saved(a_letter_given_up, clock.now())
    time.go(hours=1, minutes=1)
    sign_in(client, saved(a_person, Role.SUPERVISOR))

    page, metrics, ready = (client.get(url).text for url in ("/admin/system", "/metrics", "/readyz"))
    command = app.test_cli_runner().invoke(args=["clocks", "status"]).stdout

    for problem in health.report(clock.now()).problems:
        with app.test_request_context(headers={"Accept-Language": "en"}):
            what, why = words.told(problem)
        assert f"- {problem.code}" in ready
        assert f'heng_problem{{code="{problem.code}"}} 1' in metrics
        assert what.partition(" (")[0].partition(": ")[0] in command
        assert what.partition(" (")[0] in html.unescape(page)
        assert why in command
        assert why in html.unescape(page)
    assert "clocks with something to do now: 1" in command
    assert "heng_clocks_unfired 1" in metrics
    assert 'heng_outbox{state="dead"} 1' in metrics


def test_the_pulse_is_noted_in_the_database_and_not_every_time(app, time, monkeypatch):
    monkeypatch.setattr("workflows.jobs.sweeper.tasks.application", lambda: app)
    pulse = Pulse()

    pulse.beat()
    first = heartbeat.last_seen()[SWEEPER]
    time.go(seconds=1)
    pulse.beat()
    session().rollback()

    assert heartbeat.last_seen()[SWEEPER] == first == clock.now() - timedelta(seconds=1)


# --- what was given up -----------------------------------------------------------------------------------------------


def test_what_was_given_up_is_shown_with_its_reason_and_done_again_once(app, client, time):
    row_id = saved(a_letter_given_up, clock.now())
    sign_in(client, saved(a_person, Role.LEAD))
    page = client.get("/admin/system/given-up").text
    assert "The mail server cannot be reached." in page
    assert "Hello → lin@example.test" in page
    assert "H2026-000001-8" in page

    client.post(f"/admin/system/given-up/{row_id}/again")

    row = session().get_one(OutboxRow, row_id)
    assert (row.dead_at, row.attempts, row.available_at) == (None, 0, clock.now())
    assert outbox.due(clock.now()) == [row_id]
    with transaction():
        outbox.finish(outbox.claim(row_id, at=clock.now()), at=clock.now())
    client.post(f"/admin/system/given-up/{row_id}/again")
    session().expire_all()
    assert session().get_one(OutboxRow, row_id).done_at is not None
    assert outbox.due(clock.now()) == []


def test_all_are_done_again_at_once(app, client):
    for _ in range(3):
        saved(a_letter_given_up, clock.now(), error="ValueError: what nobody foresaw")
    sign_in(client, saved(a_person, Role.ADMIN))
    assert "Something that nobody foresaw went wrong." in client.get("/admin/system/given-up").text

    answer = client.post("/admin/system/given-up/again", follow_redirects=True)

    assert "3 tasks are done again now." in answer.text
    assert len(outbox.due(clock.now())) == 3


def test_many_given_up_ask_no_more_of_the_database(app, client, count_queries):
    sign_in(client, saved(a_person, Role.LEAD))
    with transaction():
        case = a_decided_case()
        entry = published(case)
        outbox.add(Task.ISSUE_NOTICE, at=clock.now(), notice_id=entry.notices[0].id).dead_at = clock.now()
        outbox.add(Task.ALERT_DUTY, at=clock.now(), case_id=case.id).dead_at = clock.now()
    saved(a_letter_given_up, clock.now())
    with count_queries() as few:
        page = client.get("/admin/system/given-up").text
    assert entry.number in page
    for _ in range(4):
        saved(a_letter_given_up, clock.now())
    with count_queries() as many:
        client.get("/admin/system/given-up")

    assert len(many) == len(few) <= 12


@pytest.mark.parametrize("task", list(Task))
def test_every_task_has_a_name_that_people_understand(app, task):
    with app.test_request_context():
        assert words.task(task) != task


@pytest.mark.parametrize("queue", health.QUEUES)
def test_every_queue_has_a_name_that_people_understand(app, queue):
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert words.lane(queue) != queue


def test_administrators_see_when_the_last_backup_was_made_and_whether_it_held(app, client, time, swept, redis):
    sign_in(client, saved(a_person, Role.ADMIN))
    assert "verified" in client.get("/admin/system").text

    time.go(hours=1)
    with transaction():
        heartbeat.beat(heartbeat.BACKUP, at=clock.now())
        heartbeat.beat(SWEEPER, at=clock.now())
    assert "not verified" in client.get("/admin/system").text

    time.go(minutes=1)
    with transaction():
        heartbeat.beat(heartbeat.BACKUP_BROKEN, at=clock.now())
    assert "backup_broken" in codes()
    assert "The last backup does not hold" in client.get("/admin/system").text


def test_a_day_without_a_backup_is_told(app, time, swept, redis):
    time.go(hours=27)

    assert "backup_old" in codes()
