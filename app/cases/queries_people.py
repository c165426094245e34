"""The people behind the cases: found by what they gave us, known to the reader by nothing but their cases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.accounts.models_watch import Approval
from app.accounts.service_approvals import TwoPersonAct
from app.cases import traces
from app.cases.models import Case, Party
from app.cases.models_erasure import ErasureWish
from app.core.contact import email_address, phone_number
from app.core.db import session
from app.core.ids import read_case_number
from app.core.people import Person


def known_by(typed: str) -> list[Person]:
    """Return whom a case number, a telephone number or an e-mail address means: everybody who gave it."""
    if contacts := [each for each in (phone_number(typed), email_address(typed)) if each]:
        condition = traces.with_any("contact", contacts)
    else:
        condition = Case.number == read_case_number(typed)
    cases = session().scalars(select(Case).where(condition).order_by(Case.id)).unique().all()
    return list({case.person_id: case.person for case in cases}.values())


def by_id(person_id: str) -> Person | None:
    """Return the person with this number, if they ever complained."""
    person = session().get(Person, person_id)
    return person if person and cases_of(person) else None


def cases_of(person: Person) -> Sequence[Case]:
    """Return the person's cases, oldest first."""
    query = select(Case).where(Case.person_id == person.id).options(selectinload(Case.parties))
    return session().scalars(query.order_by(Case.id)).all()


def contacts_of(person: Person) -> list[str]:
    """Return the telephone numbers and addresses that were given in the person's cases."""
    query = select(Party).join(Case, Case.id == Party.case_id).where(Case.person_id == person.id)
    given = [contact for party in session().scalars(query) for contact in (party.phone, party.email)]
    return list(dict.fromkeys(contact for contact in given if contact))


def open_wish(person: Person) -> ErasureWish | None:
    """Return the request about this person that is not done yet."""
    query = select(ErasureWish).where(ErasureWish.person_id == person.id, ErasureWish.done_at.is_(None))
    return session().scalars(query).one_or_none()


def proposed(person: Person, *, at: datetime) -> Approval | None:
    """Return what somebody of the desk asked for about this person, if nobody has decided on it yet."""
    asked = select(Approval).where(Approval.act == TwoPersonAct.ERASE_PERSON.value, Approval.decided_at.is_(None))
    open_ = session().scalars(asked.where(Approval.expires_at > at).order_by(Approval.id))
    return next((each for each in open_ if each.subject["person_id"] == person.id), None)


def open_wishes(*, most: int = 100) -> Sequence[tuple[ErasureWish, str]]:
    """Return the requests that are not done yet, oldest first, each with the number of a case of the person."""
    first = select(Case.number).where(Case.person_id == ErasureWish.person_id).order_by(Case.id).limit(1)
    query = select(ErasureWish, first.scalar_subquery()).where(ErasureWish.done_at.is_(None))
    rows = session().execute(query.order_by(ErasureWish.asked_at, ErasureWish.id).limit(most))
    return [(row[0], row[1] or "") for row in rows]
