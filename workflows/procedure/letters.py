"""The words of messages to people, as data: `letters.toml` holds a subject and a body for each, in three languages.

Where a body is too long for a text message, `sms` holds the short form.

A letter is never sent with a field unfilled: a missing field raises.
"""

from __future__ import annotations

import tomllib
from datetime import datetime
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

LANGUAGES = ("zh-Hans", "zh-Hant", "en")
FILE = Path(__file__).with_name("letters.toml")


class Letter(Struct, frozen=True):
    """A subject and a body, filled in; `sms` is the short form, where there is one."""

    subject: str
    body: str
    sms: str | None = None

    def by(self, channel: str) -> str:
        """Return the text that goes by `channel`, `email` or `sms`."""
        return self.sms if channel == "sms" and self.sms else self.body


def write(key: str, language: str, **fields: Any) -> Letter:
    """Return the letter `key` in `language` with its fields filled; raise KeyError for a field or letter missing."""
    words = _letters()[key][language]
    texts = {part: text.format(**fields).strip() for part, text in words.items()}
    return Letter(**texts)


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
        if len({frozenset(words[language]) for language in LANGUAGES}) != 1:
            raise ValueError(f"{FILE.name}: letter '{key}' does not have the same parts in each language.")
        fields = {language: _fields(words[language]) for language in LANGUAGES}
        if len(set(fields.values())) != 1:
            raise ValueError(f"{FILE.name}: letter '{key}' does not have the same fields in each language: {fields}.")
    return letters


def fields_of(key: str) -> frozenset[str]:
    """Return the names of the fields that the letter `key` needs."""
    return _fields(_letters()[key][LANGUAGES[0]])


def _fields(words: dict[str, str]) -> frozenset[str]:
    return frozenset(name for text in words.values() for _, name, _, _ in Formatter().parse(text) if name)
