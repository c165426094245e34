"""What the rule engine finds: one clause, whether it was kept, who answers, why, from which facts and limit."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from msgspec import Struct, field

from workflows.regulation import wording
from workflows.regulation.entries import Figure
from workflows.regulation.text import LANGUAGES, Text3


class Verdict(StrEnum):
    """How a clause fared; the later, the graver."""

    KEPT = "kept"
    OUT_OF_TIME = "out_of_time"  # the consumer acted after the window, so nothing was owed
    MISSING_FACTS = "missing_facts"
    NEEDS_PERSON = "needs_person"
    BREACH = "breach"


GRAVITY = {verdict: place for place, verdict in enumerate(Verdict)}


class Finding(Struct, frozen=True):
    """One clause judged from the facts. `liable` is a kind of party, None where nobody owes anything."""

    clause: str
    verdict: Verdict
    liable: str | None
    explanation: Text3
    facts: dict[str, Any] = field(default_factory=dict)
    limit: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return the finding as the public contract shows it."""
        return {
            "clause": self.clause,
            "verdict": str(self.verdict),
            "liable": self.liable,
            "explanation": self.explanation.as_dict(),
            "facts": self.facts,
            "limit": self.limit,
        }


FINDING_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "clause": {"type": "string"},
        "verdict": {"type": "string", "enum": [str(verdict) for verdict in Verdict]},
        "liable": {"type": ["string", "null"]},
        "explanation": {"type": "object", "properties": {language: {"type": "string"} for language in LANGUAGES}},
        "facts": {"type": "object"},
        "limit": {"type": "object"},
    },
    "required": ["clause", "verdict", "liable", "explanation", "facts", "limit"],
}


class Money(Struct, frozen=True):
    """A sum in minor units."""

    amount_minor: int
    currency: str


class Limit(Struct, frozen=True):
    """A figure laid on the facts: until when, or at most how much. `last_day` is set for civil days."""

    figure: Figure
    ends_at: datetime | None = None
    last_day: date | None = None
    most: Money | None = None

    def allows(self, at: datetime) -> bool:
        """Return whether an act at that instant is in time; the very end still is."""
        return self.ends_at is None or at <= self.ends_at

    def late(self, at: datetime) -> timedelta:
        """Return by how much an instant is past the end; zero when it is in time."""
        return max(at - self.ends_at, timedelta()) if self.ends_at else timedelta()

    @property
    def words(self) -> Text3:
        """Return the figure in words."""
        return wording.figure(self.figure)
