"""Whose quiet hours are when: the rulebook's, or a person's own."""

from __future__ import annotations

from datetime import datetime, time

from app.accounts.models_hours import OwnHours
from app.core.commands import Frozen
from app.core.db import session
from app.core.hours import Hour, TimeZone
from workflows.procedure.act import Act
from workflows.procedure.quiet import QuietHours
from workflows.regulation import book

HOUSE_ZONE = "Asia/Shanghai"


class KeepHours(Frozen):
    """When not to be disturbed by what can wait."""

    time_zone: TimeZone
    begins: Hour
    ends: Hour


def hours_in(zone: str, *, at: datetime) -> QuietHours:
    """Return the quiet hours of the rulebook, on the clocks of `zone`."""
    rules, day = book.current(), at.date()
    begins, ends = (rules.figure(key, on=day).value for key in ("quiet_begins", "quiet_ends"))
    return QuietHours(time(begins), time(ends), zone)


def hours_of(user_id: int, *, at: datetime) -> QuietHours:
    """Return the person's own quiet hours, or else the rulebook's."""
    own = session().get(OwnHours, user_id)
    if own is None:
        return hours_in(HOUSE_ZONE, at=at)
    return QuietHours(time.fromisoformat(own.begins), time.fromisoformat(own.ends), own.time_zone)


def keep_hours(user_id: int, command: KeepHours, *, act: Act) -> None:
    """Write down a person's own quiet hours."""
    session().merge(OwnHours(user_id=user_id, changed_at=act.at, **command.model_dump()))
