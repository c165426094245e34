"""What a changed rule would have found: the findings on the same facts under two rulebooks, set side by side."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from msgspec import Struct

from workflows.procedure.checks import engine
from workflows.procedure.checks.facts import CheckRequest
from workflows.procedure.checks.finding import Finding
from workflows.regulation.rulebook import Rulebook

Outcome = tuple[str, str | None]  # verdict and who is liable


class Altered(Struct, frozen=True):
    """One clause that would come out differently: verdicts with the liable party before and after; None for none."""

    clause: str
    before: tuple[Outcome, ...]
    after: tuple[Outcome, ...]

    @property
    def words(self) -> str:
        """Return the change in one line."""
        return f"{_told(self.before)} → {_told(self.after)}"


def altered(
    facts: dict[str, Any], old: Rulebook, new: Rulebook, *, on: date | None = None, was_on: date | None = None
) -> tuple[Altered, ...]:
    """Return the clauses on which two rulebooks differ over the facts of an order, as `POST /checks` takes them.

    `on` applies the new rulebook as it stands on that day, `was_on` the old one; without it each case keeps its own.
    Source: clause 3.4.3 (rules are evaluated and adjusted). Raises: FactsError.
    """
    request = CheckRequest.from_json(facts)
    before, after = _outcomes(engine.check(request, old, on=was_on)), _outcomes(engine.check(request, new, on=on))
    clauses = sorted(before.keys() | after.keys(), key=lambda clause: tuple(map(int, clause.split("."))))
    pairs = ((clause, before.get(clause, ()), after.get(clause, ())) for clause in clauses)
    return tuple(Altered(clause, was, now) for clause, was, now in pairs if was != now)


def _outcomes(findings: Iterable[Finding]) -> dict[str, tuple[Outcome, ...]]:
    found: dict[str, list[Outcome]] = {}
    for each in findings:
        found.setdefault(each.clause, []).append((str(each.verdict), each.liable))
    return {clause: tuple(sorted(each, key=str)) for clause, each in found.items()}


def _told(outcomes: tuple[Outcome, ...]) -> str:
    return ", ".join(f"{verdict} ({liable})" if liable else verdict for verdict, liable in outcomes) or "nothing"
