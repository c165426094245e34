"""Lateness is measured while something ran that could be late."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.chaos.verdict import Instant, late_while_up_s

NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)
OUTAGE = (NOON + timedelta(seconds=10), NOON + timedelta(seconds=30))


@pytest.mark.parametrize(
    ("due", "done", "late"),
    [(0, 3, 3), (0, 10, 10), (8, 35, 2), (12, 31, None), (28, 45, None), (31, 45, 14), (0, 40, 10)],
)
def test_what_waits_through_an_outage_is_late_until_all_went_down(due, done, late):
    each = Instant(1, NOON + timedelta(seconds=due), NOON + timedelta(seconds=done))

    assert late_while_up_s(each, [OUTAGE]) == late
