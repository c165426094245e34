"""The complainant reads who said what of their order, and objects: both words stand, and the desk hears of it."""

import pytest

from app.cases import queries
from app.cases.queries_talk import messages
from app.cases.service_facts import known, state
from app.core.db import transaction
from tests.factories import acting
from tests.portal.conftest import Complainant
from workflows.procedure.authority import SYSTEM

SHOPS = {
    "order": {"received_at": "2026-08-20T15:00:00+08:00", "goods_total_minor": 19900, "goods_intact": False},
    "events": [{"type": "return_rejected", "at": "2026-08-30T18:00:00+08:00", "actor": "merchant", "reason": "late"}],
}
OTHERWISE = {
    "received_at": ({"moment": "2026-08-28T09:30"}, "2026-08-28T09:30:00+08:00"),
    "goods_total_minor": ({"amount": "209.00"}, 20900),
    "goods_intact": ({"holds": "yes"}, True),
}


@pytest.fixture
def me(client, mediated):
    with transaction():
        case = queries.case_to_work(mediated.case.id)
        case.order_facts = None
        state(case, SHOPS, side="respondent", source="file", exhibit=None, act=_shop(mediated))
    return Complainant(client, mediated).confirm()


def _shop(mediated):
    return acting(mediated.people["respondent"])


def facts(me):
    return known(queries.case_to_work(me.table.case.id))


def test_they_read_what_the_shop_said(me):
    page = me.get("/facts").text

    assert "199.00" in page
    assert "Respondent" in page
    assert page.count("It was otherwise") == 4


@pytest.mark.parametrize("path", OTHERWISE)
def test_both_words_stand_and_the_desk_reads_why(me, path):
    typed, value = OTHERWISE[path]

    answer = me.post(f"/facts/{path}", typed | {"words": "I have the slip."})

    assert answer.status_code == 303, answer.text
    assert facts(me).differences[path, "consumer"].value == value
    assert facts(me).facts[path].side == "respondent"
    assert messages(me.table.case, SYSTEM)[-1].body.endswith("I have the slip.")
    assert "differs" in me.get("/facts").text


def test_of_an_event_its_time_is_told(me):
    path = "event.return_rejected.merchant"

    me.post(f"/facts/{path}", {"moment": "2026-08-31T10:00", "words": "It came a day later."})

    [event] = facts(me).differences[path, "consumer"].value
    assert (event["at"], event["reason"]) == ("2026-08-31T10:00:00+08:00", "late")


def test_words_alone_are_enough_and_change_no_fact(me):
    assert me.post("/facts/goods_intact", {"words": "Nobody asked me."}).status_code == 303

    assert facts(me).differences == {}
    assert "Nobody asked me." in messages(me.table.case, SYSTEM)[-1].body


@pytest.mark.parametrize("typed", [{}, {"amount": "about 200", "words": "More."}])
def test_what_cannot_be_read_is_told_and_kept(me, typed):
    answer = me.post("/facts/goods_total_minor", typed)

    assert answer.status_code == 422
    assert all(value in answer.text for value in typed.values())
    assert facts(me).differences == {}


def test_what_nobody_said_is_not_there(me):
    assert me.get("/facts/category").status_code == 404


def test_who_only_has_the_link_is_asked_for_a_code_first(client, mediated):
    assert Complainant(client, mediated).get("/facts").status_code == 303


def test_the_pages_ask_little_of_the_database(me, count_queries):
    for page in ("/facts", "/facts/goods_intact"):
        with count_queries() as seen:
            assert me.get(page).status_code == 200
        assert len(seen) <= 12, seen
