"""Letters about a case to the people in it, each in their own language, through the outbox."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from app.accounts import queries as people
from app.accounts import service_hours
from app.accounts.models import User
from app.cases import service_gathered
from app.cases.models import Case, Clock, Party
from app.core import site
from app.core.languages import segment
from app.core.mail_addresses import COMPLAINANT, company, reply_address
from app.core.messages import Channel, OutboundMessage, addresses_told, post
from app.organisations.models import Organisation
from workflows.procedure.act import Act
from workflows.procedure.authority import Role
from workflows.procedure.clocks import ClockKind, Desk
from workflows.procedure.letters import local as local
from workflows.procedure.letters import write
from workflows.procedure.names import name
from workflows.procedure.quiet import QuietHours, can_wait
from workflows.procedure.states import Action

DESKS = {Desk.LEAD: (Role.LEAD,), Desk.SUPERVISOR: (Role.LEAD, Role.SUPERVISOR)}


def _held(key: str, quiet: QuietHours, act: Act, *, urgent: bool) -> datetime | None:
    """Return until when this letter is held back: the end of the reader's quiet hours, if it can wait."""
    return quiet.over_at(act.at) if can_wait(key) and not urgent else None


Together = Callable[[Case, str], Sequence[dict[str, Any]]]
_goes_with: list[Together] = []


def goes_with(handler: Together) -> Together:
    """Register what goes with a letter about a case to a side of it: `consumer` or `respondent`."""
    _goes_with.append(handler)
    return handler


def _with(case: Case, side: str, attachments: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [*attachments, *(each for handler in _goes_with for each in handler(case, side))]


def tell_consumer(
    case: Case, key: str, *, act: Act, urgent: bool = False, by: Channel | None = None,
    attachments: Sequence[dict[str, Any]] = (), **fields: Any,
) -> bool:  # fmt: skip
    """Write to the complainant in their language, by the way they asked for or `by` another; False without an address.

    Files go with an e-mail only.
    """
    party = complainant(case)
    channel = by or (Channel.SMS if party.contact_by == "phone" or not party.email else Channel.EMAIL)
    address = party.phone if channel is Channel.SMS else party.email
    if not address:
        return False
    fields.setdefault("track_url", site.absolute(f"/{segment(case.language)}/track"))
    letter = write(key, case.language, number=case.number, phone=site.settings().help_phone, **fields)
    post(
        channel=channel, address=address, language=case.language, subject=letter.subject, body=letter.by(channel),
        case_number=case.number, person=case.person, at=act.at, urgent=urgent,
        reply_to=reply_address(case.number, COMPLAINANT),
        attachments=_with(case, "consumer", attachments) if channel is Channel.EMAIL else (),
        not_before=_held(key, service_hours.hours_in(case.time_zone, at=act.at), act, urgent=urgent),
    )  # fmt: skip
    return True


def complainant(case: Case) -> Party:
    """Return the party who complained."""
    return next(party for party in case.parties if party.role == "complainant")


def tell_respondent(
    case: Case, key: str, *, act: Act, urgent: bool = False, attachments: Sequence[dict[str, Any]] = (),
    organisation: Organisation | None = None, **fields: Any,
) -> None:  # fmt: skip
    """Write to the organisation that must answer, or to another one that had to, in its language."""
    organisation = organisation or case.respondent
    if organisation is None or not organisation.email:
        return
    fields.setdefault("case_url", site.absolute(f"/r/cases/{case.number}"))
    letter = write(key, organisation.language, number=case.number, organisation=organisation.name, **fields)
    post(
        channel=Channel.EMAIL, address=organisation.email, language=organisation.language, subject=letter.subject,
        body=letter.body, case_number=case.number, person=case.person, at=act.at, urgent=urgent,
        attachments=_with(case, "respondent", attachments),
        reply_to=reply_address(case.number, company(organisation.id)),
        not_before=_held(key, service_hours.hours_in(organisation.time_zone, at=act.at), act, urgent=urgent),
    )  # fmt: skip


def tell_staff(case: Case, person: User, key: str, *, act: Act, urgent: bool = False, **fields: Any) -> None:
    """Write to one of the staff, in their language."""
    letter = write(key, person.language, number=case.number, **fields)
    post(
        channel=Channel.EMAIL, address=person.email, language=person.language, subject=letter.subject,
        body=letter.body, case_number=case.number, person=case.person, at=act.at, urgent=urgent,
        not_before=_held(key, service_hours.hours_of(person.id, at=act.at), act, urgent=urgent),
    )  # fmt: skip


def tell_desk(case: Case, key: str, *, act: Act, **fields: Any) -> None:
    """Write to whoever works the case, or else to the leads."""
    for person in _of_desk(case, Desk.MEDIATOR) or people.with_role(Role.LEAD):
        tell_staff(case, person, key, act=act, **fields)


def alert_duty(case: Case, *, act: Act) -> None:
    """Tell the officers on duty of an emergency, each once, while it waits to be started. Source: clause 2.2.3.2."""
    if case.emergency_started_at is not None:
        return
    due = next(local(clock.due_at, case.time_zone) for clock in case.clocks if clock.kind is ClockKind.EMERGENCY_START)
    url = site.absolute(f"/desk/cases/{case.number}")
    for person in people.with_role(Role.LEAD):
        subject = write("emergency_reported", person.language, number=case.number, due=due, case_url=url).subject
        if person.email not in addresses_told(case.number, subject):
            tell_staff(case, person, "emergency_reported", act=act, urgent=True, due=due, case_url=url)


def tell_assignee(case: Case, action: Action, *, act: Act) -> None:
    """Write to whoever the case is assigned to that a party took a step."""
    for person in _of_desk(case, Desk.MEDIATOR):
        url = site.absolute(f"/desk/cases/{case.number}")
        tell_staff(case, person, "staff_news", act=act, what=name("action", action, person.language), case_url=url)


def warn(case: Case, clock: Clock, desk: Desk, level: int, *, act: Act) -> None:
    """Warn the right desk: the mediator of the case first, then the lead, then lead and supervisor.

    The 2-hour clock warns at once; other warnings are gathered.
    """
    for person in _of_desk(case, desk):
        if clock.kind is not ClockKind.EMERGENCY_START:
            service_gathered.gather(case, clock, level, person, act=act)
            continue
        clock_name = name("clock", clock.kind, person.language)
        url = site.absolute(f"/desk/cases/{case.number}")
        due = local(clock.due_at, case.time_zone)
        fields = {"clock": clock_name, "due": due, "clause": clock.clause, "case_url": url}
        tell_staff(case, person, "clock_warning", act=act, urgent=True, **fields)


def _of_desk(case: Case, desk: Desk) -> list[User]:
    if desk is Desk.MEDIATOR and case.assignee_id:
        return [person for person in people.with_role(Role.MEDIATOR, Role.LEAD) if person.id == case.assignee_id]
    return people.with_role(*DESKS.get(desk, (Role.LEAD,)))  # a case that is nobody's is the leads'


def tell_of_breach(case: Case, clock: Clock, *, act: Act) -> None:
    """Tell the complainant, in plain words, and the leads that a limit was not kept."""
    due, clock_name = local(clock.due_at, case.time_zone), name("clock", clock.kind, case.language)
    ours = clock.kind not in (ClockKind.RESPONDENT_ANSWER, ClockKind.PERFORMANCE)
    tell_consumer(
        case, "clock_breach" if ours else "company_late", act=act, urgent=clock.kind is ClockKind.EMERGENCY_START,
        clock=clock_name, due=due, clause=clock.clause,
    )  # fmt: skip
    for person in people.with_role(Role.LEAD):
        tell_staff(
            case, person, "clock_breach_desk", act=act, clock=name("clock", clock.kind, person.language), due=due,
            clause=clock.clause, case_url=site.absolute(f"/desk/cases/{case.number}"),
        )  # fmt: skip


def tell_of_returned(case: Case, message: OutboundMessage, *, act: Act) -> None:
    """Tell whoever works the case, or else the leads, that a letter did not reach its reader."""
    for person in _of_desk(case, Desk.MEDIATOR) or people.with_role(Role.LEAD):
        tell_staff(
            case, person, "letter_undelivered", act=act, address=message.address, why=message.undelivered_why,
            about=message.subject, case_url=site.absolute(f"/desk/cases/{case.number}"),
        )  # fmt: skip
