"""The words of messages to people, as data: `letters.toml` holds a subject and a body for each, in three languages.

A letter is never sent with a field unfilled: a missing field raises.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any
from zoneinfo import ZoneInfo

LANGUAGES = ("zh-Hans", "zh-Hant", "en")
FILE = Path(__file__).with_name("letters.toml")


@dataclass(frozen=True, slots=True)
class Letter:
    """A subject and a body, filled in."""

    subject: str
    body: str


def write(key: str, language: str, **fields: Any) -> Letter:
    """Return the letter `key` in `language` with its fields filled; raise KeyError for a field or letter missing."""
    words = _letters()[key][language]
    return Letter(words["subject"].format(**fields), words["body"].format(**fields).strip())


def local(instant: datetime, zone: str) -> str:
    """Return the instant on the clocks of `zone`, as letters write it."""
    there = instant.astimezone(ZoneInfo(zone))
    offset = there.strftime("%z")
    return f"{there:%Y-%m-%d %H:%M} (UTC{offset[0]}{int(offset[1:3])}{'' if offset[3:] == '00' else ':' + offset[3:]})"


def keys() -> list[str]:
    """Return the names of all letters."""
    return list(_letters())


@cache
def _letters() -> dict[str, dict[str, dict[str, str]]]:
    letters = tomllib.loads(FILE.read_text("utf-8"))
    for key, words in letters.items():
        if set(words) != set(LANGUAGES):
            raise ValueError(f"{FILE.name}: letter '{key}' must be written in {', '.join(LANGUAGES)}.")
        fields = {language: _fields(words[language]) for language in LANGUAGES}
        if len(set(fields.values())) != 1:
            raise ValueError(f"{FILE.name}: letter '{key}' does not have the same fields in each language: {fields}.")
    return letters


def _fields(words: dict[str, str]) -> frozenset[str]:
    texts = (words["subject"], words["body"])
    return frozenset(name for text in texts for _, name, _, _ in Formatter().parse(text) if name)
