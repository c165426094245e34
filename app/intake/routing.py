"""Who a new complaint goes to: by the reading where it is sure, to a person where it is not."""

from __future__ import annotations

from datetime import date
from typing import Any

from msgspec import Struct

from app.intake.commands import Submission
from app.organisations import queries as organisations
from app.organisations.models import Organisation, PartyKind
from workflows.procedure.errors import Invalid
from workflows.regulation import book
from workflows.triage import deciding
from workflows.triage.reading import Reading


class Route(Struct, frozen=True):
    """What triage proposes. `status` is confirmed, proposed or needs_person; only a confirmed one reaches a company."""

    anomaly: str
    status: str
    kind: PartyKind | None
    respondent: Organisation | None
    others: list[dict[str, Any]]

    @property
    def sure(self) -> bool:
        return self.status == "confirmed" and self.respondent is not None


def of(submission: Submission, reading: Reading, *, on: date) -> Route:
    """Return the route of a complaint. Source: clause 2.2.2 (the liability table in force on that day).

    Raises Invalid for an organisation id that nobody has.
    """
    status = _status(reading)
    kind = _answers_for(reading.anomaly, on) if status != "needs_person" else None
    named = _named(submission)
    respondent = _responsible(named, kind, submission) if status == "confirmed" else named
    others = [
        {"anomaly": anomaly, "confidence": share, "responsible_party": _answers_for(anomaly, on)}
        for anomaly, share in reading.others
    ]
    return Route(reading.anomaly, status, kind, respondent, others)


def _status(reading: Reading) -> str:
    """Return how far the reading may be trusted; one that a person must look at can still be a good proposal."""
    if reading.anomaly == "other" or (reading.needs_person and reading.confidence < deciding.thresholds()["route_at"]):
        return "needs_person"
    return "proposed" if reading.needs_person else "confirmed"


def _answers_for(anomaly: str, on: date) -> PartyKind | None:
    row = book.current().responsible(anomaly, on=on)
    return PartyKind(row.party_kind) if row else None


def _named(submission: Submission) -> Organisation | None:
    respondent = submission.respondent
    if respondent is None:
        return None
    if respondent.organisation_id is not None:
        if (found := organisations.by_id(respondent.organisation_id)) is None:
            raise Invalid("organisation_unknown", pointer="/respondent/organisation_id")
        return found
    return organisations.by_name(respondent.name) if respondent.name else None


def _responsible(named: Organisation | None, kind: PartyKind | None, submission: Submission) -> Organisation | None:
    """Return the company that answers, where it is beyond doubt.

    The complainant names the shop as a rule. So a shop that is not registered is never taken for the only one that is.
    """
    if kind is None or (named is not None and named.kind is kind):
        return named if kind else None
    written = submission.respondent is not None and bool(submission.respondent.name)
    if kind is PartyKind.MERCHANT and (written or named is not None):
        return None
    return organisations.only_one_of(kind)
