"""Clocks fire once, never early, and warn a higher desk each time."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from app.cases import queries, service_clocks
from app.cases.models import ClockEffect
from app.core.db import session, transaction
from app.core.messages import OutboundMessage
from tests.conftest import NOON
from tests.factories import a_case, a_person, acting, an_act, saved
from workflows.procedure.authority import Role
from workflows.procedure.clocks import ClockKind, ClockStatus
from workflows.procedure.states import Action, CaseState


def clock_of(case, kind):
    return next(clock for clock in case.clocks if clock.kind is kind)


def sweep():
    fired = 0
    for clock_id in queries.due_clocks(an_act().at):
        with transaction():
            fired += service_clocks.fire(clock_id, act=an_act())
    return fired


def test_a_new_case_has_its_statutory_clocks(app):
    case = saved(a_case)

    ends = {clock.kind: clock.due_at - NOON for clock in case.clocks}

    assert ends == {
        ClockKind.EMERGENCY_START: timedelta(hours=2),
        ClockKind.FIRST_REPLY: timedelta(hours=48),
        ClockKind.RESOLUTION: timedelta(days=7),
    }


def test_nothing_fires_before_its_time(app, time):
    saved(a_case)

    time.go(minutes=59, seconds=59)

    assert sweep() == 0


def test_each_warning_goes_to_a_higher_desk_and_then_the_breach_is_told(app, time):
    case = saved(a_case)
    lead = saved(a_person, Role.LEAD)
    for minutes in (60, 30, 18, 12):
        time.go(minutes=minutes)
        sweep()
    assert len(session().scalars(select(ClockEffect)).all()) == 3  # the last instant is still in time
    time.go(microseconds=1)
    sweep()

    effects = session().scalars(select(ClockEffect).order_by(ClockEffect.level)).all()

    assert [(e.level, e.effect, e.told) for e in effects] == [
        (1, "warning", "mediator"), (2, "warning", "lead"), (3, "warning", "supervisor"), (4, "breach", None),
    ]  # fmt: skip
    told = [each.address for each in session().scalars(select(OutboundMessage))]
    assert told.count(lead.email) == 4  # the first warning too: nobody has the case
    assert told.count("lin@example.test") == 1
    assert clock_of(queries.case_to_work(case.id), ClockKind.EMERGENCY_START).status is ClockStatus.BREACHED


def test_after_an_outage_a_clock_breaches_once_without_stale_warnings(app, time):
    saved(a_case)
    time.go(days=1, hours=3)

    assert sweep() > 0
    assert sweep() == 0
    breaches = session().scalars(select(ClockEffect).where(ClockEffect.effect == "breach")).all()
    assert len(breaches) == 1


def test_a_clock_that_is_met_in_time_never_fires(app, time):
    case = saved(a_case)
    time.go(hours=2)
    with transaction():
        case = queries.case_to_work(case.id)
        from app.cases.service import advance

        advance(case, Action.START_EMERGENCY, act=acting(a_person(Role.LEAD)))

    assert clock_of(case, ClockKind.EMERGENCY_START).status is ClockStatus.MET
    time.go(minutes=1)
    assert all(
        e.clock_id != clock_of(case, ClockKind.EMERGENCY_START).id for e in session().scalars(select(ClockEffect))
    )


def test_a_respondents_silence_leads_to_mediation(app, time):
    case = saved(a_case, CaseState.ANSWERING)
    time.go(hours=49)
    sweep()

    assert queries.case_to_work(case.id).state is CaseState.MEDIATION


@pytest.mark.parametrize(
    "received_at",
    [
        datetime(2026, 3, 8, 6, 59, 59, tzinfo=UTC),  # New York's clocks go on an hour at 7:00
        datetime(2026, 11, 1, 5, 30, tzinfo=UTC),  # and back at 6:00
        datetime(2026, 6, 30, 23, 59, 59, 999_999, tzinfo=UTC),  # where a leap second would follow
        datetime(2028, 2, 28, 23, 0, tzinfo=UTC),
    ],
)  # fmt: skip
@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai", "America/New_York"])
def test_a_limit_of_a_company_is_elapsed_time_whatever_clocks_on_walls_do(app, time, received_at, zone):
    time.at = received_at.astimezone(ZoneInfo(zone))

    ends = {clock.kind: clock.due_at for clock in saved(a_case).clocks}

    assert (ends[ClockKind.EMERGENCY_START] - received_at).total_seconds() == 7_200
    assert (ends[ClockKind.RESOLUTION] - received_at).total_seconds() == 604_800


def test_a_sweeper_that_stood_still_for_a_minute_finds_its_work_done(app, time):
    """It read what was due, was stopped, and goes on with that list when another has done all of it."""
    for _ in range(3):
        saved(a_case)
    time.go(hours=3)
    stale = queries.due_clocks(an_act().at)
    while sweep():
        pass
    effects = session().scalar(select(func.count()).select_from(ClockEffect))
    time.go(seconds=60)

    with transaction():
        fired = [service_clocks.fire(clock_id, act=an_act()) for clock_id in stale]

    assert not any(fired)
    assert session().scalar(select(func.count()).select_from(ClockEffect)) == effects
