"""Cues that quick action prevents further harm, and which of them call for a person first."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from workflows.triage.lexicon import GAPS


@dataclass(frozen=True)
class Alarm:
    """A kind of emergency; `person` when it is danger or fraud, so that nothing goes out by itself."""

    code: str
    person: bool
    patterns: dict[str, re.Pattern[str]]
    texts: dict[str, str]


@dataclass(frozen=True)
class Raised:
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
            {"zh": _compiled(row["chinese"], "zh"), "en": _compiled(row["english"], "en")},
            {tag: row[tag] for tag in ("zh-Hans", "zh-Hant", "en")},
        )
        for row in rows
    )


def raised(text: str, family: str) -> tuple[Raised, ...]:
    """Return the alarms that folded `text` raises, each once, at its first place."""
    found = ((alarm, alarm.patterns[family].search(text)) for alarm in alarms())
    return tuple(Raised(alarm, match.start(), match.end()) for alarm, match in found if match)


def _compiled(patterns: list[str], family: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns).replace("…", GAPS[family]))
