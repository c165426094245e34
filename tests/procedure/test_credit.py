"""Scores and the blacklist from penalties, cases and ratings: to the point, and to the instant."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from workflows.procedure.credit import Record, Sanction, listed, score
from workflows.procedure.penalties import Spell, Term
from workflows.regulation import book

LAW = book.current()
METHOD, GRADES, RULES = LAW.credit_method(), tuple(LAW.grades), tuple(LAW.listings)
NOW = datetime(2026, 9, 1, 4, tzinfo=UTC)
DAY = timedelta(days=1)
CASES = (NOW,) * METHOD.least_cases


def a_sanction(points=4, *, start=-10, last=365, measure="fine", days=None, halted=None):
    """A penalty in force; days from now."""
    term = Term(None if measure == "ban" else NOW + (days or last) * DAY, NOW + last * DAY)
    spell = Spell(NOW + start * DAY, term, NOW + halted * DAY if halted is not None else None)
    return Sanction("P2026-1", "return_refused", "2.1.6.1", "〔2026〕1", measure, points, (spell,))


def scored(*sanctions, cases=CASES, ratings=()):
    return score(Record(sanctions, cases, tuple(ratings)), METHOD, GRADES, NOW)


def test_who_has_no_point_in_force_has_the_full_score():
    worth = scored()

    assert (worth.value, worth.grade.key, worth.losses) == (100, "excellent", ())


def test_with_fewer_than_five_cases_in_the_window_there_is_no_score():
    old = NOW - METHOD.window

    assert scored(cases=CASES[1:]).value is None
    assert scored(cases=(*CASES[1:], old)).value is None
    assert scored(cases=(*CASES[1:], old + timedelta(microseconds=1))).value == 100
    assert scored(cases=(*CASES[1:], NOW + DAY)).value is None


def test_each_loss_cites_its_penalty_and_says_until_when():
    worth = scored(a_sanction(4), a_sanction(2))

    assert worth.value == 70
    assert [(loss.score, loss.sanction.clause, loss.until) for loss in worth.losses] == [
        (20, "2.1.6.1", NOW + 365 * DAY), (10, "2.1.6.1", NOW + 365 * DAY),
    ]  # fmt: skip


def test_points_expire_and_do_not_count_while_they_are_halted_or_before_they_begin():
    assert scored(a_sanction(last=0)).value == 100
    assert scored(a_sanction(halted=0)).value == 100
    assert scored(a_sanction(halted=1)).value == 80
    assert scored(a_sanction(start=1)).value == 100


def test_a_score_is_never_below_zero_and_has_the_lowest_grade_there():
    worth = scored(*[a_sanction(12)] * 3)

    assert (worth.value, worth.grade.key) == (0, "poor")


def test_ratings_count_once_there_are_five():
    four = [(NOW, 1, 1)] * 4

    assert scored(ratings=four).ratings is None
    worth = scored(ratings=[*four, (NOW, 5, 5)])

    assert (worth.ratings, worth.value) == (20, 84)


@given(st.lists(st.integers(0, 12), max_size=12), st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), max_size=9))
def test_a_score_lies_between_nothing_and_all_and_more_points_never_raise_it(points, marks):
    ratings = [(NOW, *each) for each in marks]
    sanctions = [a_sanction(each) for each in points]

    worth = scored(*sanctions, ratings=ratings)

    assert 0 <= worth.value <= METHOD.full
    assert scored(*sanctions, a_sanction(1), ratings=ratings).value <= worth.value
    assert worth.grade.from_score <= worth.value


def test_a_ban_puts_a_company_on_the_blacklist_for_good():
    [found] = listed([a_sanction(12, measure="ban", halted=None)], RULES[:1], NOW)

    assert (found.rule.key, found.since, found.until) == ("banned", NOW - 10 * DAY, None)
    assert listed([a_sanction(12, measure="ban", halted=-1)], RULES, NOW) == ()


def test_twelve_points_at_once_do_so_from_the_twelfth_to_the_first_that_expires():
    first, second = a_sanction(8, start=-30, last=20), a_sanction(4, start=-5, last=100)

    [found] = listed([first, second], RULES, NOW)

    assert (found.rule.key, found.since, found.until) == ("points", NOW - 5 * DAY, NOW + 20 * DAY)
    assert listed([first, second], RULES, NOW + 20 * DAY) == ()
    assert listed([first], RULES, NOW) == ()
    assert found.rule.reason("en").startswith("12 or more")
