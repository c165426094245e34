"""Who is called at which hour is worked out on the organisation's own clock."""

from datetime import UTC, datetime, time

import pytest

from workflows.procedure.on_call import Contact, Stage, covered, fallbacks, first_called, read

DAY = Contact("day", phone="1", opens=time(9), closes=time(18), days="weekdays")
NIGHT = Contact("night", phone="2", opens=time(22), closes=time(6), days="every_day")
LAST = Contact("last", phone="3", fallback=True)
TUESDAY_9_IN_SHANGHAI = datetime(2026, 9, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("contact", "local", "on_duty"),
    [
        (DAY, datetime(2026, 9, 1, 8, 59), False),
        (DAY, datetime(2026, 9, 1, 9), True),
        (DAY, datetime(2026, 9, 1, 18), False),
        (DAY, datetime(2026, 9, 5, 12), False),
        (NIGHT, datetime(2026, 9, 1, 23), True),
        (NIGHT, datetime(2026, 9, 2, 5, 59), True),
        (NIGHT, datetime(2026, 9, 2, 6), False),
        (Contact("w", opens=time(22), closes=time(6), days="weekend"), datetime(2026, 9, 7, 3), True),  # Sunday's night
        (Contact("w", opens=time(22), closes=time(6), days="weekend"), datetime(2026, 9, 5, 3), False),  # Friday's
        (Contact("always"), datetime(2026, 9, 1, 3), True),
    ],
)
def test_hours_are_kept_to_the_minute_and_run_past_midnight(contact, local, on_duty):
    assert contact.on_duty(local) is on_duty


@pytest.mark.parametrize(
    ("contacts", "zone", "called"),
    [
        ([DAY, NIGHT, LAST], "Asia/Shanghai", (Stage.ON_DUTY, [DAY])),
        ([DAY, NIGHT, LAST], "Europe/London", (Stage.ON_DUTY, [NIGHT])),  # it is 02:00 there
        ([DAY, LAST], "Europe/London", (Stage.FALLBACK, [LAST])),
        ([DAY], "Europe/London", (Stage.ON_DUTY, [DAY])),  # better woken than not reached
        ([], "Asia/Shanghai", (Stage.ON_DUTY, [])),
    ],
)
def test_whoever_is_on_duty_is_called_else_the_fall_back_else_everybody(contacts, zone, called):
    assert first_called(contacts, TUESDAY_9_IN_SHANGHAI, zone) == called


def test_a_gap_in_the_week_is_seen():
    assert not covered([DAY, NIGHT])
    assert covered([DAY, LAST])
    assert covered([Contact("always")])
    assert not covered([])


def test_contacts_kept_before_there_were_hours_are_reached_round_the_clock():
    [contact] = read([{"name": "王值班", "phone": "+8613900139000"}])

    assert contact.on_duty(datetime(2026, 9, 1, 3))
    assert fallbacks([contact]) == []
