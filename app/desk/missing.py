"""Clause by clause: the facts that a finding stands on, what it still lacks, and who would know."""

from __future__ import annotations

from typing import Any

from app.cases import queries
from app.cases.models import Case, Finding
from app.evidence import stating
from app.evidence.commands import AskEvidence
from app.web.filters import clause_url, named
from app.web.i18n import language
from workflows.procedure.act import Act
from workflows.procedure.errors import Invalid
from workflows.regulation import book

# What the buyer knows; of everything else the company's system tells.
BUYERS = frozenset({
    "received_at", "return_requested", "goods_intact", "packaging_complete", "finding", "kind", "importance", "receipt",
    "photographs", "complaint_at", "commitment", "consumer_consent",
})  # fmt: skip


def faces(case: Case) -> list[dict[str, Any]]:
    """Return of each clause that the facts touch how it fared, on which facts, what is missing, and whom to ask."""
    return [_face(case, each) for each in queries.findings(case)]


def _face(case: Case, finding: Finding) -> dict[str, Any]:
    tongue = language()
    return {
        "clause": finding.clause,
        "clause_url": clause_url(finding.clause),
        "title": book.current().clause(finding.clause, on=case.law_as_of).title.in_(tongue),
        "verdict": finding.verdict,
        "verdict_text": named(finding.verdict, "verdict"),
        "explanation": finding.explanation[language()],
        "stands_on": stating.values_told(finding.facts),
        "asks": [
            {"side": side, "who": named(side, "side"), "facts": [_name(key, tongue) for key in keys]}
            for side, keys in _by_side(finding).items()
        ],
    }


def _by_side(finding: Finding) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for key in finding.facts.get("missing", ()):
        found.setdefault("consumer" if key in BUYERS else "respondent", []).append(key)
    return found


def _name(key: str, tongue: str) -> str:
    return book.current().term(key).name.in_(tongue)


def question(case: Case, clause: str, side: str, *, act: Act) -> AskEvidence:
    """Return the question to a side about what a clause lacks, in its language. Raises Invalid where nothing is.

    Source: figure `facts_answer`.
    """
    wanted = next((each for each in queries.findings(case) if each.clause == clause and _by_side(each).get(side)), None)
    if wanted is None:
        raise Invalid("not_possible")
    company = case.respondent.language if case.respondent else case.language
    tongue = case.language if side == "consumer" else company
    why = book.current().clause(clause, on=case.law_as_of)
    length = book.current().figure("facts_answer", on=case.law_as_of).length
    return AskEvidence(
        side=side, items=[_name(key, tongue) for key in _by_side(wanted)[side]], due_at=act.at + length,  # type: ignore[arg-type]
        why=f"{clause} {why.title.in_(tongue)}",
    )  # fmt: skip
