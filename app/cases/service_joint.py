"""Joining complaints that belong together, and parting them again. Source: clause 2.2.4.1."""

from __future__ import annotations

from app.cases import queries, queries_joint
from app.cases.actions import performs
from app.cases.commands import Join, Part
from app.cases.models import Case
from app.cases.models_joint import Joint
from app.cases.service import advance
from app.core.db import session
from workflows.procedure.act import Act
from workflows.procedure.errors import Invalid
from workflows.procedure.states import Action


@performs(Action.JOIN, Join)
def join(case: Case, command: Join, act: Act) -> None:
    """Have two cases worked on together. Each keeps its own clocks, parties and outcome; both records say so."""
    other = _other(case, command.case_number, act)
    if queries_joint.link(case, other) is not None:
        raise Invalid("joined_already", pointer="/case_number")
    smaller, larger = sorted((case.id, other.id))
    session().add(Joint(case_id=smaller, other_id=larger, joined_at=act.at))
    _write_down(Action.JOIN, case, other, command.reason, act)


@performs(Action.PART, Part)
def part(case: Case, command: Part, act: Act) -> None:
    """Undo a joining; what was done together stands in both records."""
    other = _other(case, command.case_number, act)
    link = queries_joint.link(case, other)
    if link is None:
        raise Invalid("not_joined", pointer="/case_number")
    link.parted_at = act.at
    _write_down(Action.PART, case, other, command.reason, act)


def _other(case: Case, number: str, act: Act) -> Case:
    other = queries.by_number(number, act.actor)
    if other is None or other is case:
        raise Invalid("not_another_case", pointer="/case_number")
    return other


def _write_down(action: Action, case: Case, other: Case, reason: str, act: Act) -> None:
    for this, that in ((case, other), (other, case)):
        advance(this, action, act=act, detail={"case_number": that.number, "reason": reason})
