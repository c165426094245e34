"""Votes: the middle one is the result, the chair decides a tie, and time is kept."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.procedure.voting import Choice, all_in, is_sealed, quorum_met, tally, voting_ends

U, P, R, A = Choice.UPHOLD, Choice.PARTLY, Choice.REJECT, Choice.ABSTAIN
NOON = datetime(2026, 9, 1, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("votes", "result", "tie"),
    [
        ((U, U, R), U, False),
        ((U, P, R), P, False),
        ((R, U, U), U, False),
        ((U, A, A), U, False),
        ((U, R, A), U, True),
        ((R, U, A), R, True),
        ((P, U, A), P, True),
        ((U, P, R, R), P, True),
        ((P, U, U, R, R), P, False),
    ],
)
def test_the_middle_vote_is_the_result_and_the_chairs_decides_a_tie(votes, result, tie):
    counted = tally(dict(enumerate(votes, start=1)), chair_id=1)

    assert (counted.result, counted.tie_broken) == (result, tie)


@given(st.lists(st.sampled_from([U, P, R, A]), min_size=0, max_size=8), st.sampled_from([U, P, R]))
def test_a_majority_stands_behind_what_is_granted_and_not_behind_more(others, chair):
    order = [R, P, U]
    counted = tally(dict(enumerate([chair, *others])), chair_id=0)
    said = [order.index(vote) for vote in [chair, *others] if vote is not A]
    granted = order.index(counted.result)

    assert 2 * sum(vote >= granted for vote in said) >= len(said)
    assert 2 * sum(vote > granted for vote in said) <= len(said)
    assert sum(counted.counts.values()) == 1 + len(others)


def test_every_panel_of_three_without_abstentions_decides_without_the_chairs_privilege():
    for votes in product((U, P, R), repeat=3):
        results = {tally(dict(enumerate(votes)), chair_id=chair).result for chair in range(3)}

        assert len(results) == 1


@pytest.mark.parametrize("votes", [{2: U, 3: U}, {1: A, 2: U, 3: U}])
def test_without_the_chairs_vote_there_is_no_result(votes):
    with pytest.raises(ValueError):
        tally(votes, chair_id=1)


def test_a_quorum_needs_enough_votes_and_the_chairs_among_them():
    assert quorum_met({1, 2}, quorum=2, chair_id=1)
    assert not quorum_met({2, 3}, quorum=2, chair_id=1)
    assert not quorum_met({1}, quorum=2, chair_id=1)
    assert not quorum_met({1, 2, 3}, quorum=2, chair_id=None)


def test_all_are_in_when_everybody_who_sits_has_voted():
    assert all_in({1, 2, 3}, seated={1, 2, 3}, quorum=3, chair_id=1)
    assert not all_in({1, 2}, seated={1, 2, 3}, quorum=2, chair_id=1)
    assert not all_in({1, 2}, seated={1, 2}, quorum=3, chair_id=1)


def test_votes_are_sealed_until_the_vote_closed():
    assert is_sealed(None)
    assert not is_sealed(NOON)


HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("limit_in", "ends_in"),
    [(72 * HOUR, 48 * HOUR), (50 * HOUR, 38 * HOUR), (12 * HOUR, 6 * HOUR), (2 * HOUR, HOUR), (1.9 * HOUR, 48 * HOUR),
     (-HOUR, 48 * HOUR)],
)  # fmt: skip
def test_voting_ends_so_that_the_cases_own_limit_can_be_kept(limit_in, ends_in):
    end = voting_ends(NOON, length=48 * HOUR, limit_ends=NOON + limit_in, reserve=12 * HOUR, shortest=HOUR)

    assert end - NOON == ends_in


def test_without_a_limit_voting_takes_its_full_length():
    assert voting_ends(NOON, length=48 * HOUR, limit_ends=None, reserve=12 * HOUR, shortest=HOUR) == NOON + 48 * HOUR
