"""The draw: public, reproducible, without those who have a part in the case."""

from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from workflows.procedure.panel import Candidate, draw, eligible, in_order

POOL = [Candidate(n, presides=n <= 2, sits=n > 2) for n in range(1, 11)]
PLACES = (1, 2, 3)


def test_the_draw_can_be_run_again_by_hand():
    by_hand = sorted(range(3, 11), key=lambda n: sha256(f"H2026-000001-3/1/abc|{n}".encode()).hexdigest())

    drawn = draw("H2026-000001-3/1/abc", POOL, places=PLACES)

    assert [drawn[2], drawn[3]] == by_hand[:2]
    assert drawn[1] in (1, 2)


@given(st.text(), st.permutations(POOL))
def test_the_order_in_which_candidates_are_listed_does_not_matter(seed, pool):
    assert draw(seed, pool, places=PLACES) == draw(seed, POOL, places=PLACES)


@given(st.text())
def test_nobody_takes_two_seats_also_when_they_may_preside_and_sit(seed):
    both = [Candidate(n, presides=True, sits=True) for n in range(1, 6)]

    drawn = draw(seed, both, places=PLACES)

    assert len(set(drawn.values())) == 3


def test_every_candidate_is_drawn_about_as_often():
    drawn = [draw(f"seed {n}", POOL, places=PLACES)[2] for n in range(4_000)]

    assert all(400 < drawn.count(user_id) < 600 for user_id in range(3, 11))


@given(st.text())
def test_a_substitute_is_the_next_of_the_same_draw(seed):
    first = draw(seed, POOL, places=PLACES)
    order = in_order(seed, [each.user_id for each in POOL if each.sits])

    assert draw(seed, POOL, places=[3], taken=first.values()) == {3: order[2]}


def test_a_seat_that_the_pool_cannot_fill_stays_empty():
    assert draw("seed", POOL[:2], places=PLACES).keys() == {1}
    assert draw("seed", POOL[2:], places=PLACES).keys() == {2, 3}


def test_nobody_of_a_party_and_nobody_who_was_there_before_may_sit():
    pool = [
        Candidate(1, False, True, 7),
        Candidate(2, False, True, 8),
        Candidate(3, False, True),
        Candidate(4, True, False),
    ]

    able = eligible(pool, parties={7}, barred={3})

    assert [each.user_id for each in able] == [2, 4]
