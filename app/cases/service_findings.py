"""Asking the rules again when a fact of the order became known; what a person confirmed stays confirmed."""

from __future__ import annotations

from app.cases.models import Case, Finding
from app.cases.queries import facts_told, findings
from app.core.db import session
from workflows.procedure.act import Act
from workflows.procedure.checks import engine
from workflows.procedure.checks.facts import CheckRequest
from workflows.regulation import book


def find_again(case: Case, *, act: Act) -> None:
    """Put what the rule engine finds on the facts now known in the place of what it found before.

    A finding that says the same as before keeps its row, its instant and its confirmation. Source: clause 3.1.1.
    """
    found = {}
    for each in engine.check(CheckRequest.from_json(facts_told(case)), book.current()):
        told = each.to_json()
        found[_said(told)] = told
    for before in findings(case):
        said = _said(vars(before))
        if found.pop(said, None) is None:
            session().delete(before)
    session().add_all(Finding(**told, case_id=case.id, found_at=act.at) for told in found.values())
    session().flush()


def _said(told: dict[str, object]) -> tuple[str, ...]:
    return tuple(str(told[name]) for name in ("clause", "verdict", "liable", "facts", "limit"))
