"""The cues: what a text says happened, found by patterns that are data."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

GAPS = {"zh": r"[^。.!?;\n]{0,12}?", "en": r"[^.!?;\n]{0,40}?"}


@dataclass(frozen=True)
class Cue:
    """A kind of act or thing named in a text; `points_to` is the anomaly it speaks for."""

    name: str
    points_to: str
    pattern: re.Pattern[str]


@dataclass(frozen=True)
class Hit:
    """A cue found in a folded text at `start` to `end`."""

    cue: Cue
    start: int
    end: int


@cache
def cues(family: str) -> tuple[Cue, ...]:
    """Return the cues for a family of languages, "zh" or "en", in the order of the file."""
    table = tomllib.loads(files(__package__).joinpath(f"data/cues_{family}.toml").read_text("utf-8"))["cue"]
    return tuple(Cue(row["name"], row["points_to"], _compiled(row["any"], family)) for row in table)


def _compiled(patterns: list[str], family: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns).replace("…", GAPS[family]))


def hits(text: str, family: str) -> tuple[Hit, ...]:
    """Return the places where cues of this family stand in folded `text`, by cue and then by place."""
    return tuple(
        Hit(cue, match.start(), match.end())
        for cue in cues(family)
        for match in cue.pattern.finditer(text)
        if match.end() > match.start()
    )
