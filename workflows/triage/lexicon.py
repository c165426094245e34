"""The cues: what a text says happened, found by patterns that are data."""

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from msgspec import Struct

NEVER_DENIED = frozenset({"praise", "question", "suggestion", "refusal"})
_CLAUSE_END = re.compile(r"[,。.!?;:\n、]")
GAPS = {"zh": r"[^。.!?;\n]{0,12}?", "en": r"[^.!?;\n]{0,40}?"}


class Cue(Struct, frozen=True):
    """A kind of act or thing named in a text; `points_to` is the anomaly it speaks for."""

    name: str
    points_to: str
    pattern: re.Pattern[str]


class Hit(Struct, frozen=True):
    """A cue found in a folded text at `start` to `end`."""

    cue: Cue
    start: int
    end: int


@cache
def cues(family: str) -> tuple[Cue, ...]:
    """Return the cues for a family of languages, "zh" or "en", in the order of the file."""
    return tuple(Cue(row["name"], row["points_to"], compiled(row["any"], family)) for row in _table(family)["cue"])


@cache
def _denials(family: str) -> re.Pattern[str]:
    return compiled(_table(family)["denials"], family)


@cache
def _table(family: str) -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath(f"data/cues_{family}.toml").read_text("utf-8"))


def compiled(patterns: list[str], family: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns).replace("…", GAPS[family]))


def hits(text: str, family: str) -> tuple[Hit, ...]:
    """Return the places where cues of this family stand in folded `text`, by cue and then by place.

    What a clause says is in order ("the delivery was fine", "不是页面打不开") is no cue.
    """
    denied = [_clause_around(text, match) for match in _denials(family).finditer(text)]
    return tuple(
        Hit(cue, match.start(), match.end())
        for cue in cues(family)
        for match in cue.pattern.finditer(text)
        if match.end() > match.start()
        and (cue.name in NEVER_DENIED or not any(start <= match.start() < end for start, end in denied))
    )


def _clause_around(text: str, match: re.Match[str]) -> tuple[int, int]:
    start = max((end.end() for end in _CLAUSE_END.finditer(text, 0, match.start() + 1)), default=0)
    following = _CLAUSE_END.search(text, max(match.end() - 1, match.start() + 1))
    return start, following.start() if following else len(text)
