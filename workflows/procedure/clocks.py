"""Clocks: what kinds there are, how long they run, when they warn, and in what state the eye sees them.

Pure: figures come from the rulebook, instants from the caller. A clock knows no pause, because the regulation knows
none. Source: clause 2.2.3.2 (2 hours), 2.1.7.1 (24/48 hours), 2.2.4.3 (7 days), 2.2.2 (performance).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from msgspec import Struct


class ClockKind(StrEnum):
    """The statutory clocks, then the desk's own timers that keep the case moving."""

    EMERGENCY_START = "emergency_start"
    FIRST_REPLY = "first_reply"
    RESPONDENT_ANSWER = "respondent_answer"
    RESOLUTION = "resolution"
    REVIEW = "review"
    PERFORMANCE = "performance"

    REFERRAL = "referral"
    OFFER = "offer"
    VOTING = "voting"
    PROOF = "proof"
    ACKNOWLEDGEMENT = "acknowledgement"
    BIDDING = "bidding"
    SIGNING = "signing"


TIMERS = frozenset({
    ClockKind.REFERRAL, ClockKind.OFFER, ClockKind.VOTING, ClockKind.PROOF, ClockKind.ACKNOWLEDGEMENT,
    ClockKind.BIDDING, ClockKind.SIGNING,
})  # fmt: skip


class ClockStatus(StrEnum):
    """`running` is armed; `breached` has passed its end unmet; `elapsed` is a timer that did its work."""

    RUNNING = "running"
    MET = "met"
    BREACHED = "breached"
    MET_LATE = "met_late"
    STOPPED = "stopped"
    ELAPSED = "elapsed"


class Desk(StrEnum):
    """Who is warned, from the nearest to the highest."""

    MEDIATOR = "mediator"
    LEAD = "lead"
    SUPERVISOR = "supervisor"


LADDER: tuple[Desk, ...] = (Desk.MEDIATOR, Desk.LEAD, Desk.SUPERVISOR)
MOMENT = timedelta(microseconds=1)


def warning_at(started_at: datetime, due_at: datetime, fraction: float) -> datetime:
    """Return the instant at which `fraction` of the clock is gone."""
    return started_at + (due_at - started_at) * fraction


def next_instant(
    kind: ClockKind, started_at: datetime, due_at: datetime, fractions: Sequence[float], level: int
) -> datetime:
    """Return when the clock next has something to do: its warning number `level` (from 0), or what its end brings.

    A timer does its work when it ends. A statutory limit is kept at or before the instant it ends, so its end brings
    nothing before the moment after. Source: how to read time limits.
    """
    if kind in TIMERS:
        return due_at
    return warning_at(started_at, due_at, fractions[level]) if level < len(fractions) else due_at + MOMENT


def is_over(kind: ClockKind, due_at: datetime, at: datetime) -> bool:
    """Return whether a clock that nobody met has come to its end at `at`."""
    return at >= (due_at if kind in TIMERS else due_at + MOMENT)


def end_of_civil_day(event_at: datetime, days: int, zone: str) -> datetime:
    """Return 24:00 (UTC instant) of the last of `days` civil days in `zone`; the day of the event is not counted.

    Source: how to read time limits (a right of the consumer is counted in civil days).
    """
    tz = ZoneInfo(zone)
    last: date = event_at.astimezone(tz).date() + timedelta(days=days)
    return datetime.combine(last + timedelta(days=1), time(), tz).astimezone(ZoneInfo("UTC"))


def civil_month(at: datetime, zone: str) -> tuple[datetime, datetime]:
    """Return the instants (UTC) at which the civil month of `at` in `zone` begins, and the next one does."""
    tz = ZoneInfo(zone)
    first = at.astimezone(tz).date().replace(day=1)
    following = (first + timedelta(days=31)).replace(day=1)
    begins, ends = (datetime.combine(day, time(), tz).astimezone(ZoneInfo("UTC")) for day in (first, following))
    return begins, ends


class Face(Struct, frozen=True):
    """How a clock looks now: `tone` is ok, soon, urgent, over, met or late; `left` is negative when over."""

    tone: str
    left: timedelta


SOON, URGENT = 0.75, 0.9


def face(
    *,
    kind: ClockKind,
    status: ClockStatus,
    started_at: datetime,
    due_at: datetime,
    met_at: datetime | None,
    now: datetime,
) -> Face:
    """Return the clock's face: three quarters gone is soon, nine tenths gone (and any unstarted emergency) urgent."""
    if status in (ClockStatus.MET, ClockStatus.STOPPED, ClockStatus.ELAPSED):
        return Face("met", due_at - (met_at or now))
    if status is ClockStatus.MET_LATE or (status is ClockStatus.BREACHED and met_at):
        return Face("late", due_at - (met_at or now))
    left = due_at - now
    if left < timedelta(0) or status is ClockStatus.BREACHED:
        return Face("over", left)
    gone = (now - started_at) / (due_at - started_at) if due_at > started_at else 1.0
    if kind is ClockKind.EMERGENCY_START or gone >= URGENT:
        return Face("urgent", left)
    return Face("soon" if gone >= SOON else "ok", left)
