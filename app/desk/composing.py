"""What a page is filled with before a person writes: the merge fields of a reply."""

from __future__ import annotations

from app.cases.models import Case
from app.cases.service_letters import local
from workflows.procedure.clocks import ClockKind
from workflows.procedure.names import name


def merge_fields(case: Case, language: str) -> dict[str, str | None]:
    """Return the merge fields of a case; None where the case does not know."""
    resolution = next((clock for clock in case.clocks if clock.kind is ClockKind.RESOLUTION), None)
    person = next((party.name for party in case.parties if party.role == "complainant"), None)
    return {
        "name": person or name("side", "consumer", language),
        "number": case.number,
        "respondent": case.respondent.name if case.respondent else name("side", "respondent", language),
        "resolution_due": local(resolution.due_at, case.time_zone) if resolution else None,
    }
