"""Emergency handling is started by a plan, meets its clock, reaches whoever is on call, and ends with what was done."""

import pytest
from sqlalchemy import select

from app.cases import actions, queries
from app.cases.commands import Close
from app.core.db import session, transaction
from app.core.messages import OutboundMessage
from app.emergency.commands import EndEmergency, StartEmergency
from app.emergency.service import plans_ready, runs
from tests.factories import a_case, a_person, acting, an_organisation, saved
from workflows.procedure.authority import SYSTEM, Role
from workflows.procedure.clocks import ClockKind, ClockStatus
from workflows.procedure.errors import Invalid, NotPermitted, StepNotAllowed
from workflows.procedure.states import Action, CaseState

CONTACTS = [{"name": "王值班", "phone": "+8613900139000", "email": "night@shop.test"}]


def do(case, action, command, role=Role.LEAD):
    person = saved(a_person, role)
    with transaction():
        actions.carry_out(queries.case_to_work(case.id), action, command, act=acting(person))
    return queries.case_to_work(case.id)


def start(case, plan="accept_return", note="", role=Role.LEAD):
    return do(case, Action.START_EMERGENCY, StartEmergency(plan=plan, note=note), role)


def letters():
    return {m.address: m for m in session().scalars(select(OutboundMessage))}


def test_starting_a_plan_meets_the_two_hours(app, time):
    case = saved(a_case)
    at = time.go(hours=1)

    case = start(case)

    clock = next(c for c in case.clocks if c.kind is ClockKind.EMERGENCY_START)
    assert (case.emergency, case.emergency_plan, case.emergency_started_at) == (True, "accept_return", at)
    assert clock.status is ClockStatus.MET


def test_the_consumer_and_whoever_is_on_call_are_told(app):
    with transaction():
        shop = an_organisation(emergency_contacts=CONTACTS)
        case = a_case(CaseState.ANSWERING, respondent=shop)

    start(case, note="请先停用。")

    told = letters()
    assert {"lin@example.test", "+8613900139000", "night@shop.test"} <= set(told)
    assert "请先停用。" in told["lin@example.test"].body
    assert "1. " in told["night@shop.test"].body


def test_a_company_that_keeps_no_contact_is_told_at_its_own_address(app):
    case = saved(a_case, CaseState.ANSWERING)

    start(case)

    assert "应急" in letters()["answers@shop.test"].subject


def test_no_company_is_told_before_a_person_confirmed_that_it_is_theirs(app):
    case = saved(a_case, anomaly_status="proposed")

    start(case)

    assert set(letters()) == {"lin@example.test"}


def test_a_plan_for_another_anomaly_is_refused_once_the_anomaly_is_confirmed(app):
    case = saved(a_case)

    with pytest.raises(Invalid) as refused:
        start(case, plan="restore_service")

    assert refused.value.pointer == "/plan"
    assert not queries.case_to_work(case.id).emergency


def test_while_nobody_knows_what_it_is_every_plan_is_ready_and_the_fittest_come_first(app):
    case = saved(a_case, anomaly="return_refusal", anomaly_status="needs_person")

    plans = [plan.key for plan in plans_ready(case)]

    assert plans[0] == "accept_return"
    assert "restore_service" in plans
    assert len(plans) == len(set(plans))


def test_it_runs_once_at_a_time_and_can_be_started_again_after_its_end(app):
    case = start(saved(a_case))
    with pytest.raises(StepNotAllowed):
        start(case)

    case = do(case, Action.END_EMERGENCY, EndEmergency(done="已退款。"))
    assert not runs(case)
    assert runs(start(case))


def test_ending_tells_what_was_done(app):
    case = start(saved(a_case, CaseState.ANSWERING))

    case = do(case, Action.END_EMERGENCY, EndEmergency(done="已退款。"))

    last = queries.events(case, SYSTEM)[-1]
    assert (last.action, last.detail) == (Action.END_EMERGENCY, {"done": "已退款。"})
    bodies = [each.body for each in session().scalars(select(OutboundMessage))]
    assert sum("已退款。" in body for body in bodies) == 2


def test_what_does_not_run_cannot_be_ended(app):
    with pytest.raises(StepNotAllowed):
        do(saved(a_case), Action.END_EMERGENCY, EndEmergency(done="x"))


def test_whoever_answers_the_telephone_starts_one_where_an_emergency_was_reported_and_nowhere_else(app):
    assert runs(start(saved(a_case, emergency=True), role=Role.OPERATOR))
    with pytest.raises(StepNotAllowed):
        start(saved(a_case), role=Role.OPERATOR)


STARTS = (Role.LEAD, Role.OPERATOR)


@pytest.mark.parametrize("role", [r for r in Role if r not in (*STARTS, Role.CONSUMER, Role.SYSTEM)])
def test_nobody_else_starts_one(app, role):
    with pytest.raises(NotPermitted):
        start(saved(a_case), role=role)


def test_a_closed_case_has_no_emergency_under_way(app, time):
    case = saved(a_case)
    start(case)
    at = time.go(hours=3)

    case = do(case, Action.CLOSE, Close(reason="out_of_scope", explanation="…不属于受理范围。"))

    assert not runs(case)
    assert case.emergency_ended_at == at
