"""Evidence that one side is asked for by a date: asked, handed in, declined with a reason, or no longer needed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from app.cases.actions import performs
from app.cases.models import Case
from app.cases.service import advance
from app.cases.service_letters import local, tell_assignee, tell_consumer, tell_respondent
from app.core import outbox
from app.core.db import session
from app.evidence.commands import AskEvidence, DeclineEvidence, SettleEvidence
from app.evidence.models import EvidenceRequest, ItemStatus, RequestedItem
from app.evidence.queries import is_asked, item_of, request_to_work
from workflows.procedure.act import Act
from workflows.procedure.authority import Actor
from workflows.procedure.errors import Invalid, NotPermitted
from workflows.procedure.states import Action
from workflows.regulation import book


@performs(Action.ASK_EVIDENCE, AskEvidence)
def ask(case: Case, command: AskEvidence, act: Act) -> None:
    """Ask a side for named things; it is written to, and reminded when the time is over.

    Source: clause 2.1.6.5 (figure `evidence_longest`). Raises Invalid.
    """
    longest = book.current().figure("evidence_longest", on=case.law_as_of)
    if command.due_at.tzinfo is None or not act.at < command.due_at <= act.at + longest.length:
        raise Invalid("days_out_of_range", pointer="/due_at", least=1, most=longest.value)
    if command.side == "respondent" and not case.organisation_ids:
        raise Invalid("party_not_asked", pointer="/side")
    first = 1 + _highest(case, RequestedItem.n)
    made = EvidenceRequest(
        case_id=case.id, n=1 + _highest(case, EvidenceRequest.n), side=command.side, why=command.why or None,
        organisation_id=case.respondent_id if command.side == "respondent" else None,
        asked_by=act.actor.user_id, asked_at=act.at, due_at=command.due_at,
        items=[RequestedItem(n=n, what=what) for n, what in enumerate(command.items, first)],
    )  # fmt: skip
    session().add(made)
    session().flush()
    detail = {"side": made.side, "items": [item.n for item in made.items], "due_at": made.due_at.isoformat()}
    advance(case, Action.ASK_EVIDENCE, act=act, detail=detail)
    _tell(case, made, "evidence_asked", act)
    outbox.add(outbox.Task.REMIND_OF_EVIDENCE, at=act.at, not_before=made.due_at, request_id=made.id)


def _highest(case: Case, column: object) -> int:
    query = select(func.max(column)).select_from(EvidenceRequest).outerjoin(RequestedItem)
    return session().scalar(query.where(EvidenceRequest.case_id == case.id)) or 0


def _tell(case: Case, request: EvidenceRequest, letter: str, act: Act) -> None:
    """Write to the side that was asked, naming what it has not handed in."""
    waiting = "\n".join(f"· {item.what}" for item in request.items if item.status is ItemStatus.OPEN)
    words = f"{request.why}\n\n{waiting}" if request.why else waiting
    fields: dict[str, Any] = {"items": words, "due": local(request.due_at, case.time_zone)}
    if request.side == "consumer":
        tell_consumer(case, letter, act=act, **fields)
    elif request.organisation_id == case.respondent_id:  # a company that the case has left hears no more of it
        tell_respondent(case, f"{letter}_company", act=act, **fields)


def item_for(case: Case, n: int, actor: Actor) -> RequestedItem:
    """Return the item that `actor` may hand in. Raises Invalid for one that is not open, or not asked of them."""
    item = item_of(case, n)
    if item is None or item.status is ItemStatus.WAIVED:
        raise Invalid("not_possible", pointer="/item")
    if not is_asked(item.request, actor) and actor.side != "desk":
        raise Invalid("not_possible", pointer="/item")
    return item


def hand_in(item: RequestedItem, *, act: Act) -> None:
    """Mark an item as handed in; what was declined before is taken as gladly, and more may follow."""
    item.status, item.reason, item.ended_at = ItemStatus.HANDED_IN, None, item.ended_at or act.at


@performs(Action.DECLINE_EVIDENCE, DeclineEvidence)
def decline(case: Case, command: DeclineEvidence, act: Act) -> None:
    """Take it that a side cannot give what was asked for. Raises Invalid, NotPermitted for another side's item."""
    item = _open(case, command.item)
    if not is_asked(item.request, act.actor):
        raise NotPermitted("other_case", permission="evidence:add")
    _end(item, ItemStatus.DECLINED, command.reason, act)
    advance(case, Action.DECLINE_EVIDENCE, act=act, detail={"item": item.n, "reason": command.reason})
    tell_assignee(case, Action.DECLINE_EVIDENCE, act=act)


@performs(Action.SETTLE_EVIDENCE, SettleEvidence)
def settle(case: Case, command: SettleEvidence, act: Act) -> None:
    """Close an item from the desk: it came another way, or is no longer needed. Raises Invalid without a reason."""
    item = _open(case, command.item)
    if not command.handed_in and not command.reason:
        raise Invalid("reason_missing", pointer="/reason")
    _end(item, ItemStatus.HANDED_IN if command.handed_in else ItemStatus.WAIVED, command.reason, act)
    detail = {"item": item.n, "status": item.status.value, "reason": command.reason}
    advance(case, Action.SETTLE_EVIDENCE, act=act, detail=detail)


def _open(case: Case, n: int) -> RequestedItem:
    item = item_of(case, n)
    if item is None or item.status is not ItemStatus.OPEN:
        raise Invalid("not_possible", pointer="/item")
    return item


def _end(item: RequestedItem, status: ItemStatus, reason: str, act: Act) -> None:
    item.status, item.reason, item.ended_at = status, reason or None, act.at


def remind(request_id: int, *, act: Act) -> None:
    """Tell side and desk that the time is over, while something is still waited for and the case goes on."""
    request, case = request_to_work(request_id)
    waited_for = any(item.status is ItemStatus.OPEN for item in request.items)
    if waited_for and case.closed_at is None and act.at >= request.due_at:
        _tell(case, request, "evidence_overdue", act)
        tell_assignee(case, Action.ASK_EVIDENCE, act=act)
