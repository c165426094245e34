"""What a draft begins with: the structured facts that the record already holds, so that nothing is typed twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from markupsafe import Markup
from msgspec import Struct

from app.cases.commands import Money, Term
from app.cases.forms import terms_for_form
from app.cases.models import Case, Finding
from app.committee.commands import DraftDecision
from app.committee.models import Panel
from app.committee.queries import Ruling, rests_on
from workflows.procedure.issues import ANY, IssueKind
from workflows.procedure.issues import said as words
from workflows.procedure.voting import Choice
from workflows.regulation import book


class Sheet(Struct, frozen=True):
    """A draft on paper: what stands on it, in which language, and the words that would stop its publication."""

    page: Markup
    language: str
    leaks: Sequence[str]


Shower = Callable[[Case, Panel, DraftDecision, datetime], Sheet]
_showers: list[Shower] = []


def shows_sheets(shower: Shower) -> Shower:
    """Register the function that shows a draft on paper: the notices room, which stands above this one."""
    _showers[:] = [shower]
    return shower


def sheet_of(case: Case, panel: Panel, draft: DraftDecision, at: datetime) -> Sheet | None:
    """Return the draft as it would stand on paper."""
    return _showers[0](case, panel, draft, at) if _showers else None


FOUND = ("breach", "kept", "out_of_time")


def first_draft(case: Case, rulings: Sequence[Ruling], findings: Sequence[Finding]) -> dict[str, Any]:
    """Return the fields of a draft from the findings, the votes and what was granted, in the language of the case."""
    rulings = rests_on(rulings)
    said = [found.explanation.get(case.language, "") for found in findings if found.verdict in FOUND]
    return {
        "facts": "\n".join(line.replace("\n", " ") for line in said if line),
        "clauses": list(dict.fromkeys(ruling.issue.clause for ruling in rulings)),
        "reasons": _reasons(rulings, with_result=True, language=case.language),
        "dissent": _reasons(rulings, with_result=False, language=case.language),
        "terms": terms_for_form(case, _granted(case, rulings)),
    }


def _reasons(rulings: Sequence[Ruling], *, with_result: bool, language: str) -> str:
    colon = ": " if language == "en" else "："
    lines = []
    for ruling in rulings:
        for vote in ruling.votes:
            agrees = vote.choice is ruling.tally.result
            if vote.choice is not Choice.ABSTAIN and agrees is with_result:
                lines.append(f"{ruling.issue.n}. {words(ruling.issue.kind, vote.choice, language)}{colon}{vote.reason}")
    return "\n".join(dict.fromkeys(lines))


def _granted(case: Case, rulings: Sequence[Ruling]) -> list[Term]:
    days = book.current().figure("performance_default", on=case.law_as_of).value
    full = [
        ruling.issue
        for ruling in rulings
        if ruling.issue.kind is IssueKind.REMEDY
        and ruling.issue.subject != ANY
        and ruling.tally.result is Choice.UPHOLD
    ]
    return [
        Term(
            kind=issue.subject, days=days,
            amount=Money(amount_minor=issue.amount_minor, currency=issue.currency) if issue.amount_minor else None,
        )
        for issue in full
    ]  # fmt: skip


def clauses_to_offer(case: Case, panel: Panel, findings: Sequence[Finding], language: str) -> list[tuple[str, str]]:
    """Return the clauses that the issues and the findings name, each with its title."""
    law = book.current()
    numbers = dict.fromkeys([*(issue.clause for issue in panel.issues), *(found.clause for found in findings)])
    return [(number, f"{number} {law.clause(number, on=case.law_as_of).title.in_(language)}") for number in numbers]
