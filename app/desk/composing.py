"""What a page is filled with before a person writes: merge fields of a reply, remedies worth proposing."""

from __future__ import annotations

from collections.abc import Sequence

from app.cases import queries
from app.cases.models import Case
from app.cases.service_letters import local
from workflows.procedure.clocks import ClockKind
from workflows.procedure.names import name
from workflows.procedure.remedies import Suggestion, suggest
from workflows.regulation import book


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


def suggestions(case: Case) -> Sequence[Suggestion]:
    """Return remedies worth proposing, from the anomaly and the findings: a proposal to people, never a verdict."""
    price = case.order_facts.get("goods_total_minor") or case.amount_minor
    return suggest(
        case.anomaly or "other", queries.findings(case), book.current(), price_minor=price, on=case.law_as_of
    )
