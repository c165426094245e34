"""Erasing a person: asked for by them or the desk, agreed to by two, done when nothing of theirs runs any more."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.accounts import service_approvals
from app.accounts.service_approvals import TwoPersonAct, done_by_two
from app.cases import traces
from app.cases.models_erasure import ErasureWish
from app.cases.models_talk import Confirmation
from app.cases.queries_people import cases_of, open_wish, proposed
from app.cases.recording import about
from app.core import people
from app.core.db import after_commit, session
from app.core.people import Person, when_erasing
from app.core.storage import store
from app.ledger import service as ledger
from workflows.procedure.act import Act
from workflows.procedure.authority import SYSTEM
from workflows.procedure.errors import Invalid
from workflows.procedure.states import CaseState

Going = Callable[[Sequence[int], datetime], Collection[int]]
_going: list[Going] = []


def goes_on(ask: Going) -> Going:
    """Register what a room has going on in closed cases: of these ids it returns those, at that instant."""
    _going.append(ask)
    return ask


def running(person: Person, *, at: datetime) -> list[str]:
    """Return the numbers of the person's cases that are not over: their facts are still needed."""
    cases = cases_of(person)
    ids = [case.id for case in cases]
    held = {case_id for ask in _going if ids for case_id in ask(ids, at)}
    return [case.number for case in cases if case.state is not CaseState.CLOSED or case.id in held]


def wish(person: Person, *, act: Act) -> ErasureWish:
    """Keep a request to be erased; asked for again it is the same one. Raises Invalid for somebody erased before."""
    if person.erased_at is not None:
        raise Invalid("already_erased")
    found = open_wish(person)
    if found is None:
        side = "consumer" if act.actor.is_consumer else "desk"
        found = ErasureWish(person_id=person.id, asked_at=act.at, asked_by=side)
        session().add(found)
        session().flush()
    return found


def propose(person: Person, reason: str, *, act: Act) -> None:
    """Ask a second person of the desk to agree; once is enough. Raises Invalid without a reason."""
    wish(person, act=act)
    if proposed(person, at=act.at):
        return
    number = next((case.number for case in cases_of(person)), "")
    subject = {"person_id": person.id, "case_number": number}
    service_approvals.ask(TwoPersonAct.ERASE_PERSON, subject, reason, act=act)


@done_by_two(TwoPersonAct.ERASE_PERSON, told=lambda subject: str(subject.get("case_number") or subject["person_id"]))
def _agreed(subject: dict[str, Any], act: Act) -> None:
    """Erase the person, or have it done when the last of their cases has ended."""
    person = session().get_one(Person, subject["person_id"])
    asked = wish(person, act=act)
    asked.agreed_at = act.at
    do_what_is_due(act=act)


def do_what_is_due(*, act: Act) -> int:
    """Erase everybody whose erasing was agreed to and of whom nothing runs any more; return how many.

    Twice is harmless: who is erased has no request left that is open.
    """
    open_ = select(ErasureWish).where(ErasureWish.done_at.is_(None), ErasureWish.agreed_at.is_not(None))
    due = [
        person
        for each in session().scalars(open_).all()
        if not running(person := session().get_one(Person, each.person_id), at=act.at)
    ]
    for person in due:
        erase(person, act=act)
    return len(due)


def erase(person: Person, *, act: Act) -> None:
    """Erase somebody now. Raises Invalid with the case that still runs, or for somebody erased before."""
    session().refresh(person, with_for_update=True)  # who files in their name now waits, or is seen here
    if person.erased_at is not None:
        raise Invalid("already_erased")
    if still := running(person, at=act.at):
        raise Invalid("case_still_runs", case=still[0])
    people.erase(person, at=act.at)


@when_erasing
def _clear(person: Person, at: datetime) -> None:
    """Destroy the salts of the record, the traces and the kept submissions of the person's cases."""
    for case in cases_of(person):
        remove_files([case.original_ref])
    case_ids = [case.id for case in cases_of(person)]
    if case_ids:
        session().execute(traces.forget(case_ids))
        for confirmation in session().scalars(select(Confirmation).where(Confirmation.case_id.in_(case_ids))):
            session().delete(confirmation)
        ledger.forget([about(case_id) for case_id in case_ids], act=Act(SYSTEM, at))
    if (asked := open_wish(person)) is not None:
        asked.done_at = at


def remove_files(refs: Sequence[str | None]) -> None:
    """Remove files once the transaction is committed. After a crash before, they lie there and nothing opens them."""
    for ref in refs:
        if ref:
            after_commit(lambda ref=ref: store().remove(ref))  # type: ignore[misc]
