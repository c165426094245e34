"""Whether the entries of a rulebook fit together: references, periods, limits that depend on each other."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from workflows.regulation.entries import Dated, Period
from workflows.regulation.errors import THE_FILE, NotInRulebook, RulebookError, Words, labelled
from workflows.regulation.rulebook import Rulebook
from workflows.regulation.shelf import Shelf

ANOMALY, CLAUSE, PARTY, PARTY_KIND, REMEDY = (
    Words("anomaly"), Words("clause"), Words("party"), Words("party kind"), Words("remedy"),
)  # fmt: skip
METHOD, GRADE = Words("method"), Words("grade")


def verify(book: Rulebook) -> None:
    """Raise RulebookError for the first entry that does not fit the others."""
    _headings(book)
    _once("terms.toml", Words("term"), [*(term.key for term in book.terms), *(party.key for party in book.party_kinds)])
    _once("explanations.toml", Words("explanation"), [f"{each.clause} {each.key}" for each in book.explanations])
    _once("categories.toml", Words("name"), _names((each.key, each.aliases) for each in book.categories))
    _once("order_fields.toml", Words("name"), _names((each.key, each.aliases) for each in book.order_fields))
    for shelf in (book.numbered, *_dated(book)):
        _periods(shelf)
    for shelf in _dated(book):
        _cited(book, shelf)
    _references(book)
    _liability(book)
    _limits(book)
    _credit(book)


def _dated(book: Rulebook) -> tuple[Shelf[Any], ...]:
    return tuple(shelf for shelf in vars(book).values() if isinstance(shelf, Shelf) and shelf is not book.numbered)


def _headings(book: Rulebook) -> None:
    headings = [part.number for part in book.headings]
    _once("clauses/", Words("part"), headings)
    for clause in book.numbered:
        if clause.part not in headings:
            entry = labelled(CLAUSE, clause.number)
            raise RulebookError("clauses/", entry, "its heading %(part)s is missing", part=clause.part)


def _names(entries: Iterable[tuple[str, tuple[str, ...]]]) -> list[str]:
    """Return every name that a key answers to; two keys must not answer to one name."""
    return sorted(name for name, _ in {(name.casefold(), key) for key, aliases in entries for name in (key, *aliases)})


def _once(file: str, kind: Words, keys: Iterable[str]) -> None:
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            raise RulebookError(file, labelled(kind, key), "stands there twice")
        seen.add(key)


def _periods(shelf: Shelf[Any]) -> None:
    dated: dict[str, list[Period]] = defaultdict(list)
    for entry in shelf.versions:
        dated[shelf.key(entry)].append(entry)
    for name, versions in dated.items():
        versions.sort(key=lambda entry: entry.in_force_from)
        for earlier, later in pairwise(versions):
            if earlier.in_force_from == later.in_force_from:
                raise RulebookError(shelf.file, name, "stands there twice from %(day)s", day=later.in_force_from)
            if earlier.in_force_until is not None and earlier.in_force_until >= later.in_force_from:
                raise RulebookError(shelf.file, name, "two periods overlap from %(day)s", day=later.in_force_from)


def _cited(book: Rulebook, shelf: Shelf[Any]) -> None:
    numbers = {clause.number for clause in book.numbered}
    entries: tuple[Dated, ...] = shelf.versions
    for entry in entries:
        if entry.clause not in numbers:
            key, number = shelf.key(entry), entry.clause
            raise RulebookError(shelf.file, key, "cites clause %(number)s, which does not exist", number=number)


def _references(book: Rulebook) -> None:
    anomalies = {anomaly.key for anomaly in book.anomalies}
    parties = {party.key for party in book.party_kinds}
    numbers = {clause.number for clause in book.numbered}
    for liability in book.liabilities.versions:
        _known("liability.toml", liability.anomaly, ANOMALY, [liability.anomaly], anomalies)
        _known("liability.toml", liability.anomaly, PARTY, [liability.party_kind], parties)
    for plan in book.plans.versions:
        _known("plans.toml", plan.key, ANOMALY, plan.anomalies, anomalies)
    for remedy in book.remedy_kinds.versions:
        _known("remedies.toml", remedy.key, ANOMALY, remedy.anomalies, anomalies)
    for proof in book.proofs.versions:
        _known("proof.toml", proof.key, ANOMALY, proof.anomalies, anomalies)
    remedies = {remedy.key for remedy in book.remedy_kinds}
    for usual in book.usual_remedies.versions:
        _known("usual_remedies.toml", usual.key, ANOMALY, [usual.anomaly], anomalies)
        _known("usual_remedies.toml", usual.key, REMEDY, [usual.remedy], remedies)
    for rule in book.importance_rules.versions:
        _known("importance.toml", rule.key, ANOMALY, rule.anomalies, anomalies)
    for sentence in book.explanations:
        _known("explanations.toml", sentence.key, CLAUSE, [sentence.clause], numbers)
    for breach in book.breaches.versions:
        _known("penalties.toml", breach.key, CLAUSE, breach.offends, numbers)
        _known("penalties.toml", breach.key, PARTY_KIND, [breach.liable] if breach.liable else [], parties)


def _known(file: str, entry: str, kind: Words, keys: Iterable[str], known: set[str]) -> None:
    for key in keys:
        if key not in known:
            raise RulebookError(file, entry, "names the %(kind)s '%(key)s', which does not exist", kind=kind, key=key)


def _liability(book: Rulebook) -> None:
    for anomaly in book.anomalies:
        liable = any(liability.anomaly == anomaly.key for liability in book.liabilities)
        if anomaly.key == "other" and liable:
            raise RulebookError("liability.toml", "other", "no party follows from the table for 'other'")
        if anomaly.key != "other" and not liable:
            raise RulebookError("liability.toml", anomaly.key, "has no responsible party")
        if not any(anomaly.key in plan.anomalies for plan in book.plans):
            raise RulebookError("plans.toml", anomaly.key, "has no emergency plan")


def _limits(book: Rulebook) -> None:
    """A case referred to the committee as late as allowed must still be decided in time. Source: clause 2.2.4.3."""
    for day in sorted({figure.in_force_from for figure in book.figures.versions}):
        try:
            _fits(book, day)
        except (NotInRulebook, ValueError) as missing:
            raise RulebookError("figures.toml", THE_FILE, missing.args[0]) from missing


LAST_HOUR = 23
DESKS_TO_WARN = 3
"""The mediator of the case, the lead, lead and supervisor: each warning goes to a higher desk."""


def _fits(book: Rulebook, day: date) -> None:
    way = ("committee_referral", "voting", "decision_writing")
    ends = sum((book.figure(key, on=day).length for key in way), timedelta())
    if ends > book.figure("resolution", on=day).length:
        raise RulebookError(
            "figures.toml", "voting", "from %(day)s referral, vote and writing pass the resolution limit", day=day
        )
    if book.figure("quorum", on=day).value > book.figure("panel_size", on=day).value:
        raise RulebookError("figures.toml", "quorum", "from %(day)s it is larger than the panel", day=day)
    if book.figure("panel_size", on=day).value % 2 == 0:
        raise RulebookError("figures.toml", "panel_size", "from %(day)s it is even, so votes could tie", day=day)
    for hour in ("quiet_begins", "quiet_ends"):
        if book.figure(hour, on=day).value > LAST_HOUR:
            raise RulebookError("figures.toml", hour, "from %(day)s it is no hour of the day", day=day)
    if len(book.figure("warnings", on=day).values) > DESKS_TO_WARN:
        raise RulebookError(
            "figures.toml", "warnings", "from %(day)s there are more of them than desks to warn", day=day
        )


def _credit(book: Rulebook) -> None:
    """Every score has a grade, and one only, on each day on which a method holds. Source: clause 1.2.3."""
    for day in sorted({each.in_force_from for shelf in (book.credit_methods, book.grades) for each in shelf.versions}):
        begins = [grade.from_score for grade in book.grades.on(day)]
        if len(set(begins)) != len(begins):
            raise RulebookError("credit.toml", GRADE, "from %(day)s two begin at the same score", day=day)
        if 0 not in begins:
            raise RulebookError("credit.toml", GRADE, "from %(day)s none begins at 0", day=day)
        if book.credit_methods.find("score", day) is None:
            raise RulebookError("credit.toml", labelled(METHOD, "score"), "is not there from %(day)s", day=day)
