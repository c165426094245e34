"""What changed between two rulebooks, or between two days of one, in words a lawyer can check.

Source: clause 3.4.3 (the effect of the rules is evaluated, and rules are adjusted in time).
"""

from collections.abc import Iterator
from datetime import date, timedelta
from re import Pattern
from typing import Any

from msgspec import Struct
from msgspec.structs import fields

from workflows.regulation.entries import Explanation, Part, Term
from workflows.regulation.rulebook import Rulebook
from workflows.regulation.shelf import Shelf
from workflows.regulation.text import LANGUAGES, Text3

Entries = dict[tuple[str, str], Any]  # by file and name


class Change(Struct, frozen=True):
    """One entry that was added or removed, with what it says, or changed: `field` with its value before and after."""

    file: str
    entry: str
    kind: str
    field: str = ""
    before: str = ""
    after: str = ""

    @property
    def words(self) -> str:
        """Return the change as one line."""
        if self.kind != "changed":
            return f"{self.file}: {self.entry} {self.kind}"
        return f"{self.file}: {self.entry}, {self.field}: {self.before} → {self.after}"


def between_books(old: Rulebook, new: Rulebook) -> list[Change]:
    """Return what the new rulebook says otherwise than the old one, every version of every entry compared."""
    return list(_compared(_versions(old), _versions(new)))


def between_days(book: Rulebook, earlier: date, later: date) -> list[Change]:
    """Return what holds on the later day otherwise than on the earlier one."""
    return list(_compared(_held(book, earlier), _held(book, later)))


def from_a_day(old: Rulebook, new: Rulebook, since: date) -> list[Change]:
    """Return what the new rulebook says otherwise than the old one from a day on: held on it, or coming after."""
    found = _compared(*(_held(book, since) | _coming(book, since) | _dateless(book) for book in (old, new)))
    return [change for change in found if change.field != "in_force_from"]


def _coming(book: Rulebook, since: date) -> Entries:
    later = ((shelf, entry) for shelf in _shelves(book) for entry in shelf.versions if entry.in_force_from > since)
    return {(shelf.file, f"{shelf.key(entry)} from {entry.in_force_from}"): entry for shelf, entry in later}


def _shelves(book: Rulebook) -> Iterator[Shelf[Any]]:
    return (shelf for shelf in vars(book).values() if isinstance(shelf, Shelf))


def _held(book: Rulebook, day: date) -> Entries:
    return {(shelf.file, shelf.key(entry)): entry for shelf in _shelves(book) for entry in shelf.on(day)}


def _versions(book: Rulebook) -> Entries:
    """Return every entry; a version with a date of its own is named by it."""
    found: dict[tuple[str, str], Any] = {}
    for shelf in _shelves(book):
        seen: set[str] = set()
        for entry in sorted(shelf.versions, key=lambda entry: entry.in_force_from):
            key = shelf.key(entry)
            found[shelf.file, f"{key} from {entry.in_force_from}" if key in seen else key] = entry
            seen.add(key)
    return found | _dateless(book)


def _dateless(book: Rulebook) -> Entries:
    dateless: tuple[Part | Term | Explanation, ...] = (*book.headings, *book.terms, *book.explanations)
    return {_place(entry): entry for entry in dateless}


def _place(entry: Part | Term | Explanation) -> tuple[str, str]:
    match entry:
        case Part():
            return "clauses/", f"heading {entry.number}"
        case Term():
            return "terms.toml", entry.key
        case Explanation():
            return "explanations.toml", f"{entry.clause} {entry.key}"


def _compared(old: Entries, new: Entries) -> Iterator[Change]:
    for file, name in sorted({*old, *new}):
        before, after = old.get((file, name)), new.get((file, name))
        if before is None or after is None:
            yield Change(file, name, "added" if before is None else "removed", "", _whole(before), _whole(after))
            continue
        for field in fields(after):
            was, is_ = getattr(before, field.name), getattr(after, field.name)
            if was != is_:
                yield Change(file, name, "changed", field.name, _told(was, is_), _told(is_, was))


def _whole(entry: Any) -> str:
    """Return what an entry says, field by field; nothing of one that is not there."""
    told = ((field.name, _told(getattr(entry, field.name), None)) for field in fields(entry)) if entry else ()
    return "; ".join(f"{name}: {words}" for name, words in told)


def _told(value: Any, other: Any) -> str:
    """Return a value in words; of a text only the languages that differ from the other one."""
    match value:
        case None:
            return "nothing"
        case Text3():
            differs = [
                language
                for language in LANGUAGES
                if not isinstance(other, Text3) or value.in_(language) != other.in_(language)
            ]
            return " / ".join(f"{language}: {value.in_(language)}" for language in differs)
        case Pattern():
            return value.pattern
        case tuple():
            return ", ".join(_told(each, None) for each in value) or "none"
        case timedelta() | date():
            return str(value)
    return str(value)
