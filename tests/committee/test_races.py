"""Votes that race with each other and with the close, a few of them; `python -m tests.committee.races` runs all."""

import sys
from collections import Counter

import pytest

from tests.committee.races import check, race, race_without_a_lock, sizes

ROUNDS, VOTES = sizes()


def test_racing_votes_count_once_each_and_none_after_the_close(app, time):
    answers, counted = Counter(), 0
    for n in range(ROUNDS):
        case, told = race(app, VOTES, n)
        counted += check(case, told)
        answers += told

    told = ", ".join(f"{number} {answer}" for answer, number in answers.most_common())
    sys.stdout.write(f"\n{ROUNDS} rounds of {VOTES} votes: {told}; {counted} votes counted, each once, as recorded\n")


def test_of_one_vote_sent_many_times_at_once_one_is_taken_and_the_others_hear_so(app, time):
    case, told = race(app, max(VOTES, 12), 0, same=True)

    check(case, told)
    assert told["taken"] == 3
    assert sum(told[code] for code in ("voted_so", "voting_closed", "step_not_allowed")) == max(VOTES, 12) - 3


def test_the_planted_vote_that_looks_before_it_locks_is_found(app, time):
    case, told = race_without_a_lock(app, 6)

    assert told["taken"] > 3
    with pytest.raises(AssertionError):
        check(case, told)
