"""Calling the company that must act: whoever is on duty, then the fall-back, then those who watch over the desk.

A call asks to be confirmed. Nobody confirming it is noticed by a clock of its own, which calls the next.
Source: clause 2.2.3.1 (contacts), figure `acknowledgement`.
"""

from __future__ import annotations

from collections.abc import Sequence
from hmac import compare_digest

from sqlalchemy import func, select

from app.accounts import queries as people
from app.cases import service_clocks
from app.cases.actions import performs
from app.cases.models import Case, Clock
from app.cases.service import advance, after, when_entering
from app.cases.service_letters import tell_staff
from app.core import ids, site
from app.core.db import session
from app.core.messages import Channel, post
from app.emergency import queries
from app.emergency.commands import AcknowledgeCall
from app.emergency.models import EmergencyCall
from app.organisations.models import Organisation
from workflows.procedure import on_call
from workflows.procedure.act import Act
from workflows.procedure.authority import SYSTEM, Actor, Role
from workflows.procedure.clocks import ClockKind
from workflows.procedure.errors import Invalid
from workflows.procedure.letters import write
from workflows.procedure.on_call import Contact, Stage
from workflows.procedure.states import Action, CaseState


def runs(case: Case) -> bool:
    """Return whether emergency handling is under way."""
    return case.emergency_started_at is not None and case.emergency_ended_at is None


def call_out(case: Case, note: str, *, act: Act) -> None:
    """Call the company that answers for it, once a person confirmed that it does: before, no company is told."""
    company = case.respondent
    if company is None or case.anomaly_status != "confirmed" or case.emergency_called_id == company.id:
        return
    hang_up(case, act=act)
    stage, contacts = on_call.first_called(on_call.read(company.emergency_contacts), act.at, company.time_zone)
    case.emergency_called_id = company.id
    made = select(func.count()).where(EmergencyCall.case_id == case.id)
    call = EmergencyCall(
        case_id=case.id, n=1 + (session().scalar(made) or 0), organisation_id=company.id,
        plan=case.emergency_plan or "", stage=stage, called_at=act.at, reached=[],
    )  # fmt: skip
    session().add(call)
    _ring(case, company, call, contacts, note, act)


def hang_up(case: Case, *, act: Act) -> None:
    """Nobody has to confirm the calls of this case any more."""
    for call in session().scalars(
        select(EmergencyCall).where(EmergencyCall.case_id == case.id, EmergencyCall.over_at.is_(None))
    ):
        call.over_at = act.at
    case.emergency_called_id = None


def code_of(call: EmergencyCall, number: str) -> str:
    """Return the six digits that the contact reads on the telephone; derived, so that they are stored nowhere."""
    secret = ids.keyed_digest(site.settings().secret_key, "emergency-call", number, str(call.n))
    return f"{int(secret, 16) % 1_000_000:06d}"


def _ring(
    case: Case, company: Organisation, call: EmergencyCall, contacts: Sequence[Contact], note: str, act: Act
) -> None:
    """Write to the contacts by every way they gave; a company that keeps none is written to at its own address."""
    language, plan = company.language, queries.plan_of(case, call.plan)
    letter = write(
        "emergency_call", language, number=case.number, organisation=company.name, plan=plan.name.in_(language),
        steps="\n".join(f"{n}. {step.in_(language)}" for n, step in enumerate(plan.steps, start=1)), note=note,
        clause=plan.clause, phone=site.settings().help_phone, code=code_of(call, case.number),
        confirm_url=site.absolute("/r"),
    )  # fmt: skip
    reached = []
    for contact in contacts or [Contact(name=company.name, email=company.email or "")]:
        for channel, address in ((Channel.SMS, contact.phone), (Channel.EMAIL, contact.email)):
            if address:
                reached.append({"name": contact.name, "address": address, "stage": call.stage})
                post(
                    channel=channel, address=address, language=language, subject=letter.subject,
                    body=letter.by(channel), case_number=case.number, person=case.person, at=act.at, urgent=True,
                )  # fmt: skip
    call.reached = [*call.reached, *reached]
    _wait(case, call, act)


def _wait(case: Case, call: EmergencyCall, act: Act) -> None:
    """Write the call into the history and have its clock wait for somebody to confirm it."""
    told = {"stage": call.stage, "organisation_id": call.organisation_id, "call": call.n}
    advance(case, Action.CALL_CONTACT, act=Act(SYSTEM, act.at), detail=told)
    if call.stage is not Stage.SUPERVISOR:
        service_clocks.start(case, ClockKind.ACKNOWLEDGEMENT, act=act, figure="acknowledgement")


@service_clocks.when_elapsed(ClockKind.ACKNOWLEDGEMENT)
def escalate(case: Case, clock: Clock, act: Act) -> None:
    """Nobody confirmed in time: call the fall-back; after that, or without one, tell leads and supervisors."""
    call, company = queries.open_call(case), case.respondent
    if call is None or company is None or not runs(case):
        return
    last = on_call.fallbacks(on_call.read(company.emergency_contacts))
    if call.stage is Stage.ON_DUTY and last:
        call.stage = Stage.FALLBACK
        _ring(case, company, call, last, "", act)
        return
    call.stage = Stage.SUPERVISOR
    _wait(case, call, act)
    for person in people.with_role(Role.LEAD, Role.SUPERVISOR):
        url = site.absolute(f"/desk/cases/{case.number}")
        tell_staff(case, person, "emergency_unanswered", act=act, organisation=company.name, case_url=url)


def _called(case: Case, actor: Actor) -> bool:
    call = queries.open_call(case)
    return call is not None and (not actor.is_respondent or call.organisation_id == actor.organisation_id)


@performs(Action.ACKNOWLEDGE_CALL, AcknowledgeCall, ready=_called)
def acknowledge(case: Case, command: AcknowledgeCall, act: Act) -> None:
    """Note that the call arrived: one click by the company's own people, or the code they read to the desk."""
    call = queries.open_call(case)
    if call is None:
        raise Invalid("already_answered")
    on_page = act.actor.is_respondent
    if not on_page and not compare_digest(command.code.replace(" ", "").encode(), code_of(call, case.number).encode()):
        raise Invalid("call_code_wrong", pointer="/code")
    call.acknowledged_at, call.acknowledged_by = act.at, act.actor.name if on_page else command.name or None
    told = {"by": "page" if on_page else "phone", "call": call.n}
    advance(case, Action.ACKNOWLEDGE_CALL, act=act, detail=told)


@after(Action.CLASSIFY)
@when_entering(CaseState.ANSWERING)
def call_whoever_was_named(case: Case, act: Act) -> None:
    """A company named while the emergency runs is called then."""
    if runs(case):
        call_out(case, "", act=act)
