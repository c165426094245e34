"""Who answers for what, and what might put it right: a proposal to people from anomaly and findings, never a verdict.

It rests on the facts alone and knows no offer, so that judges may see it too. Source: clauses 2.2.2 and 2.2.3.3.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from app.cases.models import Case, Finding
from workflows.procedure import liability, remedies
from workflows.procedure.liability import Proposal
from workflows.procedure.remedies import Suggestion
from workflows.regulation import book


class Proposed(Struct, frozen=True):
    """Who answers, and remedies with a range of sums, each with its clause."""

    liability: Proposal
    remedies: Sequence[Suggestion]


def proposed(case: Case, findings: Sequence[Finding]) -> Proposed:
    """Return what the table and the findings propose for a case under the rules of its day."""
    rules, on, anomaly = book.current(), case.law_as_of, case.anomaly or "other"
    others = [each["anomaly"] for each in case.others]
    price = case.order_facts.get("goods_total_minor") or case.amount_minor
    return Proposed(
        liability.propose(anomaly, findings, rules, others=others, on=on),
        remedies.suggest(anomaly, findings, rules, price_minor=price, on=on),
    )
