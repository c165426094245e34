"""Reviews: in their window, by others, with everything stayed until the second decision."""

from datetime import UTC, datetime

import pytest

from app.cases.commands import ConfirmPerformance, Perform
from app.cases.queries import case_to_work
from app.cases.queries_talk import remedies
from app.committee import queries
from app.committee.commands import RequestReview
from app.core.db import transaction
from tests.committee.factories import (
    a_case_before_the_committee,
    decide,
    draft,
    panel_of,
    seated,
    sign,
    take,
    to_a_decision,
)
from tests.factories import complaining, saved
from workflows.procedure.clocks import ClockKind, ClockStatus
from workflows.procedure.errors import Invalid, StepNotAllowed, TooLate
from workflows.procedure.states import Action, CaseState


@pytest.fixture
def case(app):
    return to_a_decision(saved(a_case_before_the_committee, chairs=2, members=6))


def ask_for_review(case):
    command = RequestReview(grounds=["wrong_fact"], text="The parcel came a day later.")
    take(case, Action.REQUEST_REVIEW, command, complaining(case))


def running(case, kind):
    return [c for c in case_to_work(case.id).clocks if c.kind is kind and c.status is ClockStatus.RUNNING]


def test_a_review_is_drawn_from_other_members_with_its_own_clock_and_everything_stayed(case):
    first = {seat.user_id for seat in panel_of(case).seats}

    ask_for_review(case)

    panel = panel_of(case)
    assert case_to_work(case.id).state is CaseState.REVIEW
    assert panel.round == 2
    assert len(panel.live_seats) == 3
    assert not first & {each["id"] for each in panel.draws[0].candidates}
    assert queries.decision_of(case).status == "under_review"
    assert [remedy.status for remedy in remedies(case)] == ["stayed"]
    assert len(running(case, ClockKind.REVIEW)) == 1
    assert running(case, ClockKind.PERFORMANCE) == []
    assert panel.closes_at < running(case, ClockKind.REVIEW)[0].due_at


@pytest.mark.parametrize(
    ("zone", "decided", "last"),
    [
        ("Asia/Shanghai", datetime(2026, 9, 1, 15, 59, tzinfo=UTC), datetime(2026, 9, 8, 15, 59, 59, tzinfo=UTC)),
        ("Asia/Shanghai", datetime(2026, 9, 1, 16, 0, tzinfo=UTC), datetime(2026, 9, 9, 15, 59, 59, tzinfo=UTC)),
        ("Europe/Berlin", datetime(2026, 10, 20, 12, 0, tzinfo=UTC), datetime(2026, 10, 27, 22, 59, 59, tzinfo=UTC)),
    ],
)
def test_the_window_is_counted_in_civil_days_of_the_cases_zone(app, time, zone, decided, last):
    time.at = decided
    case = to_a_decision(saved(a_case_before_the_committee, time_zone=zone))
    time.at = last
    ask_for_review(case)

    assert case_to_work(case.id).state is CaseState.REVIEW


def test_one_second_after_the_window_it_is_too_late(case, time):
    time.at = datetime(2026, 9, 8, 16, 0, tzinfo=UTC)

    with pytest.raises(TooLate) as refused:
        ask_for_review(case)

    assert refused.value.fields["until"].startswith("2026-09-08 23:59")


def decide_again(case, choice):
    chair, *_ = decide(case, choice)
    draft(case)
    sign(case, chair)


def test_a_second_decision_that_says_the_same_affirms_the_first(case):
    ask_for_review(case)
    decide_again(case, "uphold")

    first, second = queries.decisions(case)
    assert (first.status, second.status) == ("in_force", "in_force")
    assert second.number == "〔2026〕2"
    assert queries.review_of(case, 1).outcome == "affirmed"
    assert [(remedy.n, remedy.status) for remedy in remedies(case)] == [(1, "promised")]
    assert len(running(case, ClockKind.PERFORMANCE)) == 1
    assert not running(case, ClockKind.REVIEW)


def test_a_second_decision_that_says_something_else_replaces_the_first(case):
    ask_for_review(case)
    decide_again(case, "reject")

    assert [decision.status for decision in queries.decisions(case)] == ["replaced", "in_force"]
    assert queries.review_of(case, 1).outcome == "changed"
    assert [remedy.status for remedy in remedies(case)] == ["void"]


def test_what_was_done_before_the_review_is_not_owed_twice(case):
    from app.cases.service import advance
    from tests.factories import an_act

    with transaction():
        advance(case_to_work(case.id), Action.PUBLISH, act=an_act(), branch="remedies")
    take(case, Action.PERFORM, Perform(remedy=1, proof="Refund 88123"), an_act())
    take(case, Action.CONFIRM_PERFORMANCE, ConfirmPerformance(remedy=1), complaining(case))
    assert case_to_work(case.id).state is CaseState.CLOSED

    ask_for_review(case)
    assert case_to_work(case.id).closed_at is None
    decide_again(case, "uphold")

    assert [(remedy.n, remedy.status) for remedy in remedies(case)] == [(1, "confirmed")]
    assert not running(case, ClockKind.PERFORMANCE)


def test_a_proof_given_before_the_review_stands_again_after_it(case):
    from app.cases.service import advance
    from tests.factories import an_act

    with transaction():
        advance(case_to_work(case.id), Action.PUBLISH, act=an_act(), branch="remedies")
    take(case, Action.PERFORM, Perform(remedy=1, proof="Refund 88123"), an_act())
    ask_for_review(case)
    decide_again(case, "uphold")

    assert [remedy.status for remedy in remedies(case)] == ["proved"]
    assert len(running(case, ClockKind.PROOF)) == 1


def test_a_decision_on_review_is_final(case):
    ask_for_review(case)
    decide_again(case, "uphold")

    with pytest.raises((Invalid, StepNotAllowed)):
        ask_for_review(case)


def test_only_one_review_of_a_decision_is_open_at_a_time(case):
    ask_for_review(case)

    with pytest.raises(StepNotAllowed):
        ask_for_review(case)


def test_nobody_of_the_first_panel_sees_the_review(case):
    from app.cases.queries import by_number

    first = seated(case)
    ask_for_review(case)

    chair = first[0]
    assert queries.at_work(chair.actor()) == []
    assert by_number(case.number, chair.actor(), to_act=True) is not None  # their own decision stays readable
