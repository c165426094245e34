"""Cues that quick action prevents further harm, and which of them call for a person first."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from msgspec import Struct

from workflows.triage.lexicon import compiled
from workflows.triage.scoring import thresholds

DANGER_TOLD = "danger_reported"
_BY_WORDS = {  # the alarm that a kind of words speaks for, where the weights alone raise it; strongest first
    "fraud": "scam_in_progress",
    "taken": "debits_continuing",
    "danger": "safety_hazard",
    "care": "perishable_or_medical_waiting",
    "urgent": "deadline_within_hours",
}


class Alarm(Struct, frozen=True):
    """A kind of emergency; `person` when it is danger or fraud, so that nothing goes out by itself.

    `likely` is the share that the weights must give it beside the words.
    """

    code: str
    person: bool
    likely: float
    patterns: dict[str, re.Pattern[str]]
    texts: dict[str, str]


class Raised(Struct, frozen=True):
    """An alarm and where in the folded text it was heard."""

    alarm: Alarm
    start: int
    end: int


@cache
def alarms() -> tuple[Alarm, ...]:
    """Return the kinds of emergency in the order of the file."""
    rows = tomllib.loads(files(__package__).joinpath("data/emergency.toml").read_text("utf-8"))["emergency"]
    return tuple(
        Alarm(
            row["code"],
            row["person"],
            row["likely"],
            {"zh": compiled(row["chinese"], "zh"), "en": compiled(row["english"], "en")},
            {tag: row[tag] for tag in ("zh-Hans", "zh-Hant", "en")},
        )
        for row in rows
    )


def raised(text: str, family: str) -> tuple[Raised, ...]:
    """Return the alarms that folded `text` raises, each once, at its first place."""
    found = ((alarm, alarm.patterns[family].search(text)) for alarm in alarms())
    return tuple(Raised(alarm, match.start(), match.end()) for alarm, match in found if match)


class Alarmed(Struct, frozen=True):
    """The codes of the emergencies in a text, and whether danger or fraud calls for a person first."""

    codes: tuple[str, ...]
    danger: bool


def judged(cues: tuple[Raised, ...], kinds: Mapping[str, int], share: float, danger_told: bool) -> Alarmed:
    """Return what the cues, the weights' `share` and the form's question about danger amount to."""
    limits = thresholds()
    named = [found.alarm for found in cues if share >= found.alarm.likely]
    danger = any(found.alarm.person for found in cues)
    if not named and share >= limits["alarm_at"]:
        code = next((code for kind, code in _BY_WORDS.items() if kinds.get(kind)), "deadline_within_hours")
        named = [alarm for alarm in alarms() if alarm.code == code]
        danger = danger or (share >= limits["danger_at"] and any(alarm.person for alarm in named))
    told = (DANGER_TOLD,) if danger_told else ()
    return Alarmed(told + tuple(alarm.code for alarm in named), danger or danger_told)
