"""A penalty from its proposal to its end: heard, decided by a person, appealed, ruled on by another one."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.cases import actions
from app.cases.models import Case, CaseEvent
from app.cases.queries import case_to_work, events
from app.cases.service import advance
from app.cases.service_clocks import fire
from app.cases.service_erasure import running
from app.conduct import queries
from app.conduct.commands import AppealPenalty, DecidePenalty
from app.core.db import session, transaction
from app.core.messages import OutboundMessage
from tests.conduct.stories import (
    a_late_answer,
    answered,
    appealed,
    by_a_lead,
    clock_of,
    decided,
    fresh,
    imposed,
    now,
    of_company,
    ruled,
    take,
)
from tests.factories import a_case, a_person, acting, an_act, an_organisation, complaining, saved
from workflows.procedure.authority import ACCOUNT_ROLES, Role
from workflows.procedure.clocks import ClockKind
from workflows.procedure.errors import Invalid, NotPermitted, ProcedureError, Stale, StepNotAllowed, TooLate
from workflows.procedure.penalties import PenaltyStatus, Stage
from workflows.procedure.states import Action, CaseState

A_MOMENT = timedelta(microseconds=1)
WAIT_S = 20


@pytest.fixture
def penalty(app, time):
    return a_late_answer(time)


def test_nobody_decides_before_the_company_was_heard(penalty, time):
    time.at = penalty.hear_by
    with pytest.raises(Invalid) as refused:
        decided(penalty)
    assert refused.value.code == "not_heard"

    time.at += A_MOMENT
    assert decided(penalty).stage(now()) is Stage.IN_FORCE


def test_once_it_has_answered_somebody_may_decide_at_once(penalty):
    assert answered(penalty).stage(now()) is Stage.TO_DECIDE
    assert decided(penalty).status is PenaltyStatus.IN_FORCE


def test_it_answers_once_and_in_time(penalty, time):
    answered(penalty)
    with pytest.raises(StepNotAllowed):
        answered(penalty)


def test_after_the_time_to_answer_it_is_too_late(penalty, time):
    time.at = penalty.hear_by + A_MOMENT

    with pytest.raises(TooLate):
        answered(penalty)


def test_what_is_imposed_has_a_term_a_window_to_appeal_and_a_letter_with_the_reason(penalty):
    answered(penalty)
    found = decided(penalty)
    rows = session().scalars(select(OutboundMessage).order_by(OutboundMessage.id))
    letters = [each.body for each in rows if penalty.number in each.subject]

    assert found.points_until_at == found.until_at == now() + timedelta(days=365)
    assert found.appeal_by == now() + timedelta(days=7)
    assert "The limit was long." in letters[-1]


def test_what_is_dropped_is_no_earlier_breach(app, time):
    company = saved(an_organisation)
    first = a_late_answer(time, company)
    answered(first)
    decided(first, "dropped")

    assert a_late_answer(time, company).repetition == 1


def test_a_breach_that_fell_away_meanwhile_makes_the_next_one_milder(app, time):
    company = saved(an_organisation)
    first, second = a_late_answer(time, company), a_late_answer(time, company)
    assert second.measure == "points"
    time.at = second.hear_by + A_MOMENT
    decided(first, "dropped")

    found = decided(second)

    assert (found.repetition, found.measure, found.points) == (1, "warning", 1)


def test_of_all_roles_only_a_lead_decides(penalty):
    answered(penalty)
    for role in ACCOUNT_ROLES:
        who = {"organisation_id": penalty.organisation_id} if role is Role.RESPONDENT else {}
        person = saved(a_person, role, **who)
        if role is Role.LEAD:
            continue
        with pytest.raises(NotPermitted):
            decided(penalty, act=acting(person))


def test_a_lead_of_the_company_itself_does_not_decide(penalty):
    answered(penalty)

    with pytest.raises(NotPermitted) as refused:
        decided(penalty, act=an_act(Role.LEAD, user_id=1, organisation_id=penalty.organisation_id))
    assert refused.value.code == "own_interest"


def test_another_company_neither_answers_nor_appeals(penalty):
    rival = saved(a_person, Role.RESPONDENT, organisation_id=saved(an_organisation).id)

    with pytest.raises(NotPermitted):
        answered(penalty, acting(rival))


def test_the_complainant_and_the_committee_read_nothing_of_it(penalty):
    case = case_to_work(penalty.case_id)
    readers = [complaining(case).actor, *(an_act(role).actor for role in (Role.MEMBER, Role.CHAIR, Role.SECRETARY))]

    for reader in readers:
        assert not [event for event in events(case, reader) if "penalty" in event.action]
    assert [event for event in events(case, an_act(Role.SUPERVISOR).actor) if "penalty" in event.action]


# --- appeal ----------------------------------------------------------------------------------------------------------


def test_an_appeal_stays_the_penalty_until_somebody_else_has_ruled(app, time):
    found = imposed(time)
    ends = found.until_at
    time.go(days=2)
    assert appealed(found).stage(now()) is Stage.APPEALED
    time.go(days=3)

    found = ruled(found, "upheld")

    assert found.stage(now()) is Stage.IN_FORCE
    assert found.until_at == ends + timedelta(days=3)


def test_who_decided_does_not_rule(app, time):
    lead = by_a_lead()
    found = a_late_answer(time)
    answered(found)
    appealed(decided(found, act=lead))

    with pytest.raises(NotPermitted) as refused:
        ruled(found, "upheld", lead)
    assert refused.value.code == "decided_it"
    assert ruled(found, "lifted").stage(now()) is Stage.LIFTED


def test_an_appeal_comes_within_its_window_and_once(app, time):
    found = imposed(time)
    time.at = found.appeal_by
    appealed(found)
    ruled(found, "upheld")
    with pytest.raises(StepNotAllowed):
        appealed(found)

    other = imposed(time)
    time.at = other.appeal_by + A_MOMENT
    with pytest.raises(TooLate):
        appealed(other)


def test_a_penalty_goes_its_way_after_its_case_is_closed(app, time):
    found = a_late_answer(time)
    with transaction():
        from app.cases.commands import Withdraw

        case = case_to_work(found.case_id)
        actions.carry_out(case, Action.WITHDRAW, Withdraw(reason=""), act=complaining(case))

    assert session().get_one(Case, found.case_id).state is CaseState.CLOSED
    answered(found)
    decided(found)
    assert ruled(appealed(found), "lifted").status is PenaltyStatus.LIFTED


def test_it_ends_by_itself(app, time):
    found = imposed(time)
    time.at = found.until_at

    assert fresh(found).stage(now()) is Stage.ENDED


def test_a_penalty_that_is_not_there_or_in_another_stage_is_refused_by_its_number(penalty):
    answered(penalty)

    with pytest.raises(Invalid) as refused:
        take(penalty, Action.DECIDE_PENALTY, DecidePenalty(penalty=7, outcome="imposed", reason="x"), by_a_lead())
    assert refused.value.code == "penalty_moved"


# --- two at once -----------------------------------------------------------------------------------------------------


def at_once(app, *calls):
    session().rollback()
    start = threading.Barrier(len(calls))

    def one(call):
        with app.app_context():
            start.wait(WAIT_S)
            try:
                with transaction():
                    call()
            except ProcedureError as refused:
                return refused.code
            return "done"

    with ThreadPoolExecutor(len(calls)) as threads:
        return [task.result(WAIT_S) for task in [threads.submit(one, call) for call in calls]]


def attempt(penalty, action, command, act):
    case_id = penalty.case_id
    return lambda: actions.carry_out(case_to_work(case_id), action, command, act=act)


def test_of_leads_who_decide_at_once_one_does(app, penalty):
    answered(penalty)
    decisions = [
        attempt(penalty, Action.DECIDE_PENALTY, DecidePenalty(penalty=1, outcome=outcome, reason="x"), by_a_lead())
        for outcome in ("imposed", "dropped", "imposed", "dropped")
    ]

    told = at_once(app, *decisions)

    entries = session().scalars(select(CaseEvent).where(CaseEvent.action == Action.DECIDE_PENALTY)).all()
    assert sorted(told) == ["done", "step_not_allowed", "step_not_allowed", "step_not_allowed"]
    assert [entry.branch for entry in entries] == [
        "imposed" if fresh(penalty).status is PenaltyStatus.IN_FORCE else "dropped"
    ]


def test_an_appeal_and_its_ruling_by_two_at_once_are_one_each(app, time):
    found = imposed(time)
    act = of_company(found)
    told = at_once(
        app, *[attempt(found, Action.APPEAL_PENALTY, AppealPenalty(penalty=1, text="No."), act) for _ in range(3)]
    )
    assert sorted(told) == ["done", "step_not_allowed", "step_not_allowed"]


def test_a_page_of_an_earlier_version_is_refused(penalty):
    version = session().get_one(Case, penalty.case_id).version
    answered(penalty)

    command = DecidePenalty(penalty=1, outcome="imposed", reason="x", version=version)
    with pytest.raises(Stale):
        take(penalty, Action.DECIDE_PENALTY, command, by_a_lead())


def test_sweeps_that_race_record_a_breach_once(app, time):
    case = saved(a_case, CaseState.ANSWERING)
    clock = clock_of(case, ClockKind.RESPONDENT_ANSWER)
    time.at = clock.due_at + A_MOMENT
    for _ in range(3):  # the warnings, which were late too
        saved(fire, clock.id, act=an_act())

    at_once(app, *[lambda: fire(clock.id, act=an_act())] * 4)

    assert len(queries.of_case(case_to_work(case.id))) == 1


def test_nobody_is_erased_while_a_penalty_that_rests_on_their_case_is_unsettled(penalty, time):
    person = case_to_work(penalty.case_id).person
    with transaction():
        case = case_to_work(penalty.case_id)
        case.close_reason = "withdrawn"
        advance(case, Action.WITHDRAW, act=complaining(case))
    still = [bool(running(person, at=now()))]

    imposed_ = decided(answered(penalty))
    still.append(bool(running(person, at=now())))
    appealed(penalty)
    time.at = imposed_.appeal_by + A_MOMENT
    still.append(bool(running(person, at=now())))
    ruled(penalty, "upheld")

    assert still == [True, True, True]
    assert running(person, at=now()) == []
