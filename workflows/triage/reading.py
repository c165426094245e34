"""Reading a complaint: what went wrong, who answers for it, how sure that is, and which words say so."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from workflows.regulation import book
from workflows.triage import approved, deciding, emergencies, facts, language, scoring, spans
from workflows.triage.features import Text, alarm_features, features, prepare, witnessed
from workflows.triage.said import Said, said
from workflows.triage.scoring import Model
from workflows.triage.spans import Reason

__all__ = ["Reading", "Reason", "read"]


class Reading(Struct, frozen=True):
    """What a complaint says. `confidence` is the calibrated probability of the responsible party, 0 to 1.

    With `needs_person` the anomaly is a suggestion only; `why_person` is a code of data/person.toml and
    `missing` names the facts of the order that would settle it, `would_change` says to what they, or the like,
    would lead. `said` is what the text asks for and names beside.
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
    would_change: tuple[facts.Fact, ...]
    said: Said
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
            "would_change": [
                {"fact": fact.text, "anomaly": fact.points_to, "responsible_party": party_of(fact.points_to)}
                for fact in self.would_change
            ],
            "said": self.said.to_json(),
        }


def read(
    text: str,
    *,
    language: str | None = None,
    claimed: str | None = None,
    danger: bool = False,
    order: Mapping | None = None,
    events: Sequence[Mapping] = (),
    model: Model | None = None,
) -> Reading:
    """Return the reading of a complaint.

    `language` and `claimed` are what the form was told, `danger` that somebody may be hurt; `order` and
    `events` are as in `/checks`. Facts decide the party where they exist. `model` is another one than
    the one in use, to compare. Source: clauses 2.2.1, 2.2.2.
    """
    told = _Told(text, language, claimed, danger, facts.gather(order, events))
    return _Reader(told, model or approved.model()).reading()


class _Told(Struct, frozen=True):
    """What came in: the text, what the form was told beside it, and the facts of the order."""

    text: str
    language: str | None
    claimed: str | None
    danger: bool
    facts: facts.Facts


class _Reader:
    """One text on its way to a reading; each step leaves what it found."""

    def __init__(self, told: _Told, model: Model) -> None:
        self.model = model
        self.language = language.detect(told.text, hint=told.language)
        self.text: Text = prepare(told.text, language.family(self.language))
        self.claimed = told.claimed if told.claimed in scoring.ANOMALIES and told.claimed != "other" else None
        self.danger_told = told.danger
        self.facts = told.facts
        self.found = features(self.text) if self.text.family else {}
        self.shares = self._shares()
        self.parties = _by_party(self.shares)

    def _shares(self) -> dict[str, float]:
        """Return the probability of each anomaly; the consumer's own choice counts a little."""
        if self.text.family is None:
            return dict.fromkeys(scoring.ANOMALIES, 0.0) | {self.claimed or "other": 1.0}
        shares = self.model.likelihoods(self.found)
        if self.claimed is None:
            return shares
        return scoring.favour(shares, self.claimed, scoring.thresholds()["claim_bonus"])

    def reading(self) -> Reading:
        """Return the reading of all that was found."""
        text_anomaly = self._likeliest()
        anomaly = self.facts.anomalies[0] if self.facts.anomalies else text_anomaly
        alarm = self._alarm()
        seen = self._evidence(anomaly, text_anomaly, danger=alarm.danger)
        why = deciding.why_person(seen)
        missing = deciding.missing_facts(seen)
        return Reading(
            language=self.language,
            anomaly=anomaly,
            responsible_party=seen.party,
            confidence=self._confidence(seen),
            needs_person=why is not None,
            why_person=why,
            emergency=bool(alarm.codes),
            emergency_reasons=alarm.codes,
            others=self._others(anomaly),
            reasons=spans.of_facts(self.facts) + spans.of_text(self.text, self.model, anomaly, self.found),
            missing=missing,
            would_change=() if self.facts.decisive else facts.settling(anomaly, missing),
            said=said(self.text),
            model_version=self.model.version,
        )

    def _likeliest(self) -> str:
        """Return the likeliest anomaly of the likeliest party: two of one party do not split its share."""
        best = max(self.parties, key=lambda party: self.parties[party])
        return max((key for key in self.shares if party_of(key) == best), key=lambda key: self.shares[key])

    def _hearsay(self, text_party: str | None) -> bool:
        """Return whether a company other than the merchant is named only by a seller or an agent who is quoted."""
        left = witnessed(self.text) if text_party not in (None, party_of("product_info_error")) else None
        if left is None:
            return False
        parties = _by_party(self.model.likelihoods(features(left)))
        return max(parties, key=lambda party: parties[party]) != text_party

    def _alarm(self) -> emergencies.Alarmed:
        share = self.model.alarm_share(alarm_features(self.text)) if self.text.family else 0.0
        return emergencies.judged(self.text.alarms, self.text.kinds, share, self.danger_told)

    def _evidence(self, anomaly: str, text_anomaly: str, *, danger: bool) -> deciding.Evidence:
        sentences = self.text.sentences
        return deciding.Evidence(
            anomaly=anomaly,
            party=party_of(anomaly),
            parties=self.parties,
            text_party=party_of(text_anomaly),
            fact_anomalies=self.facts.anomalies,
            claimed_party=party_of(self.claimed) if self.claimed else None,
            readable=self.text.family is not None,
            length=self.text.length,
            shortest=scoring.thresholds()["shortest"].get(self.text.family, 1),
            only_asks=bool(sentences) and all(part.asks for part in sentences),
            danger=danger,
            cues=frozenset(hit.cue.name for hit in self.text.hits),
            on_the_way=self.facts.on_the_way,
            payment_known=self.facts.payment_known,
            hearsay=self._hearsay(party_of(text_anomaly)),
        )

    def _confidence(self, seen: deciding.Evidence) -> float:
        share = self.parties.get(seen.party, 0.0)
        if len(seen.fact_anomalies) == 1:  # a fact is worth more than any wording, but may itself be mistaken
            share = 1 - (1 - share) * scoring.thresholds()["fact_share"]
        return round(min(share, scoring.thresholds()["most_sure"]), 3)

    def _others(self, anomaly: str) -> tuple[tuple[str, float], ...]:
        least = scoring.thresholds()["told_at"]
        told = {key: share for key, share in self.shares.items() if key != anomaly and share >= least}
        return tuple((key, round(share, 3)) for key, share in sorted(told.items(), key=lambda item: -item[1]))


def _by_party(shares: Mapping[str, float]) -> dict[str | None, float]:
    parties: dict[str | None, float] = {}
    for anomaly, share in shares.items():
        party = party_of(anomaly)
        parties[party] = parties.get(party, 0.0) + share
    return parties


def party_of(anomaly: str) -> str | None:
    """Return the kind of party that the liability table names. Source: clause 2.2.2."""
    liability = book.current().responsible(anomaly)
    return None if liability is None else liability.party_kind
