"""The fixed wording of the notices, read from the rulebook's data."""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from string import Formatter

from markupsafe import Markup, escape

from app.notices.facts import NoticeLanguage

WORDING_FILE = Path(__file__).resolve().parents[2] / "workflows" / "regulation" / "data" / "wording.toml"
_COLUMNS = {language: language.lower().replace("-", "_") for language in NoticeLanguage}


class WordingError(ValueError):
    """The file of wordings is wrong; the message names the entry and the reason."""


@cache
def wordings(path: Path = WORDING_FILE) -> Mapping[NoticeLanguage, Mapping[str, str]]:
    """Return every wording by language and key. Raises: WordingError on the first entry that cannot stand."""
    found: dict[NoticeLanguage, dict[str, str]] = {language: {} for language in NoticeLanguage}
    for entry in tomllib.loads(path.read_text(encoding="utf-8"))["wording"]:
        if reason := _fault(entry, known=found[NoticeLanguage.ENGLISH]):
            raise WordingError(f"{path.name}: entry '{entry.get('key', '?')}': {reason}")
        for language, column in _COLUMNS.items():
            found[language][entry["key"]] = entry[column]
    return found


def phrase(key: str, language: NoticeLanguage, **fields: object) -> Markup:
    """Return the wording with its fields filled in, everything escaped for HTML. Raises: KeyError."""
    return escape(wordings()[language][key]).format(**fields)


def words(key: str, language: NoticeLanguage, **fields: object) -> str:
    """Return the wording with its fields filled in, as plain text: for facts, which are escaped when they are printed.

    Raises: KeyError.
    """
    return wordings()[language][key].format(**fields)


def _fault(entry: Mapping[str, object], *, known: Mapping[str, str]) -> str | None:
    if set(entry) != {"key", *_COLUMNS.values()}:
        return f"it must have exactly key, {', '.join(_COLUMNS.values())}"
    if any(not isinstance(value, str) or not value for value in entry.values()):
        return "every value must be a text that is not empty"
    if entry["key"] in known:
        return "the key stands twice"
    try:
        fields = {column: set(_fields(str(entry[column]))) for column in _COLUMNS.values()}
    except ValueError as fault:
        return f"braces do not pair up: {fault}"
    if any(not name.isidentifier() for names in fields.values() for name in names):
        return "a field is a plain name in braces"
    if len({frozenset(names) for names in fields.values()}) != 1:
        return f"the languages use different fields: {fields}"
    return None


def _fields(text: str) -> Iterator[str]:
    return (name for _, name, _, _ in Formatter().parse(text) if name is not None)
