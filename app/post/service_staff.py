"""What a person does with mail that waits: put it into a case, make a case of it, or set it aside with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import and_, or_, select

from app.cases.models import Case
from app.cases.queries import by_number
from app.cases.queries_people import cases_of, contacts_of
from app.cases.service import advance
from app.cases.service_erasure import remove_files
from app.cases.service_retention import kept_too_long
from app.cases.service_steps import say
from app.core import people
from app.core.db import session
from app.core.ids import read_case_number
from app.core.masters import trace
from app.core.people import Person, when_erasing
from app.core.text import BODY_LIMIT, is_blank
from app.evidence.service import add
from app.intake.service import Prepared, receive
from app.intake.service_keys import Received
from app.post.commands import DiscardMail, PlaceMail
from app.post.models import InboundMail, MailStatus
from app.post.service import say_in
from workflows.procedure.act import Act
from workflows.procedure.authority import Actor, Audience, Role
from workflows.procedure.errors import Invalid
from workflows.procedure.states import Action
from workflows.regulation import book


def place(mail: InboundMail, command: PlaceMail, *, act: Act) -> Case:
    """Put the message and its files into a case, as what one side wrote or as a note of the desk. Raises: Invalid."""
    _require_waiting(mail)
    number = read_case_number(command.number)
    case = by_number(number, act.actor) if number else None
    if case is None:
        raise Invalid("case_unknown", pointer="/number")
    if command.side == "internal":
        _as_note(mail, case, act)
    else:
        say_in(case, mail.body or "", mail.uploads(), act=Act(_writer(case, command.side, act), act.at))
    mail.case_id, mail.status = case.id, MailStatus.REPLY
    _settled(mail, act)
    return case


def _writer(case: Case, side: str, act: Act) -> Actor:
    """Return the side as whose words it is kept; the history also names who of the desk placed it."""
    if side == "consumer":
        return replace(act.actor, roles=frozenset({Role.CONSUMER}), case_id=case.id, organisation_id=None)
    if not case.organisation_ids:
        raise Invalid("company_not_asked", pointer="/side")
    return replace(act.actor, roles=frozenset({Role.RESPONDENT}), organisation_id=case.respondent_id)


def _as_note(mail: InboundMail, case: Case, act: Act) -> None:
    advance(case, Action.MESSAGE, act=act, audience=Audience.INTERNAL, detail={"mail": mail.id})
    if not is_blank(mail.body or ""):
        say(case, f"{mail.sender_name}\n\n{mail.body}"[:BODY_LIMIT], Audience.INTERNAL, act=act)
    if files := mail.uploads():
        add(case, files, act=act)


def open_case(mail: InboundMail, prepared: Prepared, *, act: Act) -> Received:
    """Make a case of the message. `prepared` was made as of its receipt, for the clocks run from then."""
    _require_waiting(mail)
    arrival = Act(act.actor, mail.received_at)
    made = receive(prepared, act=arrival, channel="email", evidence=mail.uploads(), key=f"mail-{mail.id}")
    mail.case_id, mail.status = made.case.id, MailStatus.CASE
    _settled(mail, act)
    return made


def discard(mail: InboundMail, command: DiscardMail, *, act: Act) -> None:
    """Set the message aside; it and the reason stay."""
    _require_waiting(mail)
    mail.note, mail.status = command.reason, MailStatus.DISCARDED
    _settled(mail, act)


def _settled(mail: InboundMail, act: Act) -> None:
    mail.settled_at, mail.settled_by = act.at, act.actor.user_id


def _require_waiting(mail: InboundMail) -> None:
    if not mail.waits:
        raise Invalid("mail_settled")


@kept_too_long
def _writers(at: datetime, most: int) -> Sequence[Person]:
    """Return who wrote mail long ago that became no case."""
    before = at - book.current().figure("mail_kept", on=at.date()).length
    query = select(Person).join(InboundMail, InboundMail.person_id == Person.id)
    query = query.where(InboundMail.received_at <= before, InboundMail.case_id.is_(None), Person.erased_at.is_(None))
    return session().scalars(query.limit(most)).all()


@when_erasing
def _remove(person: Person, at: datetime) -> None:
    """Erase the mail that belongs to the person's cases, that came from their address, or that is all there is."""
    sent = InboundMail.sender_trace.in_([trace("address", contact) for contact in contacts_of(person)])
    theirs = or_(
        InboundMail.person_id == person.id,
        InboundMail.case_id.in_([case.id for case in cases_of(person)]),
        and_(sent, InboundMail.case_id.is_(None)),
    )
    for mail in session().scalars(select(InboundMail).where(theirs)).all():
        remove_files([mail.raw_ref, *(ref for file in mail.uploads() for ref in (file.ref, file.shared_ref))])
        if mail.person_id != person.id and mail.person.erased_at is None:
            people.erase(mail.person, at=at)
