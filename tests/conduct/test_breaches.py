"""Breaches are recorded once, from what the product knows, and fall or wait with the decision that they rest on."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.cases import actions
from app.cases.commands import DisputePerformance, Perform, RequestAnswer
from app.cases.models import CaseEvent
from app.cases.queries import case_to_work
from app.cases.service import advance
from app.cases.service_facts import state
from app.conduct.models import Penalty
from app.conduct.service_breaches import propose
from app.core.db import session, transaction
from app.core.messages import OutboundMessage
from app.ledger.models import LedgerEntry
from app.mediation.commands import SendAnswer
from app.organisations.models import PartyKind
from tests.committee.factories import a_case_before_the_committee, decide, draft, sign, to_a_decision
from tests.committee.factories import take as take_step
from tests.committee.test_reviews import ask_for_review
from tests.conduct.stories import a_late_answer, decided, fire, miss, now, penalty_of
from tests.factories import a_case, a_person, acting, an_act, an_organisation, complaining, saved
from workflows.procedure import penalties as rules
from workflows.procedure.authority import Audience, Role
from workflows.procedure.clocks import ClockKind
from workflows.procedure.penalties import PenaltyStatus, Stage
from workflows.procedure.states import Action, CaseState
from workflows.regulation import book


def penalties():
    session().rollback()
    return session().scalars(select(Penalty).order_by(Penalty.id)).all()


@pytest.fixture
def judged(app):
    return to_a_decision(saved(a_case_before_the_committee, chairs=2, members=6))


def test_a_late_answer_is_a_breach_with_the_first_step_of_the_table(app, time):
    penalty = a_late_answer(time)

    assert (penalty.breach, penalty.clause, penalty.repetition, penalty.measure) == (
        "answer_late", "2.1.7.1", 1, "warning",
    )  # fmt: skip
    assert penalty.decision is None
    assert penalty.number == "P2026-1"
    assert penalty.hear_by == now() + timedelta(days=3)
    assert penalty.stage(now()) is Stage.HEARING


def test_it_stands_in_the_history_for_the_company_and_the_desk_and_in_the_public_record(app, time):
    penalty = a_late_answer(time)

    entry = session().scalars(select(CaseEvent).where(CaseEvent.action == Action.PROPOSE_PENALTY)).one()
    kept = session().scalars(select(LedgerEntry).where(LedgerEntry.record_id == entry.id, LedgerEntry.kind == "act"))
    told = [each for each in session().scalars(select(OutboundMessage)) if penalty.number in each.body]

    assert entry.audience is Audience.RESPONDENT
    assert entry.clause == "3.2.3"
    assert (entry.detail["breach"], entry.detail["repetition"]) == ("answer_late", 1)
    assert kept.one() is not None
    assert [message.address for message in told] == ["answers@shop.test"]


def test_an_answer_that_comes_late_before_the_sweep_is_a_breach_all_the_same_and_once(app, time):
    case = saved(a_case, CaseState.ANSWERING)
    clock = next(each for each in case.clocks if each.kind is ClockKind.RESPONDENT_ANSWER)
    person = saved(a_person, Role.RESPONDENT, organisation_id=case.respondent_id)
    time.at = clock.due_at + timedelta(hours=1)
    refusal = SendAnswer(position="refuse", clause="2.1.6.2", text="It was worn.")
    with transaction():
        actions.carry_out(case_to_work(case.id), Action.ANSWER, refusal, act=acting(person))
    fire(clock.id)

    assert [each.breach for each in penalties()] == ["answer_late"]


def test_an_answer_in_time_is_none(app, time):
    case = saved(a_case, CaseState.MEDIATION)
    for clock in case.clocks:
        if clock.kind is ClockKind.RESPONDENT_ANSWER:
            time.at = clock.due_at + timedelta(days=1)
            fire(clock.id)

    assert penalties() == []


def test_a_limit_of_the_desks_is_nobodys_breach(app, time):
    case = saved(a_case, CaseState.ANSWERING)
    miss(case, ClockKind.EMERGENCY_START, time)

    assert penalties() == []


def test_an_emergency_started_too_late_is_the_platforms_breach_where_it_answers_for_the_case(app, time):
    platform = saved(an_organisation, kind=PartyKind.PLATFORM)
    case = saved(a_case, CaseState.ANSWERING, respondent=platform)
    miss(case, ClockKind.EMERGENCY_START, time)

    penalty = penalty_of(case)

    assert (penalty.breach, penalty.clause, penalty.measure) == ("emergency_late", "2.2.3.2", "warning")
    assert len(penalties()) == 1
    assert actions_of(platform.id, case) == [Action.ANSWER_PENALTY]


def test_a_limit_missed_before_the_platform_was_asked_counts_once_it_is(app, time):
    platform = saved(an_organisation, kind=PartyKind.PLATFORM)
    case = saved(a_case, CaseState.TRIAGE, respondent=platform)
    miss(case, ClockKind.EMERGENCY_START, time)
    before = penalties()
    asked = case_to_work(case.id)
    with transaction():
        actions.carry_out(
            case_to_work(asked.id), Action.REQUEST_ANSWER, RequestAnswer(organisation_id=platform.id), act=an_act()
        )

    assert before == []
    assert [each.breach for each in penalties()] == ["emergency_late"]


def test_a_decision_says_once_more_what_the_emergency_clock_said_and_is_no_second_breach(app):
    law, on = book.current(), date(2026, 9, 1)

    assert rules.breaches_by_clauses(law, ["2.2.3.2"], on) == {"emergency_late": "2.2.3.2"}
    assert rules.breaches_by_clauses(law, ["2.1.7.1"], on) == {}


ORDERED = {"id": "O-1", "submitted_at": "2026-08-20T10:00:00+08:00"}


@pytest.mark.parametrize(
    ("until", "order", "expected"),
    [
        (date(2026, 8, 19), ORDERED, ["licence_lapsed"]), (date(2026, 8, 20), ORDERED, []), (None, ORDERED, []),
        (date(2026, 8, 19), {"id": "O-1"}, []),
    ],
)  # fmt: skip
def test_an_order_taken_after_the_licences_last_day_is_a_breach_and_what_is_not_known_is_none(
    app, until, order, expected
):
    company = saved(an_organisation, licence_until=until)
    saved(a_case, CaseState.ANSWERING, respondent=company, order_facts=order)

    assert [(each.breach, each.clause) for each in penalties()] == [(breach, "3.2.2") for breach in expected]


def test_a_lapsed_licence_is_a_breach_once_however_many_orders_it_took_and_the_company_is_heard(app, time):
    company = saved(an_organisation, licence_until=date(2026, 8, 19))
    first = saved(a_case, CaseState.ANSWERING, respondent=company, order_facts=ORDERED)
    saved(a_case, CaseState.ANSWERING, respondent=company, order_facts=ORDERED)

    assert [(each.case_id, each.measure, each.days) for each in penalties()] == [(first.id, "suspension", 30)]
    assert actions_of(company.id, first) == [Action.ANSWER_PENALTY]


def test_facts_that_come_later_show_the_lapsed_licence(app):
    company = saved(an_organisation, licence_until=date(2026, 8, 19))
    case = saved(a_case, CaseState.ANSWERING, respondent=company, order_facts={})
    before = penalties()

    with transaction():
        stated = {"order": ORDERED, "events": []}
        state(case_to_work(case.id), stated, side="desk", source="form", exhibit=None, act=an_act(Role.MEDIATOR))

    assert before == []
    assert [each.breach for each in penalties()] == ["licence_lapsed"]


def actions_of(company_id, case):
    """What somebody of the company can do about penalties in the case."""
    person = saved(a_person, Role.RESPONDENT, organisation_id=company_id)
    session().rollback()
    found = {handler.action for handler in actions.open_to(case_to_work(case.id), acting(person).actor)}
    return [each for each in rules.ACTS if each in found]


def test_the_same_breach_again_within_the_memory_brings_the_next_step(app, time):
    company = saved(an_organisation)
    first, second = a_late_answer(time, company), a_late_answer(time, company)
    time.go(days=366)
    third = a_late_answer(time, company)
    other = a_late_answer(time)

    assert [(each.repetition, each.measure) for each in (first, second, third, other)] == [
        (1, "warning"), (2, "points"), (1, "warning"), (1, "warning"),
    ]  # fmt: skip


def test_the_same_cause_is_recorded_once(app, time):
    penalty = a_late_answer(time)
    case = case_to_work(penalty.case_id)
    with transaction():
        case = case_to_work(case.id)
        again = propose(case, "answer_late", "2.1.7.1", case.respondent, cause=penalty.cause, at=now())

    assert again is None
    assert len(penalties()) == 1


def test_what_a_company_did_not_answer_for_is_void_once_another_one_is_asked(app, time):
    penalty = a_late_answer(time)
    other = saved(an_organisation)
    with transaction():
        command = RequestAnswer(organisation_id=other.id)
        actions.carry_out(case_to_work(penalty.case_id), Action.REQUEST_ANSWER, command, act=an_act(Role.LEAD))

    [found] = penalties()
    assert found.status is PenaltyStatus.VOID


# --- decisions -------------------------------------------------------------------------------------------------------


def test_what_a_decision_upheld_is_a_breach_that_cites_it(judged):
    [found] = penalties()

    assert (found.breach, found.clause, found.decision, found.round) == (
        "return_refused", "2.2.2.5", "〔2026〕1", 1,
    )  # fmt: skip
    assert found.organisation_id == judged.respondent_id


def test_a_decision_for_the_company_establishes_nothing(app):
    to_a_decision(saved(a_case_before_the_committee), "reject")

    assert penalties() == []


def again(case, choice, **by_issue):
    chair, *_ = decide(case, choice, **by_issue)
    draft(case)
    sign(case, chair)


def test_a_review_stays_it_and_nobody_decides_meanwhile(judged):
    from workflows.procedure.errors import StepNotAllowed

    ask_for_review(judged)

    assert penalty_of(judged).stage(now()) is Stage.STAYED
    with pytest.raises(StepNotAllowed):
        decided(penalty_of(judged))


def test_affirmed_it_goes_on_and_the_company_has_its_whole_time_again(judged, time):
    time.go(days=2)
    ask_for_review(judged)
    time.go(days=1)
    again(judged, "uphold")

    [found] = penalties()
    assert found.stage(now()) is Stage.HEARING
    assert found.hear_by == now() + timedelta(days=3)


def test_a_penalty_in_force_is_halted_by_the_review_and_goes_on_as_much_longer(judged, time):
    time.go(days=3, seconds=1)
    penalty = decided(penalty_of(judged))
    ended = penalty.points_until_at
    time.go(days=1)
    ask_for_review(judged)
    assert penalty_of(judged).stage(now()) is Stage.STAYED
    time.go(days=2)
    again(judged, "uphold")

    [found] = penalties()
    assert found.stage(now()) is Stage.IN_FORCE
    assert found.points_until_at == ended + timedelta(days=2)
    assert found.appeal_by == now() + timedelta(days=7)


def test_changed_it_is_void_and_what_the_new_decision_upheld_is_recorded_anew(judged):
    ask_for_review(judged)
    again(judged, "uphold", issue3="reject")

    old, new = penalties()
    assert (old.status, new.status) == (PenaltyStatus.VOID, PenaltyStatus.PROPOSED)
    assert (new.decision, new.round, new.repetition) == ("〔2026〕2", 2, 1)


def test_reversed_nothing_is_left(judged):
    ask_for_review(judged)
    again(judged, "reject")

    assert [each.status for each in penalties()] == [PenaltyStatus.VOID]


# --- performance -----------------------------------------------------------------------------------------------------


def published(case):
    with transaction():
        advance(case_to_work(case.id), Action.PUBLISH, act=an_act(), branch="remedies")


def overdue():
    return [each for each in penalties() if each.breach == "performance_overdue"]


def test_a_remedy_overdue_is_a_breach_of_the_decision(judged, time):
    published(judged)
    miss(judged, ClockKind.PERFORMANCE, time)

    [found] = overdue()
    assert (found.clause, found.decision) == ("2.2.2", "〔2026〕1")


def test_what_was_proved_in_time_is_no_breach_until_the_consumer_says_otherwise(judged, time):
    published(judged)
    clock = next(each for each in case_to_work(judged.id).clocks if each.kind is ClockKind.PERFORMANCE)
    time.at = clock.due_at - timedelta(hours=1)
    take_step(judged, Action.PERFORM, Perform(remedy=1, proof="Refund 88123"), an_act())
    miss(judged, ClockKind.PERFORMANCE, time)
    assert overdue() == []

    dispute = DisputePerformance(remedy=1, reason="Nothing came.")
    take_step(judged, Action.DISPUTE_PERFORMANCE, dispute, complaining(case_to_work(judged.id)))
    assert len(overdue()) == 1


def test_a_remedy_that_was_overdue_before_the_review_is_stayed_with_it(judged, time):
    published(judged)
    miss(judged, ClockKind.PERFORMANCE, time)
    time.at = judged.decided_at + timedelta(days=7, hours=1)  # within the seven civil days
    ask_for_review(judged)

    assert [each.stage(now()) for each in penalties()] == [Stage.STAYED, Stage.STAYED]
