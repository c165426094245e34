"""Blind bids: figures that cross settle the case at the middle; figures that do not tell nobody anything."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.cases import actions
from app.cases import queries as cases
from app.cases.models import CaseEvent
from app.cases.queries_talk import remedies
from app.core.db import session
from app.core.messages import OutboundMessage
from app.ledger.models import LedgerEntry
from app.mediation.commands import EnterBid
from tests.factories import a_case, complaining, saved
from workflows.procedure.authority import SYSTEM
from workflows.procedure.bidding import middle
from workflows.procedure.errors import Invalid, NotPermitted, StepNotAllowed
from workflows.procedure.states import Action, CaseState

ASK, OFFER = 12345, 15777  # figures that stand nowhere else


def bid(table, who, amount):
    return table.do(who, Action.BID, EnterBid.model_validate({"amount": {"amount_minor": amount, "currency": "CNY"}}))


def written() -> str:
    """All that was told to anybody: history and letters."""
    session().rollback()
    events = session().scalars(select(CaseEvent)).all()
    letters = session().scalars(select(OutboundMessage)).all()
    return json.dumps([event.detail for event in events]) + "".join(f"{each.subject}{each.body}" for each in letters)


@given(st.integers(1, 10**9), st.integers(1, 10**9))
def test_the_middle_lies_between_the_figures_and_there_is_none_where_they_do_not_cross(least, most):
    found = middle(least, most)

    if least > most:
        assert found is None
    else:
        assert least <= found <= most
        assert 0 <= (found - least) - (most - found) <= 1  # the odd cent is the consumer's


@pytest.mark.parametrize("figures", [(0, 1), (1, 0), (-1, 5)])
def test_a_figure_is_above_zero(figures):
    with pytest.raises(ValueError):
        middle(*figures)


@pytest.mark.parametrize("order", [("consumer", "respondent"), ("respondent", "consumer")])
def test_figures_that_cross_settle_at_the_middle_whoever_came_first(mediated, order):
    figures = {"consumer": ASK, "respondent": OFFER}
    for who in order:
        bid(mediated, who, figures[who])

    case = mediated.case
    [owed] = remedies(case)
    assert (case.state, case.settled_at is not None) == (CaseState.SETTLED, True)
    assert (owed.kind, owed.amount_minor, owed.source) == ("partial_refund", (ASK + OFFER + 1) // 2, "settlement")
    assert [clock.status for clock in case.clocks if clock.kind == "resolution"] == ["met"]


def test_figures_that_do_not_cross_settle_nothing_and_are_told_to_nobody(mediated):
    bid(mediated, "consumer", OFFER)
    bid(mediated, "respondent", ASK)

    assert mediated.case.state is CaseState.MEDIATION
    assert list(remedies(mediated.case)) == []
    told = written()
    assert not [figure for figure in (str(ASK), str(OFFER), "123.45", "157.77") if figure in told]


def test_nobody_learns_the_first_figure_before_the_second_is_there(mediated):
    bid(mediated, "consumer", ASK)

    assert "12345" not in written()
    assert "123.45" not in written()


def test_a_figure_once_entered_stands_until_the_other_side_has_entered_one(mediated):
    bid(mediated, "consumer", OFFER)

    with pytest.raises((Invalid, StepNotAllowed)):
        bid(mediated, "consumer", ASK)


def test_after_three_rounds_nobody_can_find_the_others_figure_by_trying(mediated):
    for least in (19000, 18000, 17000):
        bid(mediated, "consumer", least)
        bid(mediated, "respondent", ASK)

    for who in ("consumer", "respondent"):
        with pytest.raises((Invalid, StepNotAllowed)):
            bid(mediated, who, ASK)


@pytest.mark.parametrize("who", ["mediator"])
def test_only_the_two_sides_bid(mediated, who):
    with pytest.raises((NotPermitted, StepNotAllowed)):
        bid(mediated, who, ASK)


def test_a_bid_is_behind_the_wall_and_committed_to_in_the_log(mediated):
    bid(mediated, "consumer", ASK)

    [event] = [each for each in cases.events(mediated.case, SYSTEM) if each.action is Action.BID]
    assert event.walled
    assert session().scalars(select(LedgerEntry).where(LedgerEntry.kind == "bid")).one().opening is None


def test_a_company_that_was_not_asked_yet_cannot_be_bid_with(app):
    case = saved(a_case, CaseState.TRIAGE)
    assert Action.BID not in [each.action for each in _open_to(case, complaining(case).actor)]


def _open_to(case, actor):
    return actions.open_to(cases.case_to_work(case.id), actor)
