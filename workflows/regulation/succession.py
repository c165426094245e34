"""One rulebook after another: before its day the old one holds, from its day on the new one.

So an entry may be changed in place: what held on each earlier day is still known, and a case keeps the law under which
it was opened. Source: clause 3.4.3 (rules are adjusted in time).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from string import Formatter
from typing import Any, TypeVar

from msgspec import structs

from workflows.regulation.entries import ELAPSED, Explanation, Figure, Part, Period, Term
from workflows.regulation.errors import RulebookError, Words, labelled
from workflows.regulation.rulebook import Rulebook
from workflows.regulation.shelf import Shelf
from workflows.regulation.text import LANGUAGES

Kept = TypeVar("Kept", bound=Period)
Told = TypeVar("Told", Part, Term, Explanation)
ONE_DAY = timedelta(days=1)
EXPLANATION, FIGURE = Words("explanation"), Words("figure")

ASKED_FOR = ("figures", "numbered", "party_kinds", "anomalies", "liabilities", "remedy_kinds", "credit_methods",
             "order_fields")  # fmt: skip
"""What the program asks for by name, on any day."""
CLOSED = ("party_kinds", "anomalies")
"""What the program has to know to work with it: a release adds to them."""


def shelves(book: Rulebook) -> dict[str, Shelf[Any]]:
    """Return the shelves of a rulebook by their names."""
    return {name: shelf for name, shelf in vars(book).items() if isinstance(shelf, Shelf)}


def succeeded(old: Rulebook, new: Rulebook, since: date, *, begun: bool = True) -> Rulebook:
    """Return the rulebook that says what `old` says of every day before `since`, and what `new` says of those after.

    What has no day of its own (headings, sentences, the version) is that of `new` once its day has `begun`. Nothing is
    forgotten: an entry that `new` does not have goes on.
    """
    theirs = shelves(new)
    joined: dict[str, Any] = {name: _followed(shelf, theirs[name], since) for name, shelf in shelves(old).items()}
    first, then = (old, new) if begun else (new, old)
    return replace(then, **joined, **_dateless(first, then))


def completed(book: Rulebook, release: Rulebook) -> Rulebook:
    """Return the rulebook with what only the release's has: the program has come to ask for it."""
    added: dict[str, Any] = {}
    for name, shelf in shelves(release).items():
        known = {shelf.key(entry) for entry in getattr(book, name).versions}
        if more := [entry for entry in shelf.versions if shelf.key(entry) not in known]:
            added[name] = Shelf(shelf.file, (*getattr(book, name).versions, *more), shelf.key)
    texts = {name: value for name, value in _dateless(release, book).items() if len(value) > len(getattr(book, name))}
    if not added and not texts:
        return book
    return replace(book, version=f"{book.version}+{release.version}", **added, **texts)


def as_of(book: Rulebook, today: date) -> Rulebook:
    """Return the rulebook for which "now" is a day: what was not asked for with a day is answered as on this one."""
    dated: dict[str, Any] = {
        name: Shelf(shelf.file, shelf.versions, shelf.key, today) for name, shelf in shelves(book).items()
    }
    return replace(book, **dated)


def _followed(old: Shelf[Kept], new: Shelf[Kept], since: date) -> Shelf[Kept]:
    earlier, later = _by_key(old), _by_key(new)
    versions: list[Kept] = []
    for key in dict.fromkeys((*later, *earlier)):
        if key in later:
            versions += _succeeding(earlier.get(key, []), later[key], since)
        else:
            versions += earlier[key]
    return Shelf(old.file, versions, old.key)


def _by_key(shelf: Shelf[Kept]) -> dict[str, list[Kept]]:
    found: dict[str, list[Kept]] = {}
    for entry in shelf.versions:
        found.setdefault(shelf.key(entry), []).append(entry)
    return found


def _succeeding(old: list[Kept], new: list[Kept], since: date) -> Iterator[Kept]:
    """Yield the versions of one entry: the old ones up to the day, then those that the new rulebook has from it on.

    What both say is not cut in two, so that people still read since when it holds.
    """
    before = [entry if entry in new else _ended(entry, since) for entry in old if entry.in_force_from < since]
    yield from before
    held = [entry for entry in new if entry.in_force(since)]
    if held and (now := max(held, key=lambda entry: entry.in_force_from)) not in before:
        yield structs.replace(now, in_force_from=since)
    yield from (entry for entry in new if entry.in_force_from > since)


def _ended(entry: Kept, since: date) -> Kept:
    last = since - ONE_DAY
    until = entry.in_force_until
    return structs.replace(entry, in_force_until=last if until is None else min(until, last))


def _dateless(first: Rulebook, then: Rulebook) -> dict[str, Any]:
    """Return headings, terms and sentences of both; where both have one, that of `then`."""
    return {
        "headings": _over(first.headings, then.headings, lambda each: each.number),
        "terms": _over(first.terms, then.terms, lambda each: each.key),
        "explanations": _over(first.explanations, then.explanations, lambda each: (each.clause, each.key)),
    }


def _over(first: Iterable[Told], then: Iterable[Told], key: Callable[[Told], Any]) -> tuple[Told, ...]:
    return tuple(({key(each): each for each in first} | {key(each): each for each in then}).values())


# --- what a new one may change -------------------------------------------------------------------------------------


def verify(standing: Rulebook, new: Rulebook, since: date) -> None:
    """Raise RulebookError for the first thing that the program, or a case opened earlier, would look for in vain."""
    for name, shelf in shelves(standing).items():
        _nothing_lost(name, shelf, getattr(new, name), since)
    _none_lost("clauses/", Words("heading"), *({each.number for each in book.headings} for book in (standing, new)))
    _none_lost("terms.toml", Words("term"), *({each.key for each in book.terms} for book in (standing, new)))
    sentences = {(each.clause, each.key): each for each in new.explanations}
    for each in standing.explanations:
        now = sentences.get((each.clause, each.key))
        if now is None:
            raise _lost("explanations.toml", labelled(EXPLANATION, f"{each.clause} {each.key}"))
        if unknown := _blanks(now) - _blanks(each):
            entry = labelled(EXPLANATION, each.key)
            raise RulebookError("explanations.toml", entry, "nothing fills {%(name)s}", name=min(unknown))
    for figure in standing.figures.on(since):
        for version in new.figures.versions:
            if version.key == figure.key:
                _counts_alike(figure, version)


def _nothing_lost(name: str, old: Shelf[Any], new: Shelf[Any], since: date) -> None:
    known, there = {old.key(entry) for entry in old.versions}, {new.key(entry) for entry in new.versions}
    for key in sorted(known - there):
        raise _lost(old.file, key)
    if name in CLOSED and there - known:
        raise RulebookError(new.file, min(there - known), "the program does not know it: only a release can add it")
    if name not in ASKED_FOR:
        return
    for entry in old.on(since):
        held = new.find(old.key(entry), since)
        last = max((each for each in new.versions if new.key(each) == old.key(entry)), key=lambda e: e.in_force_from)
        if held is None or last.in_force_until is not None:
            raise RulebookError(
                new.file, old.key(entry), "must hold from %(day)s on without an end: it is asked for", day=since
            )


def _none_lost(file: str, kind: Words, before: set[str], after: set[str]) -> None:
    if gone := before - after:
        raise _lost(file, labelled(kind, min(gone)))


def _lost(file: str, entry: str) -> RulebookError:
    return RulebookError(file, entry, "is missing: earlier cases cite it. Leave it, and end it by in_force_until")


def _counts_alike(old: Figure, new: Figure) -> None:
    entry = labelled(FIGURE, new.key)
    if (old.unit in ELAPSED) != (new.unit in ELAPSED) or (old.unit not in ELAPSED and old.unit != new.unit):
        raise RulebookError(
            "figures.toml", entry, "counts in %(unit)s; the program needs %(needed)s", unit=new.unit, needed=old.unit
        )
    if len(old.values) == 1 and len(new.values) > 1:
        raise RulebookError("figures.toml", entry, "is one number and no list")


def _blanks(sentence: Explanation) -> set[str]:
    texts = (sentence.text.in_(language) for language in LANGUAGES)
    return {name for text in texts for _, name, _, _ in Formatter().parse(text) if name is not None}
