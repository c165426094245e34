"""Things that tests are about. Defaults are legal; a test names only what it is about. All flush, none commits."""

from __future__ import annotations

from datetime import date
from itertools import count

from app.accounts.models import User
from app.cases import access, service_clocks
from app.cases.models import Case, Party
from app.cases.service import advance
from app.core import clock, ids
from app.core.db import session, transaction
from app.organisations import service as organisations
from app.organisations.models import Organisation, PartyKind
from workflows.procedure.act import Act
from workflows.procedure.authority import SYSTEM, Actor, Role, consumer_of
from workflows.procedure.clocks import ClockKind
from workflows.procedure.states import Action, CaseState

_n = count(1)
PASSWORD = "correct horse battery"


def an_act(*roles: Role, **changes) -> Act:
    """An act now, by somebody with these roles (the system without any)."""
    actor = Actor(frozenset(roles), "Somebody", **changes) if roles else SYSTEM
    return Act(actor, clock.now())


def acting(user: User) -> Act:
    """An act now, by this person."""
    return Act(user.actor(), clock.now())


def complaining(case: Case, *, confirmed: bool = True) -> Act:
    """An act now, by the complainant of `case`."""
    return Act(consumer_of(case.id, name="林小雨", language=case.language, confirmed=confirmed), clock.now())


def an_organisation(kind: PartyKind = PartyKind.MERCHANT, **changes) -> Organisation:
    """A registered organisation."""
    fields = {"name": f"Shop {next(_n)}", "email": "answers@shop.test"} | changes
    return organisations.register(kind, act=an_act(), **fields)


def a_person(*roles: Role, **changes) -> User:
    """Somebody who can sign in with PASSWORD (hashed cheaply)."""
    n = next(_n)
    fields = {
        "email": f"person{n}@desk.test", "name": f"Person {n}", "roles": [r.value for r in roles] or ["mediator"],
        "password_hash": _hashed(), "language": "en", "created_at": clock.now(),
    } | changes  # fmt: skip
    user = User(**fields)
    session().add(user)
    session().flush()
    return user


_hash: list[str] = []


def _hashed() -> str:
    if not _hash:
        from argon2 import PasswordHasher

        _hash.append(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD))
    return _hash[0]


def sign_in(client, user: User) -> None:
    """Sign the person in, in this browser."""
    answer = client.post("/signin", data={"email": user.email, "password": PASSWORD})
    assert answer.status_code == 303, answer.text


def a_case(state: CaseState = CaseState.TRIAGE, **changes) -> Case:
    """A complaint about a refused return that has come as far as `state` (up to mediation), with its clocks."""
    at = clock.now()
    serial = next(_n)
    organisation = changes.pop("respondent", None) or an_organisation()
    complainant = changes.pop("complainant", None) or a_complainant()
    number = ids.case_number(at.year, serial)
    fields = {
        "number": number, "state": CaseState.RECEIVED, "channel": "web",
        "language": "zh-Hans",
        "rulebook_version": "test", "law_as_of": date(at.year, at.month, at.day),
        "link_hash": ids.digest(access.link_token(number)), "access_hash": ids.digest(access.access_token(number)),
        "original_sha256": "0" * 64, "title": "商家拒绝退货",
        "narrative": "收到的外套没有穿过，三天内申请退货，商家拒绝。",
        "anomaly": "return_refusal", "anomaly_status": "confirmed", "responsible_kind": PartyKind.MERCHANT,
        "respondent": organisation, "amount_minor": 19900, "received_at": at,
        "remedies_sought": [{"kind": "refund", "amount": {"amount_minor": 19900, "currency": "CNY"}}],
    } | changes  # fmt: skip
    case = Case(**fields, clocks=[], parties=[complainant])
    session().add(case)
    session().flush()
    for kind, figure in (("emergency_start", "emergency_start"), ("first_reply", "first_reply_ordinary"),
                         ("resolution", "resolution")):  # fmt: skip
        service_clocks.start(case, ClockKind(kind), act=an_act(), figure=figure)
    _bring(case, state)
    session().flush()
    return case


def link_of(case: Case) -> str:
    """The private link's token of a case."""
    return access.link_token(case.number)


def a_complainant(**changes) -> Party:
    """Whoever complains, not in a case yet."""
    fields = {"name": "林小雨", "phone": "+8613800138000", "email": "lin@example.test", "contact_by": "email"}
    return Party(**fields | changes)


def _bring(case: Case, state: CaseState) -> None:
    if state is CaseState.RECEIVED:
        return
    advance(case, Action.TRIAGE, act=an_act())
    if state in (CaseState.ANSWERING, CaseState.MEDIATION):
        case.asked_at = clock.now()
        advance(case, Action.REQUEST_ANSWER, act=an_act(), detail={"organisation_id": case.respondent_id})
        service_clocks.start(case, ClockKind.RESPONDENT_ANSWER, act=an_act(), figure="respondent_answer")
    if state is CaseState.MEDIATION:
        advance(case, Action.ANSWER, act=an_act(), branch="refuse")


def saved(make, *args, **kwargs):
    """Make something in a transaction of its own: `saved(a_case, state=…)`."""
    with transaction():
        return make(*args, **kwargs)
