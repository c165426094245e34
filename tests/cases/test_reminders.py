"""A company that has to do something is reminded of it before its time is over; one that has done it is left alone."""

import pytest
from sqlalchemy import select

from app.cases import actions, queries, service_clocks
from app.cases.commands import Money, Perform, Term
from app.cases.service import advance
from app.cases.service_performance import promise
from app.core.db import session, transaction
from app.core.messages import OutboundMessage
from tests.factories import a_case, an_act, an_organisation, saved
from workflows.procedure.states import Action, CaseState

SHOP = "shop@example.test"


def a_settled_case(language: str):
    shop = an_organisation(email=SHOP, language=language)
    case = a_case(CaseState.MEDIATION, respondent=shop)
    advance(case, Action.ACCEPT, act=an_act(), branch="all")
    refund = Term(kind="refund", amount=Money(amount_minor=19900), days=8)
    promise(case, [refund], source="settlement", act=an_act())
    return case


def reminded() -> list[OutboundMessage]:
    """What the shop was written once the clocks that are due have fired."""
    for clock_id in queries.due_clocks(an_act().at):
        with transaction():
            service_clocks.fire(clock_id, act=an_act())
    told = select(OutboundMessage).order_by(OutboundMessage.id)
    return [each for each in session().scalars(told) if each.address == SHOP and "/fulfil" in each.body]


@pytest.mark.parametrize(("language", "word"), [("zh-Hans", "请于"), ("zh-Hant", "請於"), ("en", "to be done by")])
def test_the_company_is_reminded_at_each_warning_in_its_language(app, time, language, word):
    saved(a_settled_case, language)
    counts = []
    for hours in (95, 1, 48, 29):
        time.go(hours=hours)
        counts.append(len(reminded()))

    assert counts == [0, 1, 2, 3]
    last = reminded()[-1]
    assert word in last.subject
    assert "¥199.00" in last.body


def test_who_has_reported_it_as_done_is_not_reminded(app, time):
    case = saved(a_settled_case, "en")
    with transaction():
        done = Perform(remedy=1, proof="Refund 88123")
        actions.carry_out(queries.case_to_work(case.id), Action.PERFORM, done, act=an_act())
    time.go(days=4)

    assert reminded() == []
