"""Who answers for what: a proposal from the anomalies of a case and the findings on its facts.

The table names one party for each anomaly; a finding names the party that broke a clause. A person decides.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Protocol

from msgspec import Struct

from workflows.regulation.rulebook import Rulebook

OTHER = "other"


class Judged(Protocol):
    """A finding, fresh from the rule engine or as a case keeps it."""

    @property
    def clause(self) -> str: ...

    @property
    def verdict(self) -> str: ...

    @property
    def liable(self) -> str | None: ...

    @property
    def facts(self) -> dict[str, Any]: ...


class Answerable(Struct, frozen=True):
    """One party and what it answers for: anomalies by the table, and clauses that the findings say it broke."""

    party_kind: str
    anomalies: tuple[str, ...]
    clauses: tuple[str, ...]
    principal: bool


class Proposal(Struct, frozen=True):
    """Who answers, the principal party first. `needs_person` with the reasons why nobody should be told yet."""

    parties: tuple[Answerable, ...]
    why_person: tuple[str, ...]

    @property
    def needs_person(self) -> bool:
        """Return whether a person has to confirm before a party is told."""
        return bool(self.why_person)


def propose(
    anomaly: str,
    findings: Iterable[Judged],
    rulebook: Rulebook,
    *,
    others: Sequence[str] = (),
    on: date | None = None,
) -> Proposal:
    """Return who answers for the principal anomaly, the other ones, and what the findings show.

    `why_person` holds "no_party_by_table" when the principal anomaly names nobody, and "findings_name_another"
    when clauses were broken, but none by the party that the table names.

    Source: clause 2.2.2. Raises: NotInRulebook for an unknown anomaly.
    """
    liable: dict[str, tuple[list[str], list[str]]] = {}
    named = []
    for each in dict.fromkeys((anomaly, *others)):
        row = rulebook.responsible(each, on)
        if row:
            named.append((each, row))
            held = liable.setdefault(row.party_kind, ([], []))
            held[0].append(each)
            held[1].append(row.clause)
    principal = named[0][1].party_kind if named and named[0][0] == anomaly else None
    broken = [finding for finding in findings if finding.verdict == "breach" and finding.liable]
    for finding in broken:
        clauses = liable.setdefault(str(finding.liable), ([], []))[1]
        if finding.clause not in clauses:
            clauses.append(finding.clause)
    parties = tuple(
        Answerable(kind, tuple(anomalies), tuple(clauses), kind == principal)
        for kind, (anomalies, clauses) in liable.items()
    )
    return Proposal(parties, tuple(_doubts(principal, broken)))


def _doubts(principal: str | None, broken: Sequence[Judged]) -> Iterable[str]:
    if principal is None:
        yield "no_party_by_table"
    elif broken and all(finding.liable != principal for finding in broken):
        yield "findings_name_another"
