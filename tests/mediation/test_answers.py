"""The respondent's answer: each position leads on, a late one is taken and marked late."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.cases import actions, service_clocks
from app.cases import queries as cases
from app.cases.commands import RequestAnswer
from app.cases.deadlines import explained
from app.core.db import session, transaction
from app.core.messages import OutboundMessage
from app.mediation import queries
from app.mediation.commands import Refer
from app.mediation.models import Maker
from tests.factories import a_case, a_person, an_act, saved
from tests.mediation.conftest import HALF, sweep
from workflows.procedure.authority import SYSTEM, Audience, Role
from workflows.procedure.clocks import ClockKind, ClockStatus
from workflows.procedure.errors import Invalid, NotPermitted, StepNotAllowed
from workflows.procedure.states import Action, CaseState


def the_answer(table):
    (answer,) = queries.answers(table.case, SYSTEM)
    return answer


def answer_clock(table):
    return next(clock for clock in table.case.clocks if clock.kind is ClockKind.RESPONDENT_ANSWER)


def test_agreeing_puts_what_the_consumer_asked_for_on_the_table(table):
    case = table.answer("agree", text="我们处理。")

    (offer,) = queries.offers(case, SYSTEM)
    assert case.state is CaseState.ANSWERING
    assert (offer.by, offer.waits_for) == (Maker.RESPONDENT, {"consumer"})
    assert [(t["kind"], t["amount"]["amount_minor"], t["days"]) for t in offer.terms] == [("refund", 19900, 7)]
    assert answer_clock(table).status is ClockStatus.MET


def test_agreeing_to_a_refund_without_a_figure_takes_the_amount_in_dispute(app, table):
    with transaction():
        cases.case_to_work(table.case.id).remedies_sought = [{"kind": "refund"}, {"kind": "apology"}]

    table.answer("agree")

    (offer,) = queries.offers(table.case, SYSTEM)
    assert [(t["kind"], t["amount"] and t["amount"]["amount_minor"]) for t in offer.terms] == [
        ("refund", 19900),
        ("apology", None),
    ]


def test_agreeing_where_nothing_was_asked_for_needs_terms(table):
    with transaction():
        cases.case_to_work(table.case.id).remedies_sought = []

    with pytest.raises(Invalid, match="no_offer_terms"):
        table.answer("agree")
    assert table.answer("agree", terms=[HALF]).state is CaseState.ANSWERING


def test_a_partial_offer_waits_for_the_consumer(table):
    table.answer("offer", terms=[HALF])

    (offer,) = queries.offers(table.case, SYSTEM)
    assert offer.waits_for == {"consumer"}


def test_refusing_leads_to_mediation(table):
    case = table.answer("refuse", clause="2.1.6.2", text="包装不完整。")

    assert case.state is CaseState.MEDIATION
    assert (the_answer(table).clause, the_answer(table).late) == ("2.1.6.2", False)


@pytest.mark.parametrize(
    ("position", "fields", "pointer"),
    [
        ("refuse", {"text": "不退"}, "/clause"),
        ("refuse", {"clause": "2.1.6.2"}, "/text"),
        ("refuse", {"clause": "7.7", "text": "不退"}, "/clause"),
        ("not_ours", {"text": "是物流"}, "/points_to"),
        ("not_ours", {"points_to": "logistics_company"}, "/text"),
        ("not_ours", {"organisation_id": 99999, "text": "是他们"}, "/points_to"),
        ("offer", {}, "/terms"),
    ],
)
def test_an_answer_that_lacks_something_is_refused_and_not_kept(table, position, fields, pointer):
    with pytest.raises(Invalid) as refused:
        table.answer(position, **fields)

    assert refused.value.pointer == pointer
    assert queries.answers(table.case, SYSTEM) == []
    assert table.case.state is CaseState.ANSWERING


def test_not_ours_sends_the_case_to_a_person_and_the_organisation_sees_it_no_more(table):
    case = table.answer("not_ours", points_to="logistics_company", text="货在路上坏的。")

    assert (case.state, case.asked_at, case.anomaly_status) == (CaseState.TRIAGE, None, "needs_person")
    assert cases.by_number(case.number, table.people["respondent"].actor()) is None
    answer = the_answer(table)
    assert (answer.position, answer.points_to) == ("not_ours", "logistics_company")
    assert [e.action for e in cases.events(case, SYSTEM)][-2:] == [Action.REQUEST_ANSWER, Action.ANSWER]
    from app.cases.queries_talk import messages

    assert [(m.body, m.audience) for m in messages(case, SYSTEM)] == [("货在路上坏的。", Audience.INTERNAL)]


@pytest.mark.parametrize("who", ["consumer", "stranger", "mediator", "lead", "member", "supervisor"])
def test_only_the_organisation_that_was_asked_may_answer(table, who):
    from app.mediation.commands import SendAnswer

    with pytest.raises(NotPermitted):
        table.do(who, Action.ANSWER, SendAnswer(position="agree"))


def test_an_answer_is_given_once_until_it_is_asked_for_again(table, time):
    table.answer("refuse", clause="2.1.6.2", text="包装不完整。")
    with pytest.raises(StepNotAllowed):
        table.answer("agree")

    time.go(hours=1)
    table.do("mediator", Action.REQUEST_ANSWER, RequestAnswer(note="请看照片"))

    assert table.answer("agree").state is CaseState.ANSWERING


@pytest.mark.parametrize("position", ["agree", "refuse"])
def test_a_late_answer_is_taken_and_marked_late(table, time, position):
    time.go(hours=48, seconds=1)
    sweep()
    assert table.case.state is CaseState.MEDIATION

    fields = {"clause": "2.1.6.2", "text": "包装不完整。"} if position == "refuse" else {}
    case = table.answer(position, **fields)

    assert case.state is CaseState.MEDIATION
    assert the_answer(table).late
    assert answer_clock(table).status is ClockStatus.MET_LATE


def test_an_answer_at_the_last_instant_is_in_time(table, time):
    time.go(hours=48)

    table.answer("agree")

    assert not the_answer(table).late


def test_the_committee_reads_a_refusal_and_not_an_offer(table, time):
    member = table.people["member"].actor()
    table.answer("offer", terms=[HALF], text="可以退一半。")

    assert queries.answers(table.case, member) == []
    assert Action.ANSWER not in {event.action for event in cases.events(table.case, member)}

    time.go(hours=1)
    table.do("mediator", Action.REQUEST_ANSWER, RequestAnswer())
    table.answer("refuse", clause="2.1.6.2", text="包装不完整。")
    assert [a.position for a in queries.answers(table.case, member)] == ["refuse"]


# --- referral --------------------------------------------------------------------------------------------------------


def test_a_mediator_refers_with_a_summary_and_both_sides_are_told(mediated):
    mediated.propose("mediator")

    case = mediated.do("mediator", Action.REFER, Refer(summary="双方对包装是否完整有争议。"))

    assert case.state is CaseState.COMMITTEE
    assert queries.open_offers(case) == []
    subjects = [each.subject for each in session().scalars(select(OutboundMessage))]
    assert sum("委员会审理" in subject for subject in subjects) == 2


@pytest.mark.parametrize("who", ["consumer", "respondent", "operator", "member", "supervisor"])
def test_only_mediators_and_leads_refer(mediated, who):
    with pytest.raises(NotPermitted):
        mediated.do(who, Action.REFER, Refer(summary="x"))


def with_referral(state, **changes):
    case = a_case(state, **changes)
    service_clocks.start(case, ClockKind.REFERRAL, act=an_act(), figure="committee_referral")
    return case


@pytest.mark.parametrize("state", [CaseState.TRIAGE, CaseState.ANSWERING, CaseState.MEDIATION])
def test_what_is_not_settled_after_four_days_goes_to_the_committee_by_itself(app, time, state):
    case = saved(with_referral, state)
    time.go(days=4)
    for _ in range(3):
        sweep()

    case = cases.case_to_work(case.id)

    assert case.state is CaseState.COMMITTEE
    assert case.organisation_ids == {case.respondent_id}
    last = [e for e in cases.events(case, SYSTEM) if e.action is Action.REFER]
    assert [(e.side, e.detail["by_itself"]) for e in last] == [("system", True)]


def test_without_a_confirmed_respondent_a_person_is_called_instead(app, time):
    lead = saved(a_person, Role.LEAD)
    case = saved(with_referral, CaseState.TRIAGE, anomaly_status="proposed")
    time.go(days=4)
    sweep()

    assert cases.case_to_work(case.id).state is CaseState.TRIAGE
    subjects = [each.subject for each in session().scalars(select(OutboundMessage)) if each.address == lead.email]
    assert any("a person must act" in subject for subject in subjects)


def test_once_somebody_is_named_too_late_the_case_still_goes_to_the_committee_in_time(app, time):
    case = saved(with_referral, CaseState.TRIAGE, anomaly_status="proposed")
    time.go(days=4)
    sweep()
    with transaction():
        case = cases.case_to_work(case.id)
        case.anomaly_status = "confirmed"
        actions.carry_out(case, Action.REQUEST_ANSWER, RequestAnswer(), act=an_act(Role.LEAD))

    time.go(hours=11, minutes=59)
    sweep()
    assert cases.case_to_work(case.id).state is CaseState.ANSWERING

    time.go(minutes=1)
    sweep()
    case = cases.case_to_work(case.id)
    assert case.state is CaseState.COMMITTEE
    resolution = next(clock for clock in case.clocks if clock.kind is ClockKind.RESOLUTION)
    voting = next(clock for clock in case.clocks if clock.kind is ClockKind.VOTING)
    assert voting.due_at <= resolution.due_at - timedelta(hours=12)
    gaps = [each for each in explained(case).differences if each.kind is ClockKind.REFERRAL]
    assert [each.generation for each in gaps if each.recomputed == "is"] == []
