"""What an amendment would have altered in the findings of past cases: worked out beside the web, nothing is changed."""

from __future__ import annotations

from typing import Any

from msgspec.structs import asdict

from app.cases.queries import facts_of_all
from app.core.db import session
from app.rulebook import queries
from app.rulebook.models import Amendment
from workflows.procedure.replay import Altered, altered
from workflows.regulation import approved
from workflows.regulation.approved import Edition

MOST_CASES = 20_000
MOST_NAMED = 20


def replayed(amendment_id: int) -> dict[str, Any]:
    """Return how the newest cases with facts would be judged from the amendment's day on, beside how without it.

    `changes` name the clause, the outcomes before and after (verdict and who is liable), how many cases, and some.
    """
    row = session().get_one(Amendment, amendment_id)
    chain = queries.chain()
    assert row.since is not None
    standing, then = approved.composed(chain), approved.composed([*chain, Edition(row.since, row.files)])
    found: dict[Altered, list[str]] = {}
    cases = 0
    for number, facts in facts_of_all(most=MOST_CASES):
        cases += 1
        for change in altered(facts, standing, then, on=row.since, was_on=row.since):
            found.setdefault(change, []).append(number)
    changes = [
        asdict(change) | {"count": len(numbers), "numbers": numbers[:MOST_NAMED]}
        for change, numbers in sorted(found.items(), key=lambda each: (-len(each[1]), each[0].clause, each[0].words))
    ]
    touched = len({number for numbers in found.values() for number in numbers})
    return {"cases": cases, "touched": touched, "changes": changes}
