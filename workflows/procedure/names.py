"""What the procedure's words are called in the three languages: states, actions, clocks, verdicts, roles.

Data in `names.toml`, so that screens, letters and notices call one thing by one name.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("names.toml")
LANGUAGES = ("zh-Hans", "zh-Hant", "en")


def name(group: str, key: str, language: str) -> str:
    """Return what `key` of `group` ("state", "clock", …) is called in `language`. Raises KeyError."""
    return _names()[group][str(key)][LANGUAGES.index(language)]


def names(group: str, language: str) -> dict[str, str]:
    """Return every key of `group` with its name, in the order of the data."""
    at = LANGUAGES.index(language)
    return {key: words[at] for key, words in _names()[group].items()}


@cache
def _names() -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = tomllib.loads(FILE.read_text("utf-8"))
    for group, entries in found.items():
        for key, words in entries.items():
            if len(words) != len(LANGUAGES) or not all(isinstance(word, str) and word for word in words):
                raise ValueError(f"{FILE.name}: {group}.{key} must have a name in each of {', '.join(LANGUAGES)}.")
    return found
