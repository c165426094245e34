"""The only way to change a case: `advance` takes one step of the procedure, all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.cases import service_clocks
from app.cases.models import Case, CaseEvent
from app.cases.recording import about
from app.ledger.service import record
from workflows.procedure.act import Act
from workflows.procedure.authority import Audience, require
from workflows.procedure.errors import Stale
from workflows.procedure.states import Action, CaseState, Step, next_step

Entered = Callable[[Case, Act], None]
_when_entering: dict[CaseState, list[Entered]] = {}
_after: dict[Action, list[Entered]] = {}


def when_entering(state: CaseState) -> Callable[[Entered], Entered]:
    """Register what a room does when a case comes to `state` (the committee seats a panel, …)."""

    def register(handler: Entered) -> Entered:
        _when_entering.setdefault(state, []).append(handler)
        return handler

    return register


def after(action: Action) -> Callable[[Entered], Entered]:
    """Register what a room does once `action` was taken (a company named in an emergency is called, …)."""

    def register(handler: Entered) -> Entered:
        _after.setdefault(action, []).append(handler)
        return handler

    return register


def advance(
    case: Case, action: Action, *, act: Act, branch: str = "", detail: dict[str, Any] | None = None,
    audience: Audience | None = None,
) -> CaseEvent:  # fmt: skip
    """Take one step: permission, state, clocks, history. Returns the entry of the history.

    Raises NotPermitted, or StepNotAllowed with the steps that are possible.
    """
    step = next_step(case.state, action, branch)
    require(act.actor, step.permission, case_id=case.id, organisation_ids=case.known_to)
    service_clocks.end(case, step.stops, by=action, act=act)
    event = _write_down(case, step, act, detail or {}, audience or step.audience)
    if step.moves:
        if step.stamps:
            setattr(case, step.stamps, act.at)
        case.state = step.target
    elif step.stamps:
        setattr(case, step.stamps, act.at)
    for handler in _when_entering.get(step.target, ()) if step.moves else ():
        handler(case, act)
    for handler in _after.get(action, ()):
        handler(case, act)
    for tell in _when_written:
        tell(case, event, act)
    return event


def _write_down(case: Case, step: Step, act: Act, detail: dict[str, Any], audience: Audience) -> CaseEvent:
    case.last_seq += 1
    event = CaseEvent(
        case_id=case.id, seq=case.last_seq, at=act.at, action=step.action, branch=step.branch, side=act.actor.side,
        user_id=act.actor.user_id, from_state=step.source, to_state=step.target, clause=step.clause,
        audience=audience, walled=step.walled, detail=detail,
    )  # fmt: skip
    return record(event, about=about(case.id), at=act.at)


Written = Callable[[Case, CaseEvent, Act], None]
_when_written: list[Written] = []


def when_written(handler: Written) -> Written:
    """Register what a room does with every entry of a history (telling the company's own system, say)."""
    _when_written.append(handler)
    return handler


def check_version(case: Case, seen: int | None) -> None:
    """Raise Stale when the case was changed since `seen`, the version the writer's page was made from."""
    if seen is not None and seen != case.version:
        raise Stale(seen=seen, current=case.version)
