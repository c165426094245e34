"""A call reaches whoever is on duty at that hour, waits to be confirmed, and goes to the next when it is not."""

import pytest
from sqlalchemy import select

from app.cases import actions, queries, service_clocks
from app.cases.commands import Classify
from app.cases.deadlines import explained
from app.core.db import session, transaction
from app.core.messages import OutboundMessage
from app.emergency import queries as calls
from app.emergency.commands import AcknowledgeCall, EmergencyStep, EndEmergency, StartEmergency
from app.emergency.service_calls import code_of
from tests.factories import a_case, a_person, acting, an_act, an_organisation, saved, sign_in
from workflows.procedure.authority import SYSTEM, Role
from workflows.procedure.clocks import ClockKind
from workflows.procedure.errors import Invalid, StepNotAllowed
from workflows.procedure.on_call import Stage
from workflows.procedure.states import Action, CaseState

DAY = {"name": "日班", "phone": "+8613900139001", "opens": "08:00", "closes": "20:00"}
NIGHT = {"name": "夜班", "phone": "+8613900139002", "opens": "20:00", "closes": "08:00"}
LAST = {"name": "备用", "phone": "+8613900139003", "email": "last@shop.test", "fallback": True}


def a_call(contacts=(DAY, NIGHT, LAST), **changes):
    """A case of a shop with these contacts, with its plan started."""
    with transaction():
        shop = an_organisation(emergency_contacts=list(contacts))
        case = a_case(CaseState.ANSWERING, respondent=shop, **changes)
    do(case, Action.START_EMERGENCY, StartEmergency(plan="accept_return"))
    return queries.case_to_work(case.id)


def do(case, action, command, actor=None):
    act = acting(actor) if actor else an_act(Role.LEAD)
    with transaction():
        actions.carry_out(queries.case_to_work(case.id), action, command, act=act)


def fire_due(at):
    for clock_id in queries.due_clocks(at):
        with transaction():
            service_clocks.fire(clock_id, act=an_act())


def written_to():
    session().rollback()
    return [m.address for m in session().scalars(select(OutboundMessage).order_by(OutboundMessage.id))]


def stage(case):
    session().rollback()
    return calls.calls_of([case])[case.id].stage


def agreed(case):
    """Whether the record explains every call's clock (the factory's own clocks have no entry that began them)."""
    found = explained(queries.case_to_work(case.id))
    assert any(account.kind is ClockKind.ACKNOWLEDGEMENT for account in found.accounts)
    return not [each for each in found.differences if each.kind is ClockKind.ACKNOWLEDGEMENT]


def test_the_contact_on_duty_at_that_hour_is_called_and_nobody_else(app, time):
    time.go(hours=12)  # midnight in Shanghai

    a_call()

    assert "+8613900139002" in written_to()
    assert not {"+8613900139001", "+8613900139003"} & set(written_to())


def test_an_unconfirmed_call_goes_to_the_fall_back_and_then_to_those_who_watch(app, time):
    watcher = saved(a_person, Role.SUPERVISOR)
    case = a_call()

    fire_due(time.go(minutes=15))
    assert stage(case) is Stage.FALLBACK
    assert {"+8613900139003", "last@shop.test"} <= set(written_to())

    fire_due(time.go(minutes=15))
    assert stage(case) is Stage.SUPERVISOR
    assert written_to().count(watcher.email) == 1

    before = len(written_to())
    fire_due(time.go(minutes=30))
    assert len(written_to()) == before
    assert agreed(case)


def test_without_a_fall_back_the_supervisor_is_told_at_once(app, time):
    watcher = saved(a_person, Role.SUPERVISOR)
    case = a_call(contacts=[DAY])

    fire_due(time.go(minutes=15))

    assert stage(case) is Stage.SUPERVISOR
    assert watcher.email in written_to()


def test_one_click_of_the_company_stops_the_escalation(app, client, time):
    case = a_call()
    person = saved(a_person, Role.RESPONDENT, organisation_id=case.respondent_id)
    sign_in(client, person)
    assert case.number in client.get("/r").text

    first = client.post(f"/r/emergencies/{case.number}/acknowledge")
    again = client.post(f"/r/emergencies/{case.number}/acknowledge")

    assert (first.status_code, again.status_code) == (303, 303)
    before = len(written_to())
    fire_due(time.go(minutes=40))
    assert len(written_to()) == before
    call = calls.calls_of([case])[case.id]
    assert (call.acknowledged_by, call.stage) == (person.name, Stage.ON_DUTY)
    assert agreed(case)


def test_a_company_that_may_not_read_the_case_yet_still_confirms_its_call(app, client):
    with transaction():
        shop = an_organisation(emergency_contacts=[DAY])
        case = a_case(respondent=shop)
    do(case, Action.START_EMERGENCY, StartEmergency(plan="accept_return"))
    sign_in(client, saved(a_person, Role.RESPONDENT, organisation_id=shop.id))

    assert client.get(f"/r/cases/{case.number}").status_code == 404
    client.post(f"/r/emergencies/{case.number}/acknowledge")

    assert calls.calls_of([case])[case.id].acknowledged_at is not None


def test_another_company_confirms_nothing(app, client):
    case = a_call()
    rival = saved(an_organisation)
    sign_in(client, saved(a_person, Role.RESPONDENT, organisation_id=rival.id))

    assert client.post(f"/r/emergencies/{case.number}/acknowledge").status_code == 404
    assert calls.open_call(case) is not None


def test_the_code_read_on_the_telephone_confirms_and_a_wrong_one_does_not(app):
    case = a_call()
    code = code_of(calls.open_call(case), case.number)
    assert any(code in m.body for m in session().scalars(select(OutboundMessage)) if m.address == "+8613900139001")

    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    with pytest.raises(Invalid) as refused:
        do(case, Action.ACKNOWLEDGE_CALL, AcknowledgeCall(code=wrong))
    assert refused.value.pointer == "/code"

    do(case, Action.ACKNOWLEDGE_CALL, AcknowledgeCall(code=f"{code[:3]} {code[3:]}", name="日班 小李"))
    session().rollback()
    assert calls.calls_of([case])[case.id].acknowledged_by == "日班 小李"


def test_a_company_named_while_the_plan_runs_is_called_then(app):
    with transaction():
        shop = an_organisation(emergency_contacts=[DAY])
        case = a_case(anomaly_status="proposed", respondent=None)
    do(case, Action.START_EMERGENCY, StartEmergency(plan="accept_return"))
    assert "+8613900139001" not in written_to()

    do(case, Action.CLASSIFY, Classify(anomaly="return_refusal", organisation_id=shop.id))

    assert written_to().count("+8613900139001") == 1


def test_the_end_of_the_emergency_is_the_end_of_the_call(app, time):
    case = a_call()

    do(case, Action.END_EMERGENCY, EndEmergency(done="已退款。"))

    assert calls.open_call(case) is None
    before = len(written_to())
    fire_due(time.go(minutes=40))
    assert len(written_to()) == before
    clocks = queries.case_to_work(case.id).clocks
    assert all(clock.ended_at for clock in clocks if clock.kind is ClockKind.ACKNOWLEDGEMENT)


def test_each_step_of_the_plan_is_done_once_and_what_is_left_is_seen(app):
    case = a_call()

    do(case, Action.EMERGENCY_STEP, EmergencyStep(step=2, note="已登记。"))

    run = calls.last_run(case)
    assert run.open_steps == [1, 3]
    assert run.done[2].detail["note"] == "已登记。"
    for step in (2, 9):
        with pytest.raises(Invalid):
            do(case, Action.EMERGENCY_STEP, EmergencyStep(step=step))


def test_nothing_is_confirmed_or_done_where_nothing_runs(app):
    case = saved(a_case)

    for action, command in (
        (Action.ACKNOWLEDGE_CALL, AcknowledgeCall(code="000000")),
        (Action.EMERGENCY_STEP, EmergencyStep(step=1)),
    ):
        with pytest.raises(StepNotAllowed):
            do(case, action, command)
    assert queries.events(case, SYSTEM)[-1].action is Action.TRIAGE
