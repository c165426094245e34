"""The rule engine: every clause that an order's facts can show, judged one after the other. Source: clause 3.1.1."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date

from workflows.procedure.checks import (
    aftersales,
    appeals,
    delivery,
    inspection,
    listing,
    payment,
    returns,
    submission,
)
from workflows.procedure.checks.facts import CheckRequest
from workflows.procedure.checks.finding import GRAVITY, Finding, Verdict
from workflows.procedure.checks.matter import Matter
from workflows.regulation.errors import NotInForce
from workflows.regulation.rulebook import Rulebook

Rule = Callable[[Matter], Iterator[Finding]]

RULES: tuple[Rule, ...] = (
    listing.complete,
    listing.modest,
    listing.by_kind,
    submission.protected_choice,
    submission.change_notified,
    submission.change_window,
    payment.free_choice,
    payment.hold,
    payment.failed,
    payment.overcharged,
    delivery.in_time,
    delivery.traceable,
    delivery.set_right,
    delivery.fee,
    inspection.reported,
    inspection.attributed,
    inspection.entitled_by_quality,
    returns.no_reason,
    returns.conditions,
    returns.handled,
    returns.freight,
    returns.proof,
    aftersales.replied,
    aftersales.commitments,
    appeals.emergency,
    appeals.resolved,
)


def check(request: CheckRequest, rulebook: Rulebook, *, on: date | None = None) -> tuple[Finding, ...]:
    """Return what the facts show, in order of clause; clauses that they do not touch are left out.

    A clause comes once, with its gravest finding; a clause that several parties broke comes once for each.
    The rules of the day of the complaint hold, or those of `on`.
    """
    matter = Matter(request, rulebook, on=on)
    found: dict[str, list[Finding]] = {}
    for rule in RULES:
        for finding in _judged(rule, matter):
            found.setdefault(finding.clause, []).append(finding)
    clauses = sorted(found, key=lambda clause: tuple(map(int, clause.split("."))))
    return tuple(finding for clause in clauses for finding in _gravest(found[clause]))


def _judged(rule: Rule, matter: Matter) -> list[Finding]:
    """Return the findings of one rule; none where its limit was not yet in force when the case arose."""
    try:
        return list(rule(matter))
    except NotInForce:
        return []


def _gravest(findings: Iterable[Finding]) -> list[Finding]:
    every = list(findings)
    breaches = [finding for finding in every if finding.verdict is Verdict.BREACH]
    if breaches:
        return list({finding.liable: finding for finding in reversed(breaches)}.values())[::-1]
    return [max(every, key=lambda finding: GRAVITY[finding.verdict])]
