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
    """Have two cases worked on together, with all that either is joined with already.

    Each keeps its own clocks, parties and outcome; both records say so.
    """
    other = _other(case, command.case_number, act)
    if queries_joint.are_together(case, other):
        raise Invalid("joined_already", pointer="/case_number")
    _link(case.id, other.id, act)
    _write_down(Action.JOIN, case, other, command.reason, act)


@performs(Action.PART, Part)
def part(case: Case, command: Part, act: Act) -> None:
    """Have the other case go its own way; those that are left stay together, and both records keep what was done."""
    other = _other(case, command.case_number, act)
    if not queries_joint.are_together(case, other):
        raise Invalid("not_joined", pointer="/case_number")
    links = queries_joint.links_of(other)
    for link in links:
        link.parted_at = act.at
    session().flush()
    first, *rest = ((link.case_id if link.other_id == other.id else link.other_id) for link in links)
    for each in rest:  # the case that leaves held them together
        _link(first, each, act)
    _write_down(Action.PART, case, other, command.reason, act)


def _link(one: int, other: int, act: Act) -> None:
    smaller, larger = sorted((one, other))
    session().add(Joint(case_id=smaller, other_id=larger, joined_at=act.at))


def _other(case: Case, number: str, act: Act) -> Case:
    other = queries.by_number(number, act.actor)
    if other is None or other is case:
        raise Invalid("not_another_case", pointer="/case_number")
    return other


def _write_down(action: Action, case: Case, other: Case, reason: str, act: Act) -> None:
    for this, that in ((case, other), (other, case)):
        advance(this, action, act=act, detail={"case_number": that.number, "reason": reason})
