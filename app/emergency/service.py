"""Emergency handling: started within two hours, by a plan made ready, beside the way of the case.

Source: clause 2.2.3.1 (contacts), 2.2.3.2 (two hours), 2.2.3.3 (plans).
"""

from __future__ import annotations

from app.cases.actions import performs
from app.cases.models import Case
from app.cases.service import advance, when_entering
from app.cases.service_letters import tell_consumer, tell_respondent
from app.emergency import queries
from app.emergency.commands import EmergencyStep, EndEmergency, StartEmergency
from app.emergency.service_calls import call_out, hang_up, runs
from workflows.procedure.act import Act
from workflows.procedure.authority import Actor, Permission
from workflows.procedure.errors import Invalid
from workflows.procedure.names import name
from workflows.procedure.states import Action, CaseState
from workflows.regulation import book
from workflows.regulation.entries import Plan


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


def _may_start(case: Case, actor: Actor) -> bool:
    """A lead starts one whenever it serves; who answers the telephone, where an emergency was reported."""
    return not runs(case) and (case.emergency or actor.may(Permission.EMERGENCY_END))


@performs(Action.START_EMERGENCY, StartEmergency, ready=_may_start)
def start(case: Case, command: StartEmergency, act: Act) -> None:
    """Start a plan; the consumer and the responsible organisation's emergency contacts are told at once."""
    plan = next((plan for plan in plans_ready(case) if plan.key == command.plan), None)
    if plan is None:
        raise Invalid("not_possible", pointer="/plan")
    case.emergency, case.emergency_plan = True, plan.key
    case.emergency_started_at, case.emergency_ended_at = act.at, None
    advance(case, Action.START_EMERGENCY, act=act, detail={"plan": plan.key, "note": command.note})
    told = "\n".join(text for text in (plan.name.in_(case.language), command.note) if text)
    what = name("action", "start_emergency", case.language)
    tell_consumer(case, "progress", act=act, urgent=True, what=what, turn=told)
    call_out(case, command.note, act=act)


@performs(Action.EMERGENCY_STEP, EmergencyStep, ready=lambda case, actor: runs(case))
def take_step(case: Case, command: EmergencyStep, act: Act) -> None:
    """Note a step of the plan as done, once."""
    run = queries.last_run(case)
    if run is None or command.step not in run.open_steps:
        raise Invalid("not_possible", pointer="/step")
    detail = {"plan": run.plan.key, "step": command.step, "note": command.note}
    advance(case, Action.EMERGENCY_STEP, act=act, detail=detail)


@performs(Action.END_EMERGENCY, EndEmergency, ready=lambda case, actor: runs(case))
def end(case: Case, command: EndEmergency, act: Act) -> None:
    """End it, with what was done; the case itself goes its way."""
    case.emergency_ended_at = act.at
    advance(case, Action.END_EMERGENCY, act=act, detail={"done": command.done})
    hang_up(case, act=act)
    what = name("action", "end_emergency", case.language)
    tell_consumer(case, "progress", act=act, urgent=True, what=what, turn=command.done)
    if case.organisation_ids and case.respondent:
        what = name("action", "end_emergency", case.respondent.language)
        tell_respondent(case, "respondent_news", act=act, what=what, turn=command.done)


@when_entering(CaseState.CLOSED)
def _over(case: Case, act: Act) -> None:
    """Nothing is urgent any more in a case that is closed."""
    if runs(case):
        case.emergency_ended_at = act.at
        hang_up(case, act=act)
