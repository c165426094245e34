"""`flask clocks`: one case's clocks explained from its record, and any tampering told."""

from datetime import timedelta

import pytest

from app import cli
from app.cases import queries, service_clocks
from app.cases.models import Case, CaseEvent, Clock, ClockEffect
from app.core.clock import now
from app.core.db import session, transaction
from tests.factories import an_act, an_organisation, saved
from tests.intake.complaints import file


@pytest.fixture(scope="module", autouse=True)
def installed(built_app):
    if "clocks" not in built_app.cli.commands:
        cli.install(built_app)


@pytest.fixture
def run(app):
    return lambda *arguments: app.test_cli_runner().invoke(args=["clocks", *arguments])


@pytest.fixture
def case(app, time):
    """A complaint whose emergency was not started in time."""
    saved(an_organisation, name="晴川服饰")
    made = file().case
    time.go(hours=2, seconds=1)
    for clock_id in queries.due_clocks(now()):
        with transaction():
            service_clocks.fire(clock_id, act=an_act())
    return made


def test_a_case_is_explained_clock_by_clock(run, case):
    done = run("status", "--explain", case.number)

    assert done.exit_code == 0
    assert "emergency_start 1: breached" in done.stdout
    assert "clause 2.2.3.2, figure emergency_start: 2 hours" in done.stdout
    assert "began   2026-09-01 12:00:00+08:00  by entry 1, receive" in done.stdout
    assert "breach  2026-09-01 14:00:01+08:00" in done.stdout
    assert "5 clocks: record and stored clocks agree" in done.stdout


def test_a_number_is_read_as_people_type_it_and_an_unknown_one_is_said_to_be_unknown(run, case):
    assert run("status", "--explain", case.number.lower().replace("-", " ")).exit_code == 0
    assert "There is no case H2026-999999-9" in run("status", "--explain", "H2026-999999-9").stderr


def test_a_limit_that_was_made_longer_is_told(run, case):
    with transaction():
        clock = session().get_one(Clock, case.clocks[2].id)
        clock.due_at += timedelta(days=1)

    done = run("status", "--explain", case.number)

    assert done.exit_code == 1
    assert "DIFFERS  resolution 1, due_at: stored 2026-09-09" in done.stdout


def test_an_effect_that_was_taken_away_is_told(run, case):
    with transaction():
        session().delete(session().query(ClockEffect).one())

    done = run("status", "--explain", case.number)

    assert done.exit_code == 1
    assert "DIFFERS  emergency_start 1, effects" in done.stdout


def test_an_entry_that_was_moved_is_told(run, case):
    with transaction():
        session().query(CaseEvent).filter_by(seq=1).one().at += timedelta(hours=1)

    assert "DIFFERS  first_reply 1, started_at" in run("status", "--explain", case.number).stdout


def test_a_due_instant_of_the_case_that_is_not_its_nearest_end_is_told(run, case):
    with transaction():
        session().get_one(Case, case.id).due_at += timedelta(hours=1)

    done = run("status", "--explain", case.number)

    assert done.exit_code == 1
    assert "is not the nearest end of an open clock" in done.stdout


def test_status_counts_and_sweep_fires_what_is_due(run, case, time):
    time.go(hours=47)

    assert "clocks with something to do now: 2" in run("status").stdout
    assert run("sweep").stdout == "2 fired\n"
    assert "clocks with something to do now: 0" in run("status").stdout
