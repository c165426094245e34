"""The actions of the public contract: which command each takes and which service does it.

Rooms register theirs; the API and the case pages offer what `open_to` returns.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from app.cases import service
from app.cases.models import Case
from app.core.commands import Command
from workflows.procedure.act import Act
from workflows.procedure.authority import Actor, require
from workflows.procedure.errors import NotPermitted, StepNotAllowed
from workflows.procedure.states import STEPS, Action, possible_actions, steps_from

Run = Callable[[Case, Any, Act], None]
Ready = Callable[[Case, Actor], bool]


class Handler(Struct, frozen=True):
    """How an action is carried out. `ready` says whether it makes sense just now, beyond state and permission."""

    action: Action
    command: type[Command]
    run: Run
    ready: Ready


_handlers: dict[Action, Handler] = {}


def performs(
    action: Action, command: type[Command], *, ready: Ready = lambda case, actor: True
) -> Callable[[Run], Run]:
    """Register the service function that carries out `action`."""

    def register(run: Run) -> Run:
        _handlers[action] = Handler(action, command, run, ready)
        return run

    return register


def known() -> dict[Action, Handler]:
    """Return every action that is registered."""
    return dict(_handlers)


def open_to(case: Case, actor: Actor) -> list[Handler]:
    """Return what `actor` can do with the case now, in the order of the procedure."""
    return [
        _handlers[action]
        for action in possible_actions(case.state)
        if case.person.erased_at is None  # nothing more can be kept of theirs
        and action in _handlers
        and _allowed(case, action, actor)
        and _handlers[action].ready(case, actor)
    ]


def _allowed(case: Case, action: Action, actor: Actor) -> bool:
    for step in steps_from(case.state, action):
        try:
            require(actor, step.permission, case_id=case.id, organisation_ids=case.known_to)
        except NotPermitted:
            continue
        return True
    return False


def carry_out(case: Case, action: Action, command: Command, *, act: Act) -> None:
    """Do it: the page's version first, then the state, then the room's own service.

    Raises Stale, StepNotAllowed (with what is possible), NotPermitted, Invalid.
    """
    service.check_version(case, command.version)
    check(case, action, act.actor)
    _handlers[action].run(case, command, act)


def check(case: Case, action: Action, actor: Actor) -> None:
    """Raise NotPermitted or StepNotAllowed (with what is possible) unless the action is open to `actor` now."""
    steps = steps_from(case.state, action)
    permission = next(step.permission for step in STEPS if step.action is action)
    require(actor, permission, case_id=case.id, organisation_ids=case.known_to)
    if not steps or case.person.erased_at or not _handlers[action].ready(case, actor):
        raise StepNotAllowed(case.state, action, possible=[handler.action for handler in open_to(case, actor)])
