"""When a letter may leave: quiet hours hold what can wait, and warnings are gathered into one letter an interval.

Pure: figures come from the rulebook, people's own hours from the caller. `quiet.toml` says which letters can wait.
"""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime, time, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from msgspec import Struct

FILE = Path(__file__).with_name("quiet.toml")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class QuietHours(Struct, frozen=True):
    """The hours in `zone` at which somebody is left in peace; the same hour twice means none."""

    begins: time
    ends: time
    zone: str

    def over_at(self, at: datetime) -> datetime:
        """Return the first instant from `at` on that is not quiet: `at` itself, or the end of these quiet hours."""
        tz = ZoneInfo(self.zone)
        local = at.astimezone(tz)
        if not self._quiet(local.time().replace(tzinfo=None)):
            return at
        day = local.date() if local.time().replace(tzinfo=None) < self.ends else local.date() + timedelta(days=1)
        return datetime.combine(day, self.ends, tz).astimezone(UTC)

    def _quiet(self, now: time) -> bool:
        if self.begins <= self.ends:
            return self.begins <= now < self.ends
        return now >= self.begins or now < self.ends


def next_gathering(at: datetime, interval: timedelta) -> datetime:
    """Return when the interval that `at` lies in ends; what comes together in one leaves in one letter."""
    return EPOCH + ((at - EPOCH) // interval + 1) * interval


def gathered_at(at: datetime, interval: timedelta, quiet: QuietHours) -> datetime:
    """Return when a warning given at `at` leaves: at the end of its interval, or the first end that is not quiet."""
    leaves = next_gathering(at, interval)
    awake = quiet.over_at(leaves)
    return leaves if awake == leaves else next_gathering(awake - timedelta(microseconds=1), interval)


def known_zone(name: str) -> bool:
    """Return whether there is such a time zone."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def can_wait(letter: str) -> bool:
    """Return whether this letter is held in quiet hours."""
    return letter in waiting()


@cache
def waiting() -> frozenset[str]:
    """Return the names of the letters that can wait until the morning."""
    return frozenset(tomllib.loads(FILE.read_text("utf-8"))["can_wait"])
