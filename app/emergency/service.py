"""Emergency handling: started within two hours, by a plan made ready, beside the way of the case.

Source: clause 2.2.3.1 (contacts), 2.2.3.2 (two hours), 2.2.3.3 (plans).
"""

from __future__ import annotations

from collections.abc import Iterator

from app.cases.actions import performs
from app.cases.models import Case
from app.cases.service import advance, when_entering
from app.cases.service_letters import tell_consumer, tell_respondent
from app.core import site
from app.core.messages import Channel, post
from app.emergency.commands import EndEmergency, StartEmergency
from app.organisations.models import Organisation
from workflows.procedure.act import Act
from workflows.procedure.errors import Invalid
from workflows.procedure.letters import write
from workflows.procedure.names import name
from workflows.procedure.states import Action, CaseState
from workflows.regulation import book
from workflows.regulation.entries import Plan


def runs(case: Case) -> bool:
    """Return whether emergency handling is under way."""
    return case.emergency_started_at is not None and case.emergency_ended_at is None


def plans_ready(case: Case) -> list[Plan]:
    """Return the plans that may be started, fittest first: those of the case's anomalies, or of all while it is open.

    Source: clause 2.2.3.3.
    """
    rules = book.current()
    named = [case.anomaly, *(other.get("anomaly") for other in case.others), case.anomaly_claimed]
    every = [] if case.anomaly_status == "confirmed" else [anomaly.key for anomaly in rules.anomalies]
    keys = dict.fromkeys(key for key in (*named, *every) if key)
    plans = {plan.key: plan for key in keys for plan in rules.plans_for(key, on=case.law_as_of)}
    return list(plans.values())


@performs(Action.START_EMERGENCY, StartEmergency, ready=lambda case, actor: not runs(case))
def start(case: Case, command: StartEmergency, act: Act) -> None:
    """Start a plan; the consumer and the responsible organisation's emergency contacts are told at once."""
    plan = next((plan for plan in plans_ready(case) if plan.key == command.plan), None)
    if plan is None:
        raise Invalid("not_possible", pointer="/plan")
    case.emergency, case.emergency_plan = True, plan.key
    case.emergency_started_at, case.emergency_ended_at = act.at, None
    advance(case, Action.START_EMERGENCY, act=act, detail={"plan": plan.key, "note": command.note})
    told = "\n".join(text for text in (plan.name.in_(case.language), command.note) if text)
    tell_consumer(case, "progress", act=act, what=name("action", "start_emergency", case.language), turn=told)
    if case.respondent and case.anomaly_status == "confirmed":  # before that, no company is told anything
        _call_out(case, case.respondent, plan, command.note, act)


def _call_out(case: Case, organisation: Organisation, plan: Plan, note: str, act: Act) -> None:
    language = organisation.language
    steps = "\n".join(f"{n}. {step.in_(language)}" for n, step in enumerate(plan.steps, start=1))
    letter = write(
        "emergency_call", language, number=case.number, organisation=organisation.name, plan=plan.name.in_(language),
        steps=steps, note=note, clause=plan.clause, phone=site.settings().help_phone,
    )  # fmt: skip
    for channel, address in _contacts(organisation):
        post(
            channel=channel, address=address, language=language, subject=letter.subject, body=letter.body,
            case_number=case.number, at=act.at,
        )  # fmt: skip


def _contacts(organisation: Organisation) -> Iterator[tuple[Channel, str]]:
    """Yield how to reach whoever is on call; the organisation's own address where no contact is kept."""
    reached = False
    for contact in organisation.emergency_contacts:
        for channel, address in ((Channel.SMS, contact.get("phone")), (Channel.EMAIL, contact.get("email"))):
            if address:
                reached = True
                yield channel, address
    if not reached and organisation.email:
        yield Channel.EMAIL, organisation.email


@performs(Action.END_EMERGENCY, EndEmergency, ready=lambda case, actor: runs(case))
def end(case: Case, command: EndEmergency, act: Act) -> None:
    """End it, with what was done; the case itself goes its way."""
    case.emergency_ended_at = act.at
    advance(case, Action.END_EMERGENCY, act=act, detail={"done": command.done})
    what = name("action", "end_emergency", case.language)
    tell_consumer(case, "progress", act=act, what=what, turn=command.done)
    if case.organisation_ids and case.respondent:
        what = name("action", "end_emergency", case.respondent.language)
        tell_respondent(case, "respondent_news", act=act, what=what, turn=command.done)


@when_entering(CaseState.CLOSED)
def _over(case: Case, act: Act) -> None:
    """Nothing is urgent any more in a case that is closed."""
    if runs(case):
        case.emergency_ended_at = act.at
