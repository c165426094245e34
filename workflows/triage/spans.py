"""Which words of a text, and which facts of an order, speak for an anomaly."""

import re
from dataclasses import dataclass
from typing import Any

from workflows.regulation import book
from workflows.triage.facts import Facts
from workflows.triage.features import Text
from workflows.triage.scoring import Model

MOST_REASONS = 6
LEAST_PULL = 0.15
LONGEST_WORDING = 80  # characters of folded text; a longer clause is told by the part around the find
_CLAUSE_END = re.compile(r"[,。.!?;:\n、]")


@dataclass(frozen=True)
class Reason:
    """Words of the original text at `start` to `end`, or a `fact` of the order (then there are no words)."""

    start: int
    end: int
    text: str
    points_to: str
    clause: str
    fact: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the reason as `/classify` shows it."""
        words = {"start": self.start, "end": self.end, "text": self.text, "points_to": self.points_to}
        return words if self.fact is None else words | {"fact": self.fact}


@dataclass(frozen=True)
class _Find:
    """A stretch of folded text that speaks for an anomaly, and how strongly."""

    start: int
    end: int
    points_to: str
    pull: float


def of_facts(facts: Facts) -> tuple[Reason, ...]:
    """Return a reason for each fact that decides a party."""
    return tuple(Reason(0, 0, "", fact.points_to, clause_of(fact.points_to), fact.text) for fact in facts.decisive)


def of_text(text: Text, model: Model, anomaly: str) -> tuple[Reason, ...]:
    """Return the clauses that speak most for `anomaly`, then those for others; single words where no cue is."""
    finds = _cued(text, model)
    if not any(find.points_to == anomaly for find in finds):
        finds += _worded(text, model, anomaly)
    finds.sort(key=lambda find: (find.points_to != anomaly, -find.pull, find.start))
    kept: list[_Find] = []
    for find in finds:
        if not any(find.start < other.end and other.start < find.end for other in kept):
            kept.append(find)
    return tuple(_reason(text, find) for find in kept[:MOST_REASONS])


def _cued(text: Text, model: Model) -> list[_Find]:
    """Return the clause around each cue that the weights take to speak for its anomaly."""
    finds = []
    for hit in text.hits:
        pull = model.pull(f"c:{hit.cue.name}", hit.cue.points_to)
        if pull >= LEAST_PULL:
            start, end = _clause(text.own, hit.start, hit.end)
            finds.append(_Find(start, end, hit.cue.points_to, pull))
    return finds


def _worded(text: Text, model: Model, anomaly: str) -> list[_Find]:
    """Return the clauses around the two strings of letters that speak most for `anomaly`."""
    pulls = {string: model.pull(string, anomaly) for string in text.strings}
    best = sorted((string for string in pulls if pulls[string] > 0), key=lambda string: (-pulls[string], string))
    places = ((string, text.own.find(string)) for string in best)
    found = [(string, at) for string, at in places if at >= 0][:2]
    return [_Find(*_clause(text.own, at, at + len(string)), anomaly, pulls[string]) for string, at in found]


def _clause(own: str, start: int, end: int) -> tuple[int, int]:
    """Return the bounds of the clause around a find, without blanks at its ends, and never too long."""
    before = [stop.end() for stop in _CLAUSE_END.finditer(own, max(0, start - LONGEST_WORDING), start)]
    after = _CLAUSE_END.search(own, end)
    first = before[-1] if before else max(0, start - LONGEST_WORDING // 2)
    last = after.start() if after else len(own)
    if last - first > LONGEST_WORDING:
        first, last = start, min(end, start + LONGEST_WORDING)
    while first < start and own[first].isspace():
        first += 1
    while last > first + 1 and own[last - 1].isspace():
        last -= 1
    return first, last


def _reason(text: Text, find: _Find) -> Reason:
    first, last = text.folded.span(find.start, find.end)
    return Reason(first, last, text.original[first:last], find.points_to, clause_of(find.points_to))


def clause_of(anomaly: str) -> str:
    """Return the clause that defines an anomaly."""
    return book.current().anomaly(anomaly).clause
