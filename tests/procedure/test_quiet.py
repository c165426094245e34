"""Letters that can wait are held at night, on the reader's own clock; warnings come together once an interval."""

from datetime import UTC, datetime, time, timedelta

import pytest

from workflows.procedure import letters
from workflows.procedure.quiet import QuietHours, gathered_at, next_gathering, waiting

NIGHT = QuietHours(time(22), time(7), "Asia/Shanghai")
HOUR = timedelta(hours=1)


def at(hour: int, minute: int = 0, day: int = 1) -> datetime:
    """An instant, by the clocks of Shanghai."""
    return datetime(2026, 9, day, hour, minute, tzinfo=UTC) - timedelta(hours=8)


@pytest.mark.parametrize(
    ("now", "leaves"),
    [
        (at(21, 59), at(21, 59)),
        (at(22), at(7, day=2)),
        (at(3), at(7)),
        (at(6, 59), at(7)),
        (at(7), at(7)),
    ],
)
def test_the_night_ends_at_its_hour(now, leaves):
    assert NIGHT.over_at(now) == leaves


def test_hours_are_those_of_the_readers_zone():
    london = QuietHours(time(22), time(7), "Europe/London")

    assert london.over_at(at(12)) == at(14)  # 05:00 in London, in summer


def test_quiet_hours_within_a_day_and_none_at_all():
    midday = QuietHours(time(12), time(14), "Asia/Shanghai")

    assert midday.over_at(at(13)) == at(14)
    assert midday.over_at(at(14)) == at(14)
    assert QuietHours(time(8), time(8), "Asia/Shanghai").over_at(at(3)) == at(3)


def test_what_comes_within_one_interval_leaves_together_and_never_twice_in_one():
    assert next_gathering(at(9), HOUR) == next_gathering(at(9, 59), HOUR) == at(10)
    assert gathered_at(at(9, 1), HOUR, NIGHT) == at(10)
    assert gathered_at(at(21, 30), HOUR, NIGHT) == gathered_at(at(3), HOUR, NIGHT) + timedelta(days=1) == at(7, day=2)
    late_riser = QuietHours(time(22), time(7, 30), "Asia/Shanghai")
    assert gathered_at(at(3), HOUR, late_riser) == gathered_at(at(7, 45), HOUR, late_riser) == at(8)


def test_every_letter_that_waits_exists():
    assert waiting() <= set(letters.keys())
