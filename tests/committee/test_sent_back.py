"""A review may send the case back: to the panel that had decided, or to another. Then it is decided anew."""

from datetime import date

import pytest

from app.cases.commands import Money, Perform, Term, Withdraw
from app.cases.deadlines import explained
from app.cases.queries import case_to_work
from app.cases.queries_talk import remedies
from app.cases.service import advance
from app.committee import queries
from app.committee.commands import RequestReview
from app.committee.models import PoolMember
from app.core.db import session, transaction
from tests.committee.factories import (
    a_case_before_the_committee,
    a_draft,
    a_pool,
    bring_to_vote,
    decide,
    declare,
    draft,
    panel_of,
    seated,
    sign,
    take,
    to_a_decision,
    vote,
)
from tests.factories import an_act, an_organisation, complaining, saved, sign_in
from tests.intake.complaints import a_submission, file
from workflows.procedure.clocks import ClockKind, ClockStatus
from workflows.procedure.errors import Invalid, StepNotAllowed
from workflows.procedure.issues import IssueKind
from workflows.procedure.states import Action, CaseState

SAME, OTHERS = "partly", "uphold"


@pytest.fixture
def case(app):
    return to_a_decision(saved(a_case_before_the_committee, chairs=4, members=12))


def ask_for_review(case):
    take(case, Action.REQUEST_REVIEW, RequestReview(grounds=["procedure"], text="Nobody heard me."), complaining(case))


def send_back(case, to):
    ask_for_review(case)
    chair, *_ = decide(case, "uphold", remit=to)
    draft(case)
    sign(case, chair)


def clocks(case, kind):
    return [clock for clock in case_to_work(case.id).clocks if clock.kind is kind]


def decide_anew(case, choice="uphold"):
    chair, *_ = decide(case, choice)
    draft(case)
    sign(case, chair)


def test_the_case_is_before_the_committee_again_with_its_whole_time_and_nothing_owed(case):
    send_back(case, OTHERS)

    first, second = queries.decisions(case)
    assert (first.status, second.outcome, second.number) == ("set_aside", "sent_back", "〔2026〕2")
    assert queries.review_of(case, 1).outcome == "sent_back"
    assert case_to_work(case.id).state is CaseState.COMMITTEE
    assert [remedy.status for remedy in remedies(case)] == ["stayed"]
    assert [clock.status for clock in clocks(case, ClockKind.REVIEW)] == [ClockStatus.MET]
    anew = clocks(case, ClockKind.RESOLUTION)[-1]
    assert (anew.generation, anew.status, (anew.due_at - anew.started_at).days) == (2, ClockStatus.RUNNING, 7)
    assert panel_of(case).closes_at < anew.due_at


def test_to_another_panel_nobody_comes_who_sat_before(case):
    before = {seat.user_id for seat in panel_of(case).seats}
    send_back(case, OTHERS)
    before |= {seat.user_id for seat in queries.panel_of(case, round_=2).seats}

    assert len(seated(case)) == 3
    assert not before & {user.id for user in seated(case)}


def test_to_the_same_panel_come_those_who_had_decided_and_declare_again(case):
    before = [seat.user_id for seat in panel_of(case).live_seats]
    send_back(case, SAME)

    panel = panel_of(case)
    assert (panel.round, panel.chair.user_id) == (3, before[0])
    assert sorted(seat.user_id for seat in panel.live_seats) == sorted(before)
    assert [seat.interest for seat in panel.live_seats] == [None] * 3


def test_who_of_the_same_panel_serves_no_longer_is_replaced_by_lot(case):
    gone = panel_of(case).live_seats[1].user_id
    barred = {seat.user_id for seat in panel_of(case).live_seats}
    ask_for_review(case)
    with transaction():
        session().add(PoolMember(user_id=gone, serves_until=date(2025, 12, 31), expertise=[], ties=[]))
    chair, *_ = decide(case, "uphold", remit=SAME)
    draft(case)
    sign(case, chair)

    seated(case)  # the log's next checkpoint gives the seed of the second draw
    now = {user.id for user in seated(case)}
    assert len(now) == 3
    assert (gone in now, len(now & barred)) == (False, 2)


def test_a_majority_decides_how_far_the_case_goes_back(case):
    ask_for_review(case)
    people = seated(case)
    bring_to_vote(case)
    for user, remit in zip(people, ("uphold", "partly", "reject"), strict=True):
        vote(case, user, "uphold", remit=remit)

    assert queries.outcome_of(queries.rulings(panel_of(case))) == "sent_back"
    assert queries.rests_on(queries.rulings(panel_of(case)))[0].tally.result == "partly"


def test_who_sends_a_case_back_orders_nothing(case):
    ask_for_review(case)
    decide(case, "uphold", remit=OTHERS)

    with pytest.raises(Invalid) as refused:
        draft(case, terms=[Term(kind="refund", amount=Money(amount_minor=19900))])
    assert refused.value.code == "order_not_voted"
    assert a_draft(case).terms == []


def test_what_was_proved_stands_again_when_it_is_ordered_anew(case):
    take(case, Action.PERFORM, Perform(remedy=1, proof="Refund 88123"), an_act())
    send_back(case, OTHERS)
    decide_anew(case)

    assert [(remedy.n, remedy.status) for remedy in remedies(case)] == [(1, "proved")]
    assert [each.status for each in queries.decisions(case)] == ["set_aside", "in_force", "in_force"]


def test_what_is_not_ordered_anew_is_owed_no_more(case):
    send_back(case, OTHERS)
    decide_anew(case, "reject")

    assert [remedy.status for remedy in remedies(case)] == ["void"]
    assert case_to_work(case.id).state is CaseState.DECIDED


def test_withdrawn_before_it_is_decided_anew_nothing_is_owed(case):
    send_back(case, OTHERS)
    take(case, Action.WITHDRAW, Withdraw(reason="It was paid."), complaining(case))

    assert [remedy.status for remedy in remedies(case)] == ["void"]


def test_the_new_decision_can_be_reviewed_and_that_review_sends_nothing_back(case):
    send_back(case, OTHERS)
    with pytest.raises(StepNotAllowed):
        ask_for_review(case)
    decide_anew(case)
    ask_for_review(case)

    panel = panel_of(case)
    assert panel.round == 4
    assert IssueKind.REMIT not in {issue.kind for issue in panel.issues}
    decide_anew(case)
    with pytest.raises((Invalid, StepNotAllowed)):
        ask_for_review(case)
    assert [each.status for each in queries.decisions(case)] == ["set_aside", "in_force", "in_force", "in_force"]


def a_filed_case():
    """A case with its whole history, before the committee, and people enough for three panels."""
    saved(an_organisation, name="晴川服饰")
    saved(a_pool, chairs=4, members=12)
    refund = {"kind": "refund", "amount": {"amount_minor": 19900, "currency": "CNY"}}
    case = file(a_submission(remedies_sought=[refund])).case
    with transaction():
        advance(case_to_work(case.id), Action.REFER, act=an_act())
    return case


def test_the_clocks_follow_from_the_history_all_the_way(app, time):
    case = a_filed_case()
    to_a_decision(case)
    take(case, Action.PERFORM, Perform(remedy=1, proof="Refund 88123"), an_act())
    time.go(hours=3)
    send_back(case, SAME)
    time.go(hours=5)
    decide_anew(case)

    known = explained(case_to_work(case.id))
    assert known.differences == []
    assert sum(each.kind == "resolution" for each in known.accounts) == 2


def test_those_who_decide_anew_read_why_the_case_came_back(case, client):
    send_back(case, SAME)
    chair = seated(case)[0]
    sign_in(client, chair)
    declare(case, chair)
    page = client.get(f"/committee/{case.number}").text

    assert "Why the case came back" in page
    assert "Set aside, decided anew" in page
