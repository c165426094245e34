"""Which words of a text, and which facts of an order, speak for an anomaly."""

from dataclasses import dataclass
from typing import Any

from workflows.regulation import book
from workflows.triage.facts import Facts
from workflows.triage.features import Text
from workflows.triage.lexicon import Hit
from workflows.triage.scoring import Model

MOST_REASONS = 6
LEAST_PULL = 0.15
LONGEST_WORDING = 80  # characters; a longer find is told by its beginning


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


def of_facts(facts: Facts) -> tuple[Reason, ...]:
    """Return a reason for each fact that decides a party."""
    return tuple(Reason(0, 0, "", fact.points_to, clause_of(fact.points_to), fact.text) for fact in facts.decisive)


def of_text(text: Text, found: dict[str, float], model: Model, anomaly: str) -> tuple[Reason, ...]:
    """Return the words that speak most for `anomaly`, then those for others; strings of letters where no cue is."""
    told: dict[str, tuple[float, Hit]] = {}
    for hit in text.hits:
        told.setdefault(hit.cue.name, (model.pull(f"c:{hit.cue.name}", hit.cue.points_to), hit))
    strong = [(pull, hit) for pull, hit in told.values() if pull >= LEAST_PULL]
    strong.sort(key=lambda item: (item[1].cue.points_to != anomaly, -item[0]))
    reasons = [_reason(text, hit.start, hit.end, hit.cue.points_to) for _, hit in strong]
    if not any(reason.points_to == anomaly for reason in reasons):
        reasons = _of_strings(text, found, model, anomaly) + reasons
    return tuple(reasons[:MOST_REASONS])


def _of_strings(text: Text, found: dict[str, float], model: Model, anomaly: str) -> list[Reason]:
    """Return the two strings of letters that speak most for `anomaly`."""
    pulls = {string: found[string] * model.pull(string, anomaly) for string in text.strings if string in found}
    best = sorted((string for string in pulls if pulls[string] > 0), key=lambda string: (-pulls[string], string))
    places = ((text.own.find(string), len(string)) for string in best)
    return [_reason(text, at, at + length, anomaly) for at, length in places if at >= 0][:2]


def _reason(text: Text, start: int, end: int, points_to: str) -> Reason:
    first, last = text.folded.span(start, min(end, start + LONGEST_WORDING))
    return Reason(first, last, text.original[first:last], points_to, clause_of(points_to))


def clause_of(anomaly: str) -> str:
    """Return the clause that defines an anomaly."""
    return book.current().anomaly(anomaly).clause
