"""What the answers about an order mean to the rule engine: days become instants, choices become events.

People remember days, not minutes. A day is taken as its noon in the consumer's zone, and never as later than now.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from workflows.procedure.checks.facts import DEFAULT_ZONE

Event = dict[str, Any]
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", re.ASCII)
_IN_LINK = re.compile(r"(?:order|trade|oid|id)\w*[=/](\d{6,30})", re.IGNORECASE | re.ASCII)
_LONG = re.compile(r"\d{8,30}", re.ASCII)


def read_day(typed: str) -> date | None:
    """Return the day that was typed (`2026-09-01`, `2026年9月1日`), or None when it is none."""
    found = _DAY.fullmatch(typed.strip())
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def today(now: datetime) -> date:
    """Return the civil day of `now` in the consumer's zone."""
    return now.astimezone(ZoneInfo(DEFAULT_ZONE)).date()


def noon(day: date | None, *, now: datetime) -> str | None:
    """Return the instant that stands for a day, as the rule engine reads it; None for an unknown day."""
    if day is None:
        return None
    zone = ZoneInfo(DEFAULT_ZONE)
    return min(datetime.combine(day, time(12), zone), now.astimezone(zone)).isoformat()


def order_id(typed: str) -> str | None:
    """Return the order's number from what was typed or pasted: the number itself, or a link that holds it."""
    text = typed.strip()
    if "://" in text or text.startswith("www."):
        found = _IN_LINK.search(text) or _LONG.search(text)
        text = found.group(found.lastindex or 0) if found else text
    return text[:200] or None


def event(type_: str, at: str | None = None, **facts: Any) -> Event:
    """Return an event with what is known of it."""
    known = {"type": type_, "at": at} | facts
    return {name: value for name, value in known.items() if value is not None}


def known(**facts: Any) -> dict[str, Any]:
    """Return the facts that are known."""
    return {name: value for name, value in facts.items() if value not in (None, "")}
