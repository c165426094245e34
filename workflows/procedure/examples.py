"""The worked examples of a rulebook: situations and the answers that a lawyer wrote down, worked out by its rules."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import reduce
from typing import Any

from workflows.procedure.checks.engine import check
from workflows.procedure.checks.facts import CheckRequest
from workflows.procedure.checks.listing import absolute_claims
from workflows.procedure.clocks import end_of_civil_day
from workflows.regulation.binding import EXAMPLES
from workflows.regulation.errors import Quoted, RulebookError, Words, labelled
from workflows.regulation.reading import Folder
from workflows.regulation.rulebook import Rulebook

FACTS = ("order", "events", "complaint_at", "time_zone")
MOST_TOLD = 10
"""What is told of one example: a page is read by people."""
Example = Mapping[str, Any]


def count(files: Mapping[str, str]) -> int:
    """Return how many examples there are. Raises: RulebookError."""
    return sum(len(rows) for rows in _tables(files).values())


def verify(book: Rulebook, files: Mapping[str, str]) -> None:
    """Raise RulebookError for the examples that come out otherwise, and for a checked clause that has none."""
    tables = _tables(files)
    wrong = [fault for kind, rows in tables.items() for fault in _faults(kind, rows, book)]
    if wrong:
        (name, found), more = wrong[0], len(wrong) - 1
        if more:
            found = Words("%(found)s (%(more)s more examples disagree)", found=found, more=more)
        raise RulebookError(EXAMPLES, name, found)
    shown = {each["clause"] for example in tables.get("check", ()) for each in example["expect"]}
    for clause in book.clauses():
        if clause.automation == "checked" and clause.number not in shown:
            entry = labelled(Words("clause"), clause.number)
            raise RulebookError(EXAMPLES, entry, "is checked and has no example")


def _faults(kind: str, rows: list[Example], book: Rulebook) -> Iterator[tuple[Words, Words]]:
    """Yield the name of each example that does not hold, and what comes out instead."""
    for place, example in enumerate(rows, 1):
        title = example.get("title") or example.get("anomaly") or example.get("clause", "")
        try:
            found = list(KINDS[kind](example, book))
        except Exception as mistake:  # whatever an example or a sentence can hold that nobody thought of
            found = [Words("cannot be worked out: %(mistake)s", mistake=Quoted(repr(mistake)))]
        if found:
            name = Words("%(kind)s %(place)s, %(title)s", kind=kind, place=place, title=title)
            yield name, reduce(_followed, found[:MOST_TOLD])


def _followed(first: Words, then: Words) -> Words:
    return Words("%(first)s; %(then)s", first=first, then=then)


def _tables(files: Mapping[str, str]) -> dict[str, list[Example]]:
    tables = Folder(files).tables(EXAMPLES)
    for kind, rows in tables.items():
        if kind not in KINDS or not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            known = ", ".join(f"[[{each}]]" for each in KINDS)
            raise RulebookError(EXAMPLES, kind, "is not one of %(known)s", known=known)
    return tables


def _check(example: Example, book: Rulebook) -> Iterator[Words]:
    request = CheckRequest.from_json({name: example[name] for name in FACTS if name in example})
    found = [(each.clause, str(each.verdict), each.liable) for each in check(request, book)]
    expected = [(each["clause"], each["verdict"], each.get("liable")) for each in example["expect"]]
    yield from (
        Words("the rules do not find %(finding)s", finding=_told(each)) for each in expected if each not in found
    )
    breaches = (each for each in found if each[1] == "breach" and each not in expected)
    yield from (Words("the rules find %(finding)s, which is not expected", finding=_told(each)) for each in breaches)


def _told(finding: tuple[str, str, str | None]) -> str:
    clause, verdict, liable = finding
    return f"{clause} {verdict}" + (f" ({liable})" if liable else "")


def _clock(example: Example, book: Rulebook) -> Iterator[Words]:
    figure, start = book.figure(example["figure"]), datetime.fromisoformat(example["starts_at"])
    if figure.unit == "civil_day":
        end = end_of_civil_day(start, figure.value, example.get("time_zone", "Asia/Shanghai"))
    else:
        end = start + figure.length
    if end != datetime.fromisoformat(example["ends_at"]):
        found, expected = end.isoformat(), example["ends_at"]
        yield Words("%(figure)s ends at %(end)s, not at %(expected)s", figure=figure.key, end=found, expected=expected)


def _liability(example: Example, book: Rulebook) -> Iterator[Words]:
    row = book.responsible(example["anomaly"])
    found = row.party_kind if row else None
    if found != example.get("responsible"):
        nobody = Words("nobody")
        yield Words(
            "the table names %(found)s, not %(expected)s",
            found=found or nobody, expected=example.get("responsible") or nobody,
        )  # fmt: skip


def _importance(example: Example, book: Rulebook) -> Iterator[Words]:
    cues = {key: value for key, value in example.items() if key not in ("anomaly", "answer")}
    found = book.importance(example["anomaly"], **cues)
    if found != example["answer"]:
        yield Words("it is %(found)s, not %(expected)s", found=found, expected=example["answer"])


def _wording(example: Example, book: Rulebook) -> Iterator[Words]:
    for text in example["texts"]:
        if bool(absolute_claims(text, book)) is not example["absolute"]:
            yield (
                Words("'%(text)s' is not absolute", text=text)
                if example["absolute"]
                else Words("'%(text)s' is absolute", text=text)
            )


KINDS: Mapping[str, Callable[[Example, Rulebook], Iterator[Words]]] = {
    "check": _check, "clock": _clock, "liability": _liability, "importance": _importance, "wording": _wording,
}  # fmt: skip
