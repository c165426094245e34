"""Facts of an order that a side states in a case: kept with who said them, never over another side's word.

Source: clause 3.1.1 (the rule engine judges on the facts known), 2.1.6.5 (proof).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from app.cases.actions import performs
from app.cases.commands import StateFacts
from app.cases.merging import EVENT, Known, Said, facts_of, fold
from app.cases.models import Case
from app.cases.models_facts import FactStatement
from app.cases.service import advance
from app.cases.service_findings import find_again
from app.cases.service_letters import tell_assignee
from app.cases.traces import find_by_order
from app.core.db import session
from workflows.procedure.act import Act
from workflows.procedure.errors import Invalid
from workflows.procedure.states import Action

SIDES = ("consumer", "respondent", "desk")


def known(case: Case) -> Known:
    """Return what is known of the order, with who said it and where sides differ."""
    return fold(_statements(case))


def _statements(case: Case) -> list[FactStatement]:
    """Return everything stated, and what stands in the case beyond it: from the complaint, or written by the desk."""
    query = select(FactStatement).where(FactStatement.case_id == case.id).order_by(FactStatement.id)
    stated = list(session().scalars(query))
    beyond = _beyond(case, fold(stated), first=not stated)
    if beyond is None:
        return stated
    return [*stated, beyond] if stated else [beyond]


def _beyond(case: Case, so_far: Known, *, first: bool) -> FactStatement | None:
    """Return a statement, not yet kept, of the case's facts that no statement holds."""
    side, source = ("consumer", "complaint") if first else ("desk", "case")
    whole = _said(case, side, source, case.order_facts or {}, case.order_events or [])
    new = [said for said in facts_of(whole) if so_far.change(said) == "new"]
    return _of(case, side, source, new) if new else None


def _said(case: Case, side: str, source: str, order: dict[str, Any], events: list[dict[str, Any]]) -> FactStatement:
    return FactStatement(
        case_id=case.id, side=side, source=source, exhibit=None, order=order, events=events, at=case.received_at
    )  # fmt: skip


def _of(case: Case, side: str, source: str, facts: list[Said]) -> FactStatement:
    told = Known({said.path: said for said in facts})
    return _said(case, side, source, told.order(), told.events())


@performs(Action.STATE_FACTS, StateFacts)
def state_facts(case: Case, command: StateFacts, act: Act) -> None:
    """Take facts by the interface for programs; a party speaks for itself. Raises Invalid where none are given."""
    if not command.order and not command.events:
        raise Invalid("no_facts", pointer="/order")
    document = {"order": command.order, "events": command.events}
    state(case, document, side=command.side or act.actor.side, source="api", exhibit=None, act=act)


def state(
    case: Case, document: dict[str, Any], *, side: str, source: str, exhibit: int | None, act: Act
) -> Known:  # fmt: skip
    """Take what a side says of the order, let the rules judge again, and return what is known now.

    What another side said stays; where this one differs, the difference is shown until the desk settles it.
    """
    if side not in SIDES or (act.actor.side != "desk" and side != act.actor.side):
        raise Invalid("not_possible", pointer="/side")
    _keep_what_is_there(case)
    own = act.actor.organisation_id if act.actor.is_respondent else None
    said = FactStatement(
        case_id=case.id, side=side, organisation_id=own, user_id=act.actor.user_id, source=source, exhibit=exhibit,
        order=document.get("order") or {}, events=document.get("events") or [], at=act.at,
    )  # fmt: skip
    session().add(said)
    session().flush()
    now = _go_by(case, act)
    differ = sum(each.side == side for each in now.differences.values())
    detail = {"by": side, "source": source, "facts": len(list(facts_of(said))), "differ": differ, "exhibit": exhibit}
    advance(case, Action.STATE_FACTS, act=act, detail=detail)
    tell_assignee(case, Action.STATE_FACTS, act=act)
    return now


def settle(case: Case, path: str, side: str, *, act: Act) -> None:
    """Decide for the desk whose word on a fact the case goes by from now on: the other's, or the one that stands."""
    before = known(case)
    chosen = before.differences.get((path, side))
    stands = before.facts.get(path)
    if chosen is None and stands is not None and stands.side == side:
        chosen = stands
    if chosen is None or not any(key[0] == path for key in before.differences):
        raise Invalid("not_possible", pointer="/path")
    _keep_what_is_there(case)
    kept = _of(case, chosen.side, "settled", [chosen])
    kept.at, kept.user_id, kept.exhibit = act.at, act.actor.user_id, chosen.exhibit
    session().add(kept)
    session().flush()
    _go_by(case, act)
    advance(case, Action.SETTLE_FACT, act=act, detail={"fact": path.removeprefix(EVENT), "side": side})


def _keep_what_is_there(case: Case) -> None:
    statements = _statements(case)
    session().add_all(each for each in statements if each.id is None)
    session().flush()


def _go_by(case: Case, act: Act) -> Known:
    now = known(case)
    case.order_facts, case.order_events = now.order(), now.events()
    find_by_order(case)
    find_again(case, act=act)
    return now
