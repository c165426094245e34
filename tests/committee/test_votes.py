"""Votes: sealed, counted once, changed on record, closed by the last one or by time."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.cases import queries as cases
from app.cases import service_clocks
from app.committee import queries
from app.committee.commands import CastVotes, IssueVote
from app.committee.models import Vote
from app.core.db import session, transaction
from tests.committee.factories import a_case_before_the_committee, bring_to_vote, decide, panel_of, seated, take, vote
from tests.factories import acting, an_act, saved
from workflows.procedure.errors import Invalid, StepNotAllowed, TooLate
from workflows.procedure.states import Action, CaseState
from workflows.procedure.voting import Choice


@pytest.fixture
def case(app):
    return saved(a_case_before_the_committee)


def sweep():
    for clock_id in cases.due_clocks(an_act().at):
        with transaction():
            service_clocks.fire(clock_id, act=an_act())


def test_nothing_of_a_vote_can_be_read_before_the_close(case):
    chair, member, _ = bring_to_vote(case)
    vote(case, chair, "reject")

    assert queries.rulings(panel_of(case)) == ()
    assert queries.own_votes(panel_of(case), member.actor()) == {}
    assert queries.voters(panel_of(case)) == {chair.id}


def test_the_last_vote_closes_it_and_the_results_are_there(case):
    chair, *members = bring_to_vote(case)
    vote(case, chair, "uphold")
    vote(case, members[0], "reject")
    assert panel_of(case).sealed

    vote(case, members[1], "uphold", issue2="partly")

    results = [ruling.tally.result for ruling in queries.rulings(panel_of(case))]
    assert results == [Choice.UPHOLD, Choice.PARTLY]


def test_a_tie_is_decided_by_the_chairs_vote(case):
    chair, *members = bring_to_vote(case)
    vote(case, members[0], "uphold")
    vote(case, members[1], "abstain")
    vote(case, chair, "reject")

    rulings = queries.rulings(panel_of(case))

    assert {(ruling.tally.result, ruling.tally.tie_broken) for ruling in rulings} == {(Choice.REJECT, True)}


def test_the_chair_cannot_abstain(case):
    chair, *_ = bring_to_vote(case)

    with pytest.raises(Invalid) as refused:
        vote(case, chair, "abstain")

    assert refused.value.code == "chair_abstains"


def test_a_changed_vote_counts_once_and_the_earlier_one_stays_on_record(case):
    member = bring_to_vote(case)[1]
    vote(case, member, "uphold")
    vote(case, member, "reject", issue2="uphold")

    rows = session().scalars(select(Vote).where(Vote.user_id == member.id).order_by(Vote.id)).all()

    assert [(row.choice, row.counts) for row in rows] == [("uphold", False), ("uphold", True), ("reject", True)]


def test_the_database_refuses_a_second_counted_vote(case):
    member = bring_to_vote(case)[1]
    vote(case, member)
    row = session().scalars(select(Vote).where(Vote.user_id == member.id)).first()
    copied = {key: getattr(row, key) for key in ("panel_id", "issue_id", "user_id", "choice", "reason", "at")}

    with pytest.raises(IntegrityError), transaction():
        session().add(Vote(**copied, counts=True))


@pytest.mark.parametrize("issues", [[1], [1, 1], [1, 2, 3], [2, 9]])
def test_a_vote_is_on_every_issue_once(case, issues):
    member = bring_to_vote(case)[1]
    votes = [IssueVote(issue=n, choice="uphold", reason="So.") for n in issues]

    with pytest.raises(Invalid) as refused:
        take(case, Action.VOTE, CastVotes(votes=votes), acting(member))

    assert refused.value.code == "votes_incomplete"


def test_no_vote_is_taken_after_the_close(case):
    chair, *_ = decide(case)

    with pytest.raises((TooLate, StepNotAllowed)):
        vote(case, chair, "reject")


def test_no_vote_is_taken_after_the_time_also_when_nobody_has_closed_it_yet(case, time):
    chair, *_ = bring_to_vote(case)
    time.go(seconds=(panel_of(case).closes_at - an_act().at).total_seconds() + 1)

    with pytest.raises(TooLate):
        vote(case, chair)


def test_at_the_last_instant_a_vote_still_counts(case, time):
    chair, *_ = bring_to_vote(case)
    time.go(seconds=(panel_of(case).closes_at - an_act().at).total_seconds())

    vote(case, chair)

    assert queries.voters(panel_of(case)) == {chair.id}


def test_without_a_quorum_those_who_kept_silent_are_replaced_and_the_others_votes_stay(case, time):
    chair, voter, silent = bring_to_vote(case)
    vote(case, chair)
    vote(case, voter)
    time.go(hours=48)

    sweep()

    panel = panel_of(case)
    assert panel.sealed
    assert silent.id not in {seat.user_id for seat in panel.live_seats}
    assert queries.voters(panel) == {chair.id, voter.id}
    assert panel.closes_at - an_act().at == timedelta(hours=24)

    from tests.committee.factories import declare

    substitute = seated(case)[2]
    declare(case, substitute)
    vote(case, substitute)
    assert not panel_of(case).sealed


def test_with_a_quorum_time_closes_the_vote_without_the_rest(case, time):
    chair, voter, _ = bring_to_vote(case)
    with transaction():
        panel_of(case).quorum = 2
    vote(case, chair)
    vote(case, voter)
    time.go(hours=48)

    sweep()

    assert not panel_of(case).sealed
    assert [len(ruling.votes) for ruling in queries.rulings(panel_of(case))] == [2, 2]


def test_silence_with_an_empty_pool_gives_the_same_members_more_time(app, time):
    case = saved(a_case_before_the_committee, chairs=1, members=2)
    before = {user.id for user in seated(case)}
    for _ in range(3):
        time.go(hours=48)
        sweep()

    assert {user.id for user in seated(case)} == before
    assert panel_of(case).closes_at > an_act().at


def test_a_withdrawn_case_is_voted_on_no_more(case, time):
    from app.cases.commands import Withdraw
    from tests.factories import complaining

    bring_to_vote(case)
    take(case, Action.WITHDRAW, Withdraw(), complaining(case))
    time.go(hours=48)
    sweep()

    assert cases.case_to_work(case.id).state is CaseState.CLOSED
    assert panel_of(case).closed_at is None
