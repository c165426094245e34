"""Inspections written down; what they conclude becomes a fact of the order, and the rules are asked again."""

from __future__ import annotations

from sqlalchemy import func, select

from app.cases.actions import performs
from app.cases.models import Case
from app.cases.service import advance
from app.cases.service_findings import find_again
from app.core.db import session
from app.evidence.commands import RecordInspection
from app.evidence.models import Inspection
from app.evidence.queries import of_case
from workflows.procedure.act import Act
from workflows.procedure.errors import Invalid
from workflows.procedure.inspecting import points_to
from workflows.procedure.states import Action
from workflows.regulation import book

FACTS = ("quality", "transit_damage")


@performs(Action.RECORD_INSPECTION, RecordInspection)
def record(case: Case, command: RecordInspection, act: Act) -> None:
    """Keep an inspection. A conclusion against what its signs point to needs a reason in the note.

    Source: clause 2.1.5.2. Raises Invalid.
    """
    _check(case, command, act)
    n = 1 + (session().scalar(select(func.max(Inspection.n)).where(Inspection.case_id == case.id)) or 0)
    fields = command.model_dump(exclude={"version", "note"})
    made = Inspection(
        case_id=case.id, n=n, **fields, note=command.note or None, written_by=act.actor.user_id, written_at=act.at
    )
    session().add(made)
    if command.conclusion in FACTS:
        case.order_events = [*case.order_events, _fact(command)]
        find_again(case, act=act)
    detail = {"inspection": n, "by": command.inspected_by, "conclusion": command.conclusion}
    advance(case, Action.RECORD_INSPECTION, act=act, detail=detail | {"exhibits": list(command.exhibits)})


def _fact(command: RecordInspection) -> dict[str, str]:
    """Return the inspection as the rule engine takes it; an independent expert is none of its actors."""
    fact = {
        "type": "inspection_finding", "at": command.inspected_at.isoformat(), "finding": command.conclusion,
    }  # fmt: skip
    return fact if command.inspected_by == "independent" else fact | {"actor": command.inspected_by}


def _check(case: Case, command: RecordInspection, act: Act) -> None:
    rules, on = book.current(), case.law_as_of
    if command.inspected_at.tzinfo is None or command.inspected_at > act.at:
        raise Invalid("in_the_future", pointer="/inspected_at")
    if command.packaging not in {sign.key for sign in rules.signs_on("packaging", on)}:
        raise Invalid("not_possible", pointer="/packaging")
    if not set(command.damage) <= {sign.key for sign in rules.signs_on("damage", on)}:
        raise Invalid("not_possible", pointer="/damage")
    if not set(command.exhibits) <= {exhibit.number for exhibit in of_case(case)}:
        raise Invalid("exhibit_unknown", pointer="/exhibits")
    seen = points_to([command.packaging, *command.damage], rules.signs.on(on))
    if seen and command.conclusion in FACTS and command.conclusion != seen and not command.note:
        raise Invalid("against_the_signs", pointer="/note")
