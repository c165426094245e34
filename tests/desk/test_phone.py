"""The telephone desk: one page, nothing lost, one case for one call."""

import re

import pytest
from sqlalchemy import func, select

from app.cases.models import Case
from app.cases.models_talk import Message
from app.core.db import session
from app.core.messages import OutboundMessage
from tests.factories import a_case, a_person, saved, sign_in
from workflows.procedure.authority import Audience, Role

CALL = {
    "name": "Ms Carter", "phone": "138 0013 8000", "spoken": "en", "company": "Hill Outdoor", "price": "899",
    "story": "The tent arrived torn and the shop refuses to take it back.", "danger": "no", "remedies": ["refund"],
}  # fmt: skip


@pytest.fixture
def operator(client):
    person = saved(a_person, Role.OPERATOR)
    sign_in(client, person)
    return person


def test_a_call_becomes_a_case_and_the_link_is_sent(client, operator):
    answer = client.post("/desk/phone", data=CALL)

    case = session().scalars(select(Case)).one()
    page = client.get(answer.location).text
    assert (answer.status_code, case.channel, case.amount_minor) == (303, "phone", 89900)
    assert case.number in page
    assert "/en/c/" in page
    assert session().scalars(select(OutboundMessage)).first().address == "+8613800138000"


def test_a_note_on_the_call_is_for_the_desk_only(client, operator):
    client.post("/desk/phone", data=CALL | {"note": "Calls from work, please not before six."})

    said = session().scalars(select(Message)).one()
    assert (said.body, said.audience) == ("Calls from work, please not before six.", Audience.INTERNAL)


def test_pressing_twice_makes_one_case(client, operator):
    client.get("/desk/phone")
    with client.session_transaction() as cookie:
        call = cookie["call"]
    client.post("/desk/phone", data=CALL)
    with client.session_transaction() as cookie:
        cookie["call"] = call
    client.post("/desk/phone", data=CALL)

    assert session().scalar(select(func.count()).select_from(Case)) == 1


def test_what_is_missing_is_asked_for_and_the_rest_kept(client, operator):
    answer = client.post("/desk/phone", data=CALL | {"phone": "", "story": "kept words"})

    assert answer.status_code == 422
    assert "Ask for a telephone number or an e-mail address." in answer.text
    assert "kept words" in answer.text


def test_a_remedy_that_is_none_is_refused(client, operator):
    for remedies in ([""], ["", "refund"], ["moon"]):
        assert client.post("/desk/phone", data=CALL | {"remedies": remedies}).status_code == 422


def test_a_caller_is_known_by_the_number(client, operator):
    case = saved(a_case)

    assert case.number in client.get("/desk/phone?phone=138-0013-8000").text


@pytest.mark.parametrize("by", [{"phone": "138 0013 8000"}, {"phone": "", "email": "lin@example.test"}])
def test_a_caller_with_an_open_case_is_asked_once_whether_it_is_the_same(client, operator, by):
    earlier = saved(a_case)

    asked = client.post("/desk/phone", data=CALL | by)
    shown = re.search(r'name="shown"[^>]*value="([^"]*)"', asked.text)[1]

    assert asked.status_code == 422
    assert earlier.number in asked.text
    assert "Is it about the same?" in asked.text
    assert client.post("/desk/phone", data=CALL | by | {"shown": shown}).status_code == 303
    assert session().scalar(select(func.count()).select_from(Case)) == 2


def test_who_was_looked_up_before_is_not_asked_again(client, operator):
    saved(a_case)
    page = client.get("/desk/phone?phone=13800138000").text
    shown = re.search(r'name="shown"[^>]*value="([^"]*)"', page)[1]

    assert client.post("/desk/phone", data=CALL | {"shown": shown}).status_code == 303


def test_a_mediator_of_another_desk_may_not_type_as_a_member(client):
    sign_in(client, saved(a_person, Role.MEMBER))

    assert client.get("/desk/phone").status_code == 403
