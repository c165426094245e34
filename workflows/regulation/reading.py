"""Reading one table of a TOML file strictly: each mistake names file, entry and reason."""

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from workflows.regulation.errors import THE_FILE, Quoted, RulebookError, Words
from workflows.regulation.text import LANGUAGES, Text3

Choice = TypeVar("Choice", bound=str)
NUMBER = re.compile(r"[1-9](\.[1-9][0-9]?)*")
UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
"""What nobody who approves a text can see in it."""
FILLED_OTHERWISE = re.compile(r"\{[^{}]*[^\w{}][^{}]*\}")
"""Braces with more than a name: how a value is laid out is not for the rulebook to say."""


class Entry:
    """One table of a file. What was not asked for by `done()` is an unknown key."""

    def __init__(self, file: str, label: str, table: dict[str, Any]) -> None:
        self.file, self.label = file, label
        self._table = dict(table)

    def fail(self, reason: str, /, **values: object) -> RulebookError:
        """Return the error that names this entry."""
        return RulebookError(self.file, self.label, reason, **values)

    def has(self, key: str) -> bool:
        """Return whether the key stands in the entry and has not been read yet."""
        return key in self._table

    def peek(self, key: str) -> Any:
        """Return the value of a key without reading it, None if it is missing."""
        return self._table.get(key)

    def take(self, key: str, kind: type, what: Words) -> Any:
        """Return the value of a key that must be there, of exactly this type."""
        if key not in self._table:
            raise self.fail("'%(key)s' is missing", key=key)
        value = self._table.pop(key)
        if type(value) is not kind:
            raise self.fail("'%(key)s' must be %(what)s, not %(value)s", key=key, what=what, value=repr(value))
        return value

    def string(self, key: str) -> str:
        """Return a text that is not blank."""
        value: str = self.take(key, str, Words("a text"))
        if not value.strip() or value != value.strip():
            raise self.fail("'%(key)s' is blank or has blanks around it", key=key)
        return value

    def strings(self, key: str, *, among: Collection[str] | None = None) -> tuple[str, ...]:
        """Return a list of texts without repetition; a missing key is an empty list."""
        values = self.take(key, list, Words("a list")) if key in self._table else []
        for value in values:
            if not isinstance(value, str) or not value.strip():
                raise self.fail("'%(key)s' must hold texts, not %(value)s", key=key, value=repr(value))
            if among is not None and value not in among:
                raise self.fail("'%(key)s' holds the unknown '%(value)s'", key=key, value=value)
        if len(set(values)) != len(values):
            raise self.fail("'%(key)s' names something twice", key=key)
        return tuple(values)

    def choice(self, key: str, options: Collection[Choice]) -> Choice:
        """Return a text that is one of the options."""
        value = self.string(key)
        for option in options:
            if option == value:
                return option
        known = ", ".join(options)
        raise self.fail("'%(key)s' is '%(value)s', not one of %(known)s", key=key, value=value, known=known)

    def flag(self, key: str) -> bool:
        """Return a true or false; a missing key is false."""
        return bool(self.take(key, bool, Words("true or false"))) if key in self._table else False

    def whole(self, key: str, *, least: int, most: int) -> int:
        """Return a whole number within the range."""
        value: int = self.take(key, int, Words("a whole number"))
        if not least <= value <= most:
            raise self.fail(
                "'%(key)s' is %(value)s, not from %(least)s to %(most)s", key=key, value=value, least=least, most=most
            )
        return value

    def day(self, key: str, default: date | None = None) -> date:
        """Return a date without time; a missing key gives the default, when there is one."""
        if key not in self._table and default is not None:
            return default
        value = self._table.get(key)
        if isinstance(value, datetime) or not isinstance(value, date):
            raise self.fail("'%(key)s' must be a date like 2026-01-31, not %(value)s", key=key, value=repr(value))
        del self._table[key]
        return value

    def text3(self, key: str) -> Text3:
        """Return a text in all three languages and no other."""
        value = self.take(key, dict, Words("a table of zh-Hant, zh-Hans and en"))
        return _text3(self, key, value)

    def texts3(self, key: str) -> tuple[Text3, ...]:
        """Return a list of texts in three languages, not empty."""
        values = self.take(key, list, Words("a list of texts in three languages"))
        if not values or not all(isinstance(value, dict) for value in values):
            raise self.fail("'%(key)s' must be a list of texts in three languages", key=key)
        return tuple(_text3(self, f"{key} {place}", value) for place, value in enumerate(values, 1))

    def entries(self, key: str) -> Iterator["Entry"]:
        """Yield the tables of a list of tables."""
        for place, table in enumerate(self.take(key, list, Words("a list of tables")), 1):
            if not isinstance(table, dict):
                raise self.fail("'%(key)s' must hold tables, not %(value)s", key=key, value=repr(table))
            label = Words("%(entry)s, %(key)s %(place)s", entry=self.label, key=key, place=place)
            yield Entry(self.file, label, table)

    def done(self) -> None:
        """Raise RulebookError if a key was left that nobody knows."""
        if self._table:
            raise self.fail("unknown key '%(key)s'", key=next(iter(self._table)))


def _text3(entry: Entry, key: str, value: dict[str, Any]) -> Text3:
    for language in LANGUAGES:
        words = value.get(language)
        if not isinstance(words, str) or not words.strip():
            raise entry.fail("'%(key)s' has no text in %(language)s", key=key, language=language)
        if UNSEEN.search(words):
            raise entry.fail("'%(key)s' in %(language)s holds a sign that cannot be seen", key=key, language=language)
        if FILLED_OTHERWISE.search(words):
            raise entry.fail(
                "'%(key)s' in %(language)s has braces with more than a name in them", key=key, language=language
            )
    if unknown := set(value) - set(LANGUAGES):
        raise entry.fail("'%(key)s' has the unknown language '%(language)s'", key=key, language=min(unknown))
    return Text3.of({language: value[language].strip() for language in LANGUAGES})


class Folder:
    """The files of a rulebook by their names, each read once."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self.files = files

    def tables(self, name: str) -> dict[str, Any]:
        """Return the tables of one file. Raises: RulebookError if it is missing or not TOML."""
        if name not in self.files:
            raise RulebookError(name, THE_FILE, "is missing")
        try:
            return dict(_parsed(self.files[name]))
        except (ValueError, RecursionError) as mistake:
            raise _no_toml(name, mistake) from mistake

    def names(self, within: str = "") -> list[str]:
        """Return the names of the files, of all or of those `within` a folder, in order."""
        return sorted(name for name in self.files if name.startswith(within))


def _no_toml(name: str, mistake: Exception) -> RulebookError:
    return RulebookError(name, THE_FILE, "cannot be read as TOML: %(mistake)s", mistake=Quoted(mistake))


@lru_cache(maxsize=128)
def _parsed(text: str) -> dict[str, Any]:
    """Return the tables of a text; editions have most of their files in common, and nobody changes what is returned."""
    return tomllib.loads(text)


def files_in(path: Path) -> dict[str, str]:
    """Return the TOML files in a folder by their names. Raises: RulebookError for one that is no text."""
    found = {}
    for file in sorted(path.glob("**/*.toml")):
        name = file.relative_to(path).as_posix()
        try:
            found[name] = file.read_text(encoding="utf-8")
        except UnicodeDecodeError as mistake:
            raise _no_toml(name, mistake) from mistake
    return found
