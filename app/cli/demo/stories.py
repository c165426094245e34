"""The demo's stories as data: who complained of what and when, and what everybody did about it since.

Instants are told from the filing, and the filing from now: `1d6h20m` is elapsed time, `-9d 21:14` a civil day and time
in Shanghai. So the desk looks the same on whichever day it is loaded.
"""

from __future__ import annotations

import re
import tomllib
from datetime import datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

FOLDER = Path(__file__).with_name("stories")
ZONE = ZoneInfo("Asia/Shanghai")
_LAPSE = re.compile(r"(-?)(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?", re.ASCII)
_CIVIL = re.compile(r"(-\d+)d (\d\d):(\d\d)", re.ASCII)


class BadStory(ValueError):
    """A story that cannot be played: names the story, the place and the reason."""


class Moment(Struct, frozen=True):
    """Something that is done in a case at an instant: a verb and its fields."""

    at: datetime
    story: Story
    do: str
    fields: dict[str, Any]


class Story(Struct, frozen=True):
    """One complaint. `submission` is the body of `POST /complaints`; `files` are drawn when it is loaded."""

    key: str
    filed_at: datetime
    channel: str
    submission: dict[str, Any]
    files: tuple[dict[str, Any], ...]
    steps: tuple[dict[str, Any], ...]
    operator: bool

    def moments(self) -> list[Moment]:
        """Return what happens in this case, in order; raise BadStory for steps out of order."""
        told = [Moment(self.filed_at, self, "file", {})]
        for step in self.steps:
            fields = {key: _with_money(value) for key, value in step.items() if key not in ("at", "do")}
            moment = Moment(self.filed_at + lapse(step["at"]), self, step["do"], fields)
            if moment.at < told[-1].at:
                raise BadStory(f"{self.key}: “{step['do']}” at {step['at']} stands after a later step")
            told.append(moment)
        return told


def lapse(text: str) -> timedelta:
    """Return the elapsed time that `1d6h20m` or `-45m` writes; raise BadStory for anything else."""
    found = _LAPSE.fullmatch(text)
    if not text or found is None:
        raise BadStory(f"“{text}” is no lapse of time")
    sign, *parts = found.groups()
    days, hours, minutes = (int(part or 0) for part in parts)
    length = timedelta(days=days, hours=hours, minutes=minutes)
    return -length if sign else length


def instant(text: str, filed_at: datetime) -> datetime:
    """Return the instant that a story writes, told from its filing."""
    if found := _CIVIL.fullmatch(text):
        days, hour, minute = map(int, found.groups())
        local = filed_at.astimezone(ZONE).date() + timedelta(days=days)
        return datetime.combine(local, time(hour, minute), ZONE)
    return filed_at + lapse(text)


@cache
def _told() -> tuple[dict[str, Any], ...]:
    files = sorted(FOLDER.glob("*.toml"))
    return tuple(story for file in files for story in tomllib.loads(file.read_text("utf-8"))["story"])


def stories(now: datetime) -> list[Story]:
    """Return all stories as they stand at `now`, oldest first; raise BadStory if something in one is yet to come."""
    found = sorted((_story(told, now) for told in _told()), key=lambda story: story.filed_at)
    for story in found:
        if story.moments()[-1].at > now:
            raise BadStory(f"{story.key}: its last step is yet to come")
    return found


def _story(told: dict[str, Any], now: datetime) -> Story:
    filed_at = now - lapse(told["filed"])
    submission = {
        "language": told["language"],
        "narrative": told["narrative"].strip(),
        "anomaly": told.get("anomaly"),
        "complainant": told["who"],
        "respondent": {"name": told["company"]} if "company" in told else None,
        "order": _placed(told.get("order"), filed_at),
        "events": [_placed(event, filed_at) for event in told.get("events", [])],
        "remedies_sought": _with_money(told.get("sought", [])),
        "danger": told.get("danger", False),
    }
    return Story(
        key=told["key"], filed_at=filed_at, channel=told.get("channel", "web"), submission=submission,
        files=tuple(told.get("files", ())), steps=tuple(_spread(told.get("steps", ()))),
        operator=told.get("channel") == "phone",
    )  # fmt: skip


def _spread(steps: Any) -> list[dict[str, Any]]:
    """Return the steps with those of several seats told apart: `seats = [1, 2, 3], every = "40m"`."""
    spread = []
    for step in steps:
        each = {key: value for key, value in step.items() if key not in ("seats", "every")}
        for n, seat in enumerate(step.get("seats", ())):
            spread.append((lapse(step["at"]) + n * lapse(step["every"]), each | {"seat": seat}))
        if "seats" not in step:
            spread.append((lapse(step["at"]), each))
    return [step | {"at": f"{int(at.total_seconds() // 60)}m"} for at, step in spread]


def _placed(facts: Any, filed_at: datetime) -> Any:
    """Return facts with every instant (`at`, `…_at`) put where it belongs."""
    if isinstance(facts, dict):
        return {
            key: instant(value, filed_at).isoformat()
            if isinstance(value, str) and (key == "at" or key.endswith("_at"))
            else _placed(value, filed_at)
            for key, value in facts.items()
        }
    return facts


def _with_money(value: Any) -> Any:
    """Return remedies and terms with `yuan = 329` written as the API writes an amount."""
    if isinstance(value, list):
        return [_with_money(each) for each in value]
    if isinstance(value, dict) and "yuan" in value:
        rest = {key: each for key, each in value.items() if key != "yuan"}
        return rest | {"amount": {"amount_minor": round(value["yuan"] * 100), "currency": "CNY"}}
    return value
