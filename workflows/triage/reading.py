"""Reading a complaint: what went wrong, who answers for it, how sure that is, and which words say so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workflows.regulation import book
from workflows.triage import deciding, emergencies, facts, language, lexicon, scoring
from workflows.triage.normalising import Folded, fold
from workflows.triage.passages import OWN, Passage, passages, readable

MOST_REASONS = 6


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
class Reading:
    """What a complaint says. `confidence` is the calibrated probability of the responsible party, 0 to 1.

    With `needs_person` the anomaly is a suggestion only; `why_person` is a code of data/person.toml and
    `missing` names the facts of the order that would settle it.
    """

    language: str
    anomaly: str
    responsible_party: str | None
    confidence: float
    needs_person: bool
    why_person: str | None
    emergency: bool
    emergency_reasons: tuple[str, ...]
    others: tuple[tuple[str, float], ...]
    reasons: tuple[Reason, ...]
    missing: tuple[str, ...]
    model_version: str

    def to_json(self) -> dict[str, Any]:
        """Return what `POST /classify` answers."""
        return {
            "anomaly": self.anomaly,
            "responsible_party": self.responsible_party,
            "confidence": self.confidence,
            "needs_person": self.needs_person,
            "why_person": self.why_person,
            "emergency": self.emergency,
            "others": [{"anomaly": anomaly, "confidence": share} for anomaly, share in self.others],
            "reasons": [reason.to_json() for reason in self.reasons],
        }


def read(
    text: str,
    *,
    language: str | None = None,
    claimed: str | None = None,
    danger: bool = False,
    order: Mapping | None = None,
    events: Sequence[Mapping] = (),
) -> Reading:
    """Return the reading of a complaint.

    `language` and `claimed` are what the form was told, `danger` that somebody may be hurt; `order` and
    `events` are as in `/checks`. Facts decide the party where they exist. Source: clauses 2.2.1, 2.2.2.
    """
    return _Reader(text, language, claimed, danger, order, events).reading()


class _Reader:
    """One text on its way to a reading; each step leaves what it found."""

    def __init__(
        self,
        text: str,
        hint: str | None,
        claimed: str | None,
        danger: bool,
        order: Mapping | None,
        events: Sequence[Mapping],
    ) -> None:
        self.original = text
        self.claimed = claimed if claimed != "other" else None
        self.language = language.detect(text, hint=hint)
        self.family = {"zh-Hans": "zh", "zh-Hant": "zh", "en": "en"}.get(self.language)
        self.folded: Folded = fold(text)
        self.parts: tuple[Passage, ...] = passages(self.folded.text)
        self.own = readable(self.folded.text, self.parts, OWN)
        self.hits = lexicon.hits(self.own, self.family) if self.family else ()
        self.raised = emergencies.raised(self.own, self.family) if self.family else ()
        self.danger = danger
        self.facts = facts.gather(order, events)
        self.shares = scoring.likelihoods(self.hits)

    def reading(self) -> Reading:
        """Return the reading of all that was found."""
        text_anomaly = self._likeliest(self.shares)
        anomaly = self.facts.anomalies[0] if self.facts.anomalies else text_anomaly
        seen = self._evidence(anomaly, text_anomaly)
        why = deciding.why_person(seen)
        return Reading(
            language=self.language,
            anomaly=anomaly,
            responsible_party=_party(anomaly),
            confidence=self._confidence(anomaly, seen),
            needs_person=why is not None,
            why_person=why,
            emergency=self.danger or bool(self.raised),
            emergency_reasons=(("danger_reported",) if self.danger else ())
            + tuple(found.alarm.code for found in self.raised),
            others=self._others(anomaly),
            reasons=self._fact_reasons() + self._text_reasons(anomaly),
            missing=deciding.missing_facts(seen),
            model_version=deciding.thresholds()["model_version"],
        )

    def _evidence(self, anomaly: str, text_anomaly: str) -> deciding.Evidence:
        sentences = [part for part in self.parts if part.kind == OWN and self.own[part.start : part.end].strip()]
        parties: dict[str, float] = {}
        for key, share in self.shares.items():
            parties[_party(key) or ""] = parties.get(_party(key) or "", 0.0) + share
        return deciding.Evidence(
            anomaly=anomaly,
            parties=parties,
            family=self.family,
            length=len(self.own.split()) if self.family == "en" else len("".join(self.own.split())),
            only_asks=bool(sentences) and all(part.asks for part in sentences),
            cues=frozenset(hit.cue.name for hit in self.hits),
            danger=self.danger or any(found.alarm.person for found in self.raised),
            fact_anomalies=self.facts.anomalies,
            fact_party=_party(anomaly) if self.facts.anomalies else None,
            text_party=_party(text_anomaly),
            claim_party=_party(self.claimed) if self.claimed else None,
            on_the_way=self.facts.on_the_way,
            payment_known=self.facts.payment_known,
        )

    def _likeliest(self, shares: Mapping[str, float]) -> str:
        """Return the likeliest anomaly of the likeliest party, so that two of one party do not split its share."""
        return max(shares, key=lambda key: shares[key])

    def _confidence(self, anomaly: str, seen: deciding.Evidence) -> float:
        share = seen.parties.get(_party(anomaly) or "", 0.0)
        if len(self.facts.anomalies) == 1:
            share = 1 - (1 - share) / 10  # a fact is worth more than any wording, but it too may be mistaken
        return round(min(max(share, 0.0), 1.0), 3)

    def _others(self, anomaly: str) -> tuple[tuple[str, float], ...]:
        told = {key: share for key, share in self.shares.items() if key != anomaly and share >= 0.1}
        return tuple((key, round(share, 3)) for key, share in sorted(told.items(), key=lambda item: -item[1]))

    def _fact_reasons(self) -> tuple[Reason, ...]:
        return tuple(
            Reason(0, 0, "", fact.points_to, _clause(fact.points_to), fact=fact.text) for fact in self.facts.decisive
        )

    def _text_reasons(self, anomaly: str) -> tuple[Reason, ...]:
        told: dict[str, lexicon.Hit] = {}
        for hit in self.hits:
            told.setdefault(hit.cue.name, hit)
        ordered = sorted(told.values(), key=lambda hit: (hit.cue.points_to != anomaly, hit.start))
        return tuple(self._reason(hit) for hit in ordered[:MOST_REASONS])

    def _reason(self, hit: lexicon.Hit) -> Reason:
        start, end = self.folded.span(hit.start, hit.end)
        return Reason(start, end, self.original[start:end], hit.cue.points_to, _clause(hit.cue.points_to))


def _party(anomaly: str) -> str | None:
    """Return the kind of party that the liability table names. Source: clause 2.2.2."""
    liability = book.current().responsible(anomaly)
    return None if liability is None else liability.party_kind


def _clause(anomaly: str) -> str:
    """Return the clause that defines an anomaly."""
    return book.current().anomaly(anomaly).clause
