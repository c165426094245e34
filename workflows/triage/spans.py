"""Which words of a text, and which facts of an order, speak for an anomaly."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from workflows.regulation import book
from workflows.triage.facts import Facts
from workflows.triage.features import Text
from workflows.triage.scoring import ANOMALIES, Model

MOST_REASONS = 6
LEAST_PULL = 0.15
LONGEST_WORDING = 80  # characters of folded text; a longer clause is told by the part around the find
_CLAUSE_END = re.compile(r"[,。!?;:\n、]|\.(?!\d)")


class Reason(Struct, frozen=True):
    """Words of the original text at `start` to `end`, or a `fact` of the order (then there are no words)."""

    start: int
    end: int
    text: str
    points_to: str
    clause: str
    fact: str | None = None
    without: str | None = None
    """The anomaly that would be read without these words, where that is another one."""

    def to_json(self) -> dict[str, Any]:
        """Return the reason as `/classify` shows it."""
        words = {"start": self.start, "end": self.end, "text": self.text, "points_to": self.points_to}
        more = {"fact": self.fact, "without": self.without}
        return words | {name: value for name, value in more.items() if value is not None}


class _Find(Struct, frozen=True):
    """A stretch of folded text that speaks for an anomaly, and how strongly."""

    start: int
    end: int
    points_to: str
    pull: float
    features: tuple[str, ...] = ()


def of_facts(facts: Facts) -> tuple[Reason, ...]:
    """Return a reason for each fact that decides a party."""
    return tuple(Reason(0, 0, "", fact.points_to, clause_of(fact.points_to), fact.text) for fact in facts.decisive)


def of_text(text: Text, model: Model, anomaly: str, found: Mapping[str, float]) -> tuple[Reason, ...]:
    """Return the clauses that speak most for `anomaly`, then those for others; single words where no cue is.

    `found` holds the features of the text; with them each reason says what would be read without its words.
    """
    finds = _cued(text, model)
    if not any(find.points_to == anomaly for find in finds):
        finds += _worded(text, model, anomaly)
    finds.sort(key=lambda find: (find.points_to != anomaly, -find.pull, find.start))
    kept: list[_Find] = []
    for find in finds:
        if not any(find.start < other.end and other.start < find.end for other in kept):
            kept.append(find)
    sums = model.sums(found)
    return tuple(_reason(text, find, _without(model, sums, found, find, anomaly)) for find in kept[:MOST_REASONS])


def _without(model: Model, sums: Sequence[float], found: Mapping[str, float], find: _Find, anomaly: str) -> str | None:
    """Return what would be read if the words of `find` were not there, None where that is the same."""
    left = list(sums)
    for feature in find.features:
        for k, weight in enumerate(model.anomaly.get(feature, ())):
            left[k] -= weight * found.get(feature, 0.0)
    best = ANOMALIES[max(range(len(left)), key=left.__getitem__)]
    return best if best != anomaly else None


def _cued(text: Text, model: Model) -> list[_Find]:
    """Return the clause around each cue that the weights take to speak for its anomaly."""
    finds = []
    for hit in text.hits:
        pull = model.pull(f"c:{hit.cue.name}", hit.cue.points_to)
        if pull >= LEAST_PULL:
            start, end = _clause(text.own, hit.start, hit.end)
            features = (f"c:{hit.cue.name}", f"f:{hit.cue.name}")
            finds.append(_Find(start, end, hit.cue.points_to, pull, features))
    return finds


def _worded(text: Text, model: Model, anomaly: str) -> list[_Find]:
    """Return the clauses around the two strings of letters that speak most for `anomaly`."""
    pulls = {string: model.pull(string, anomaly) for string in text.strings}
    best = sorted((string for string in pulls if pulls[string] > 0), key=lambda string: (-pulls[string], string))
    places = ((string, text.own.find(string)) for string in best)
    found = [(string, at) for string, at in places if at >= 0][:2]
    return [_Find(*_clause(text.own, at, at + len(string)), anomaly, pulls[string], (string,)) for string, at in found]


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


def _reason(text: Text, find: _Find, without: str | None) -> Reason:
    first, last = text.folded.span(find.start, find.end)
    clause = clause_of(find.points_to)
    return Reason(first, last, text.original[first:last], find.points_to, clause, without=without)


def clause_of(anomaly: str) -> str:
    """Return the clause that defines an anomaly."""
    return book.current().anomaly(anomaly).clause
