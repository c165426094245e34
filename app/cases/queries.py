"""Reading cases, always scoped by who asks: what an actor may not see does not exist for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true
from sqlalchemy.orm import aliased, joinedload, selectinload

from app.cases import traces
from app.cases.models import Case, CaseEvent, Clock, ClockEffect, Finding
from app.core import paging
from app.core.db import session, writing
from app.core.ids import digest, read_case_number
from app.core.logs import about_case
from app.organisations.models import Organisation, PartyKind
from workflows.procedure.authority import Actor, Permission, audiences_seen, sees_offers
from workflows.procedure.clocks import ClockStatus
from workflows.procedure.states import Action, CaseState

Scope = Callable[[Actor], ColumnElement[bool] | None]
_scopes: list[Scope] = []
_scopes_to_act: list[Scope] = []


def scope(function: Scope) -> Scope:
    """Register a room's reason for letting an actor see cases (a seat on a panel, say)."""
    _scopes.append(function)
    return function


def scope_to_act(function: Scope) -> Scope:
    """Register a room's reason for letting an actor act on cases that they may not read yet."""
    _scopes_to_act.append(function)
    return function


def seen_by(actor: Actor) -> ColumnElement[bool]:
    """Return the condition under which `actor` may read a case. Deny by default."""
    if actor.is_system or actor.may(Permission.CASE_READ_ALL):
        return true()
    if actor.is_consumer:
        return Case.id == actor.case_id
    if actor.is_respondent:
        return and_(Case.respondent_id == actor.organisation_id, Case.asked_at.is_not(None))
    return _any_of(_scopes, actor)


def _any_of(scopes: list[Scope], actor: Actor) -> ColumnElement[bool]:
    reasons = [reason for reason in (function(actor) for function in scopes) if reason is not None]
    return or_(*reasons) if reasons else false()


def _whole(query: Select[Case]) -> Select[Case]:
    return query.options(joinedload(Case.respondent), selectinload(Case.parties), selectinload(Case.clocks))


def _one(query: Select[Case], *, skip_locked: bool = False) -> Case | None:
    """Return the case that `query` means, whole and fresh; in a writing transaction, ours alone until its end.

    So on PostgreSQL too those who write to one case come one after another and each sees what the other did.
    """
    query = _whole(query).execution_options(populate_existing=True)
    if writing():
        query = query.with_for_update(of=Case, skip_locked=skip_locked)  # SQLite knows none and has one writer
    case = session().scalars(query).unique().one_or_none()
    if case is not None:
        about_case(case.number)
    return case


def by_number(number: str, actor: Actor, *, to_act: bool = False) -> Case | None:
    """Return the case with this number, whole, if `actor` may see it, or (`to_act`) at least act on it."""
    reason = or_(seen_by(actor), _any_of(_scopes_to_act, actor)) if to_act else seen_by(actor)
    return shown(_one(select(Case).where(Case.number == number, reason)))


def named_or_another(number: str) -> Case | None:
    """Return the case with this number, or else some other one, so that looking takes as long for both.

    For who must not learn by the time of the answer whether there is such a case.
    """
    oldest = select(func.min(Case.id)).scalar_subquery()
    either = select(Case).where(or_(Case.number == number, Case.id == oldest))
    return _one(either.order_by((Case.number == number).desc()).limit(1))


SEEN = "cases_seen"


def shown(case: Case | None) -> Case | None:
    """Return the case, remembered as one that this request shows."""
    if case is not None:
        saw(case.id)
    return case


def saw(case_id: int) -> None:
    """Remember that something of the case is shown, for the log of who saw what."""
    session().info.setdefault(SEEN, set()).add(case_id)


def cases_seen() -> frozenset[int]:
    """Return the cases that this request showed."""
    return frozenset(session().info.get(SEEN, ()))


def case_to_work(case_id: int) -> Case:
    """Return the case for a job or a service that was handed its id."""
    case = _one(select(Case).where(Case.id == case_id))
    if case is None:
        raise LookupError(f"There is no case {case_id}.")
    return case


def case_to_fire(clock_id: int) -> Case | None:
    """Return the case of a clock, or None while it is in somebody else's hands: the next sweep comes soon."""
    return _one(select(Case).join(Clock, Clock.case_id == Case.id).where(Clock.id == clock_id), skip_locked=True)


def hold(case: Case) -> None:
    """Have the case for ourselves until the transaction ends, with what others did to it meanwhile."""
    session().flush()  # what is not written yet would be forgotten
    session().refresh(case, ["version", "state", "last_seq"], with_for_update=True)


def by_link(token: str) -> Case | None:
    """Return the case whose private link this is; none once its complainant is erased."""
    case = _one(select(Case).where(Case.link_hash == digest(token)))
    return case if case and case.person.erased_at is None else None


def by_access_token(token: str) -> Case | None:
    """Return the case whose complainant's key this is."""
    case = session().scalars(select(Case).where(Case.access_hash == digest(token))).one_or_none()
    return case if case and case.person.erased_at is None else None


def events(case: Case, actor: Actor, *, after: int = 0, limit: int = 500) -> Sequence[CaseEvent]:
    """Return the history that `actor` may read, oldest first, from beyond entry number `after`."""
    query = select(CaseEvent).where(
        CaseEvent.case_id == case.id, CaseEvent.seq > after, CaseEvent.audience.in_(audiences_seen(actor))
    )
    if not sees_offers(actor):
        query = query.where(CaseEvent.walled.is_(False))
    if actor.is_respondent:
        asked = first_asked(case, actor, CaseEvent.seq)
        query = query.where((CaseEvent.action == Action.RECEIVE) | asked.is_(None) | (CaseEvent.seq >= asked))
    return session().scalars(query.order_by(CaseEvent.seq).limit(limit)).all()


def last_event(case: Case, action: Action) -> CaseEvent | None:
    """Return the latest entry of the history for this action."""
    query = select(CaseEvent).where(CaseEvent.case_id == case.id, CaseEvent.action == action)
    return session().scalars(query.order_by(CaseEvent.seq.desc()).limit(1)).first()


def first_asked(case: Case, actor: Actor, column: Any) -> ColumnElement[Any]:
    """Return `column` of the entry in which the actor's organisation was first asked; what was before is not theirs."""
    entry = aliased(CaseEvent)
    query = select(func.min(getattr(entry, column.key))).where(
        entry.case_id == case.id,
        entry.action == Action.REQUEST_ANSWER,
        entry.detail_kept["organisation_id"].as_integer() == actor.organisation_id,
    )
    return query.scalar_subquery()


def findings(case: Case) -> Sequence[Finding]:
    """Return the rule findings in order of clause."""
    return session().scalars(select(Finding).where(Finding.case_id == case.id).order_by(Finding.id)).all()


def facts_of_all(*, batch: int = 500, most: int | None = None) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the number of every case with facts of an order, and the facts as `POST /checks` takes them.

    `most` looks through no more than the newest ones.
    """
    last = 0
    if most is not None:
        last = session().scalar(select(Case.id).order_by(Case.id.desc()).offset(most).limit(1)) or 0
    while rows := session().scalars(select(Case).where(Case.id > last).order_by(Case.id).limit(batch)).all():
        last = rows[-1].id
        for row in rows:
            if row.order_facts or row.order_events:
                yield row.number, facts_told(row)


def facts_told(case: Any) -> dict[str, Any]:
    """Return what is known of the order of a case, as `POST /checks` takes it; "now" is when it was complained of."""
    return {
        "order": case.order_facts, "events": case.order_events, "complaint_at": case.received_at.isoformat(),
        "time_zone": case.time_zone,
    }  # fmt: skip


def effects(case: Case) -> Sequence[ClockEffect]:
    """Return what the case's clocks did, in order."""
    query = select(ClockEffect).join(Clock, Clock.id == ClockEffect.clock_id).where(Clock.case_id == case.id)
    return session().scalars(query.order_by(ClockEffect.at, ClockEffect.id)).all()


def due_clocks(at: datetime, *, limit: int = 200) -> list[int]:
    """Return the ids of clocks with something to do at `at`; touches only those (partial index)."""
    query = select(Clock.id).where(Clock.status == ClockStatus.RUNNING, Clock.next_at <= at)
    return list(session().scalars(query.order_by(Clock.next_at, Clock.id).limit(limit)))


def is_due(clock_id: int, at: datetime) -> bool:
    """Return whether the clock has something to do at `at`."""
    query = select(Clock.id).where(Clock.id == clock_id, Clock.status == ClockStatus.RUNNING, Clock.next_at <= at)
    return session().scalar(query) is not None


class Filter(Struct, frozen=True):
    """What to list. Empty fields do not filter."""

    states: tuple[CaseState, ...] = ()
    anomaly: str | None = None
    party: PartyKind | None = None
    assignee_id: int | None = None
    unassigned: bool = False
    emergency: bool = False
    due_before: datetime | None = None
    language: str | None = None
    respondent_id: int | None = None
    text: str | None = None


def conditions(wanted: Filter) -> list[ColumnElement[bool]]:
    """Return the conditions of a list."""
    simple: list[tuple[Any, Callable[[], ColumnElement[bool]]]] = [
        (wanted.states, lambda: Case.state.in_(wanted.states)),
        (wanted.anomaly, lambda: Case.anomaly == wanted.anomaly),
        (wanted.party, lambda: Case.responsible_kind == wanted.party),
        (wanted.assignee_id, lambda: Case.assignee_id == wanted.assignee_id),
        (wanted.unassigned, lambda: Case.assignee_id.is_(None)),
        (wanted.emergency, lambda: and_(Case.emergency.is_(True), Case.emergency_ended_at.is_(None))),
        (wanted.due_before, lambda: Case.due_at <= wanted.due_before),
        (wanted.language, lambda: Case.language == wanted.language),
        (wanted.respondent_id, lambda: Case.respondent_id == wanted.respondent_id),
        (wanted.text, lambda: _matches(wanted.text or "")),
    ]
    return [make() for value, make in simple if value]


def _matches(text: str) -> ColumnElement[bool]:
    """Case number, telephone, e-mail, order number, name, company, or words of the title."""
    if "\0" in text:  # SQLite would take it for the end of the pattern
        return false()
    if number := read_case_number(text):  # or an order's, which may look like one
        return or_(Case.number == number, traces.with_any("order", [text.strip()]))
    company = select(Organisation.id).where(Organisation.name.icontains(text, autoescape=True))
    return or_(traces.matching(text), Case.respondent_id.in_(company))


ORDERS = {"due": (Case.due_at, datetime), "-received": (Case.received_at, datetime)}


def page(
    actor: Actor, wanted: Filter, *, order: str = "due", cursor: str | None = None, limit: int = paging.LIMIT
) -> paging.Page[Case]:
    """Return a page of the cases `actor` may see: by due instant, or newest first."""
    column, kind = ORDERS[order]
    query = select(Case).where(seen_by(actor), *conditions(wanted))
    newest = order.startswith("-")
    if cursor:
        query = query.where(paging.beyond((column, Case.id), paging.decode(cursor, kind, int), newest=newest))
    query = query.order_by(*((column.desc(), Case.id.desc()) if newest else (column, Case.id))).limit(limit + 1)
    rows = list(session().scalars(_whole(query)).unique())
    more = len(rows) > limit
    rows = rows[:limit]
    return paging.Page(rows, paging.encode(getattr(rows[-1], column.key), rows[-1].id) if more else None)


def counts(actor: Actor, views: dict[str, Filter], *, at_most: int = 99) -> dict[str, int]:
    """Return how many cases each view holds, counted no further than `at_most` + 1, all in one query."""
    parts = []
    for name, wanted in views.items():
        inner = select(Case.id).where(seen_by(actor), *conditions(wanted)).limit(at_most + 1).subquery()
        parts.append(select(func.count()).select_from(inner).scalar_subquery().label(name))
    row = session().execute(select(*parts)).one()._mapping if parts else {}
    return {name: row[name] for name in views}
