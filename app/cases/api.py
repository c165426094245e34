"""Cases over the API: reading them, and every action that is open to the reader."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Annotated, Any, Literal

from flask import Blueprint, Response, g, request
from pydantic import Field

from app.accounts.models_watch import ReasonFor
from app.accounts.service_watch import state_reason
from app.cases import actions, queries
from app.cases.lookups import finds_a_person
from app.cases.models import Case
from app.cases.queries_talk import remedies
from app.cases.showing import case_shown, clock_shown, event_shown, finding_shown, row_shown, statutory
from app.core import paging
from app.core.commands import Digits, Frozen, Instant
from app.core.db import session, transaction
from app.core.text import LINE_LIMIT
from app.organisations.models import PartyKind
from app.web.afterwards import afterwards
from app.web.api import Portion, answer, api_blueprint, found, operation, page, portion, read_body, read_query
from app.web.guards import act, current_actor, requires
from workflows.procedure.authority import Permission
from workflows.procedure.errors import Repeated, Stale, TooLate
from workflows.procedure.states import Action, CaseState

api: Blueprint = api_blueprint("cases")
BLUEPRINTS = (api,)
OBJECT: dict[str, Any] = {"type": "object"}
LIST: dict[str, Any] = {
    "type": "object",
    "required": ["items", "next"],
    "properties": {"items": {"type": "array", "items": OBJECT}, "next": {"type": ["string", "null"]}},
}


class CaseList(Frozen):
    """What to list, in which order, from where."""

    state: CaseState | None = None
    anomaly: Annotated[str, Field(max_length=40)] | None = None
    party: PartyKind | None = None
    assignee: Annotated[Digits, Field(ge=1)] | None = None
    due_before: Instant | None = None
    q: Annotated[str, Field(max_length=LINE_LIMIT)] | None = None
    order: Literal["due", "-received"] = "due"
    limit: Annotated[Digits, Field(ge=1, le=paging.MAXIMUM)] = paging.LIMIT
    cursor: paging.ByInstant | None = None


class EventList(Frozen):
    """From where to read a history."""

    limit: Annotated[Digits, Field(ge=1, le=paging.MAXIMUM)] = paging.LIMIT
    cursor: paging.ByNumber | None = None


@api.get("/cases")
@requires(Permission.CASE_READ)
@operation("A page of the cases the reader may see", tag="cases", query=CaseList, answer=LIST, problems=(400,))
def list_cases() -> Response:
    """Return rows of cases by due instant or newest first."""
    asked = read_query(CaseList)
    wanted = queries.Filter(
        states=(asked.state,) if asked.state else (), anomaly=asked.anomaly, party=asked.party,
        assignee_id=asked.assignee, due_before=asked.due_before, text=asked.q,
    )  # fmt: skip
    rows = queries.page(current_actor(), wanted, order=asked.order, cursor=asked.cursor, limit=asked.limit)
    _note_look_up(asked.q or "", rows.items)
    return page([row_shown(case) for case in rows.items], rows.next)


def _note_look_up(typed: str, rows: Sequence[Case]) -> None:
    """Note that a program looked a person up; the reason is what its token was made for."""
    if current_actor().user_id is not None and finds_a_person(typed, rows):
        reason = f"token: {g.get('token_name', '')}"
        afterwards(partial(state_reason, ReasonFor.LOOKUP, reason, "api", act=act(), about=typed))


def _case(number: str, *, to_act: bool = False) -> Case:
    case: Case = found(queries.by_number(number, current_actor(), to_act=to_act))
    return case


def _shown(case: Case) -> Response:
    return answer(case_shown(case, current_actor(), list(remedies(case))))


@api.get("/cases/<number>")
@requires(Permission.CASE_READ)
@operation("A case, as this reader may see it", tag="cases", answer=OBJECT)
def show_case(number: str) -> Response:
    """Return the case."""
    return _shown(_case(number))


@api.get("/cases/<number>/events")
@requires(Permission.CASE_READ)
@operation("The history this reader may see, oldest first", tag="cases", query=EventList, answer=LIST, problems=(400,))
def list_events(number: str) -> Response:
    """Return entries of the history."""
    asked = read_query(EventList)
    after = paging.decode(asked.cursor, int)[0] if asked.cursor else 0
    rows = list(queries.events(_case(number), current_actor(), after=after, limit=asked.limit + 1))
    following = paging.encode(rows[asked.limit - 1].seq) if len(rows) > asked.limit else None
    return page([event_shown(row) for row in rows[: asked.limit]], following)


@api.get("/cases/<number>/clocks")
@requires(Permission.CASE_READ)
@operation("The clocks of a case", tag="cases", query=Portion, answer=LIST, problems=(400,))
def list_clocks(number: str) -> Response:
    """Return the statutory clocks."""
    return portion(statutory(_case(number)), clock_shown)


@api.get("/cases/<number>/findings")
@requires(Permission.CASE_READ)
@operation("What the rule engine found on the order's facts", tag="cases", query=Portion, answer=LIST, problems=(400,))
def list_findings(number: str) -> Response:
    """Return the findings in order of clause."""
    return portion(queries.findings(_case(number)), finding_shown)


@api.get("/cases/<number>/actions")
@requires(Permission.CASE_READ)
@operation(
    "The actions open to this reader now, each with the schema of its body", tag="cases", query=Portion, answer=LIST,
    problems=(400,),
)  # fmt: skip
def list_actions(number: str) -> Response:
    """Return the possible actions."""
    handlers = actions.open_to(_case(number, to_act=True), current_actor())
    return portion(handlers, lambda each: {"action": each.action, "schema": each.command.model_json_schema()})


@contextmanager
def _telling_what_is_possible(case: Case) -> Iterator[None]:
    """Have every refusal that the case's present state is the reason of name what can be done instead."""
    try:
        yield
    except (Stale, TooLate, Repeated) as refused:
        refused.possible = [handler.action for handler in actions.open_to(case, current_actor())]
        raise


@api.post("/cases/<number>/actions/<action>")
@requires(Permission.CASE_READ)
@operation(
    "Take an action", tag="cases", body_schema=OBJECT, answer=OBJECT, problems=(409,),
    each=("action", lambda: {action.value: handler.command for action, handler in actions.known().items()}),
)  # fmt: skip
def take_action(number: str, action: str) -> Response:
    """Carry the action out, and return the case as it is now."""
    handler = found(actions.known().get(Action(action)) if action in set(Action) else None)
    request.get_data()  # now, so that nobody waits in the transaction for a slow sender
    with transaction():
        case = _case(number, to_act=True)
        actions.check(case, handler.action, current_actor())
        with _telling_what_is_possible(case):
            actions.carry_out(case, handler.action, read_body(handler.command), act=act())
        session().flush()
        session().expire(case, ["respondent"])
    seen = queries.by_number(number, current_actor())
    return _shown(seen) if seen else answer({"case_number": number})  # who stood aside no longer reads it
