"""Who is reached in an emergency: an organisation's contacts, the hours they keep, and who comes after whom.

Pure: contacts are handed in as they are stored, the instant by the caller. Hours are the organisation's own.
Source: clause 2.2.3.1 (contacts that can be reached at once).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

MONDAY_TO_FRIDAY = frozenset(range(5))
DAYS = {
    "every_day": frozenset(range(7)),
    "weekdays": MONDAY_TO_FRIDAY,
    "weekend": frozenset(range(7)) - MONDAY_TO_FRIDAY,
}
"""On which days a contact's hours begin; Monday is 0."""


class Stage(StrEnum):
    """How far a call has come: who is on duty, the fall-back, and where nobody answers the supervisor."""

    ON_DUTY = "on_duty"
    FALLBACK = "fallback"
    SUPERVISOR = "supervisor"


class Contact(Struct, frozen=True):
    """Somebody who can be reached by telephone, e-mail or both. `opens` equal to `closes` is round the clock."""

    name: str
    phone: str = ""
    email: str = ""
    days: str = "every_day"
    opens: time = time()
    closes: time = time()
    fallback: bool = False

    def on_duty(self, local: datetime) -> bool:
        """Return whether the hours cover `local`, an instant on the organisation's own clock.

        Hours that end before they begin run past midnight and belong to the day on which they began.
        """
        today, yesterday = local.date().weekday(), (local.date() - timedelta(days=1)).weekday()
        begins, now = DAYS[self.days], local.time().replace(tzinfo=None)
        if self.opens == self.closes:
            return today in begins
        if self.opens < self.closes:
            return today in begins and self.opens <= now < self.closes
        return (today in begins and now >= self.opens) or (yesterday in begins and now < self.closes)


def read(stored: Iterable[Mapping[str, Any]]) -> list[Contact]:
    """Return contacts as they are stored; hours that were not given are round the clock."""
    return [
        Contact(
            name=each.get("name") or "", phone=each.get("phone") or "", email=each.get("email") or "",
            days=each.get("days") or "every_day", opens=time.fromisoformat(each.get("opens") or "00:00"),
            closes=time.fromisoformat(each.get("closes") or "00:00"), fallback=bool(each.get("fallback")),
        )
        for each in stored
    ]  # fmt: skip


def fallbacks(contacts: Iterable[Contact]) -> list[Contact]:
    """Return who is called when whoever is on duty does not answer; they keep no hours."""
    return [contact for contact in contacts if contact.fallback]


def first_called(contacts: Sequence[Contact], at: datetime, zone: str) -> tuple[Stage, list[Contact]]:
    """Return who is called first at `at`: those on duty at that hour, else the fall-back, else everybody there is."""
    local = at.astimezone(ZoneInfo(zone))
    regular = [contact for contact in contacts if not contact.fallback]
    if present := [contact for contact in regular if contact.on_duty(local)]:
        return Stage.ON_DUTY, present
    if last := fallbacks(contacts):
        return Stage.FALLBACK, last
    return Stage.ON_DUTY, regular


def covered(contacts: Sequence[Contact]) -> bool:
    """Return whether somebody is on duty at every hour of the week. Source: clause 2.2.3.2 (day and night)."""
    monday = datetime(2024, 1, 1)  # noqa: DTZ001 -- any Monday, on the organisation's own clock
    edges = {time(), *(edge for contact in contacts for edge in (contact.opens, contact.closes))}
    hours = [datetime.combine(monday + timedelta(days=day), edge) for day in range(7) for edge in edges]
    return all(any(each.fallback or each.on_duty(hour) for each in contacts) for hour in hours)
