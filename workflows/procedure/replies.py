"""Ready-made replies: words as data, filled from the case, never sent with a field left open."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from workflows.procedure.names import LANGUAGES

FILE = Path(__file__).with_name("replies.toml")
WRAPPED = re.compile(r"(?<=\S)\n(?=\S)")  # a line that ends in the file, not in the letter
FIELD = re.compile(r"\{[a-z_]*\}")


def titles(language: str) -> dict[str, str]:
    """Return the ready-made replies by key, named in `language`."""
    at = LANGUAGES.index(language)
    return {key: entry["title"][at] for key, entry in _replies().items()}


def audience(key: str) -> str:
    """Return for whom the reply is written. Raises KeyError."""
    return str(_replies()[key]["audience"])


def filled(key: str, language: str, fields: dict[str, str | None]) -> str:
    """Return the reply with the fields that are known filled in; others stay as `{field}` for a person to see."""
    return with_values(WRAPPED.sub(" ", str(_replies()[key][language])), fields)


def with_values(text: str, fields: dict[str, str | None]) -> str:
    """Return `text` with each merge field whose value is known put in."""
    return FIELD.sub(lambda found: fields.get(found.group()[1:-1]) or found.group(), text)


def open_fields(text: str) -> list[str]:
    """Return the merge fields that stand unfilled in `text`."""
    return FIELD.findall(text)


@cache
def _replies() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = tomllib.loads(FILE.read_text("utf-8"))
    for key, entry in found.items():
        fields = {frozenset(FIELD.findall(entry[language])) for language in LANGUAGES}
        if len(entry["title"]) != len(LANGUAGES) or len(fields) != 1:
            raise ValueError(f"{FILE.name}: reply '{key}' needs three titles and the same fields in each language.")
    return found
