"""Complaints that are no complaints: refused with the reason and stored nowhere, or taken as they are."""

from __future__ import annotations

import json
import time as clock_on_the_wall
from io import BytesIO

import pytest
from sqlalchemy import func, select
from werkzeug.test import EnvironBuilder

from app.accounts import service as accounts
from app.cases.models import Case
from app.core.db import session
from app.intake.models import Draft
from tests.factories import a_person, an_act, saved
from tests.intake.complaints import REFUSED_RETURN
from workflows.procedure.authority import Role

HERE = "/api/v1/complaints"
LARGE = 30 * 1024 * 1024


def a_complaint(**changes) -> dict:
    return {"narrative": REFUSED_RETURN, "complainant": {"email": "lin@example.test"}} | changes


def hand_in(client, body, *, key: str = "k", content_type: str = "application/json"):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post(HERE, data=raw, content_type=content_type, headers={"Idempotency-Key": key})


def cases() -> int:
    return session().scalar(select(func.count()).select_from(Case))


BAD: dict[str, tuple[dict, set[int]]] = {
    "a NUL": (a_complaint(narrative="a\x00b"), {422}),
    "a NUL in a name": (a_complaint(respondent={"name": "shop\x00"}), {422}),
    "more than 64 bits": (a_complaint(respondent={"organisation_id": 2**63}), {422}),
    "less than 64 bits": (a_complaint(order={"goods_total_minor": -(2**63) - 1}), {422}),
    "an object for a text": (a_complaint(narrative={"a": 1}), {422}),
    "true for a number": (a_complaint(respondent={"organisation_id": True}), {422}),
    "a text for a number": (a_complaint(order={"goods_total_minor": "1"}), {422}),
    "only spaces": (a_complaint(narrative=" \n\t　"), {422}),
    "only letters that show nothing": (a_complaint(narrative="\u3164\u200b"), {422}),
    "fields that are ours to set": (a_complaint(state="closed", due_at=None, assignee_id=1, links=[]), {422}),
    "an address no mail goes to": (a_complaint(complainant={"email": f"a@{'x' * 300}.test"}), {422}),
}


@pytest.mark.parametrize("name", BAD)
def test_a_field_that_cannot_be_is_a_422_and_makes_no_case(client, name):
    body, statuses = BAD[name]

    answer = hand_in(client, body)

    assert answer.status_code in statuses, answer.text
    assert answer.mimetype == "application/problem+json"
    assert all({"pointer", "detail"} == set(error) for error in answer.json["errors"])
    assert cases() == 0


WHOLE = json.dumps(a_complaint())
RAW: dict[str, tuple[bytes, set[int]]] = {
    "a list": (b"[]", {400}),
    "null": (b"null", {400}),
    "a number": (b"1", {400}),
    "a text": (b'"x"', {400}),
    "not a number": (WHOLE.replace("{", '{"order": {"goods_total_minor": NaN}, ', 1).encode(), {400, 422}),
    "infinity": (WHOLE.replace("{", '{"order": {"goods_total_minor": Infinity}, ', 1).encode(), {400, 422}),
    "beyond any float": (WHOLE.replace("{", '{"order": {"goods_total_minor": 1e400}, ', 1).encode(), {400, 422}),
    "five thousand digits": (WHOLE.replace("{", f'{{"danger": {"9" * 5000}, ', 1).encode(), {400}),
    "nested without end": (b"[" * 100_000 + b"]" * 100_000, {400}),
    "objects without end": (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, {400}),
    "in UTF-16": (WHOLE.encode("utf-16"), {400, 415}),
    "with a byte order mark": (WHOLE.encode("utf-8-sig"), {400, 415}),
    "a field twice": (WHOLE.replace("{", '{"narrative": "x", ', 1).encode(), {400}),
    "a lone surrogate": (WHOLE.replace("{", '{"respondent": {"name": "\\ud800"}, ', 1).encode(), {422}),
    "thirty megabytes": (b'{"narrative": "' + b"a" * LARGE + b'"}', {413}),
}


@pytest.mark.parametrize("name", RAW)
def test_a_body_that_is_no_complaint_is_refused_at_once(client, name):
    body, statuses = RAW[name]
    begun = clock_on_the_wall.process_time()

    answer = hand_in(client, body)

    assert answer.status_code in statuses, answer.text
    assert answer.mimetype == "application/problem+json"
    assert clock_on_the_wall.process_time() - begun < 0.5
    assert cases() == 0


def test_json_must_say_that_it_is(client):
    assert hand_in(client, WHOLE.encode(), content_type="text/plain").status_code == 415


def test_a_body_over_the_limit_is_refused_before_it_is_read(client):
    class Never(BytesIO):
        def read(self, *_):
            raise AssertionError("read")

    answer = client.post(
        HERE, input_stream=Never(), environ_overrides={"CONTENT_LENGTH": str(LARGE)}, content_type="application/json",
        headers={"Idempotency-Key": "k"},
    )  # fmt: skip

    assert answer.status_code == 413


def test_other_content_under_a_used_key_is_refused_and_the_first_case_stays(client):
    first = hand_in(client, a_complaint()).json

    again = hand_in(client, a_complaint(narrative="别的事情，和第一次不一样。"))

    assert again.status_code == 422
    assert [each.narrative for each in session().scalars(select(Case))] == [REFUSED_RETURN]
    assert hand_in(client, a_complaint()).json["case_number"] == first["case_number"]


def test_an_answer_that_never_arrived_is_given_again_for_the_same_case(app, client):
    def dropped(_status, _headers, _error=None):
        raise BrokenPipeError

    body = json.dumps(a_complaint()).encode()
    asked = EnvironBuilder(HERE, method="POST", data=body, content_type="application/json",
                           headers={"Idempotency-Key": "k"})  # fmt: skip
    with pytest.raises(BrokenPipeError):
        app.wsgi_app(asked.get_environ(), dropped)
    session().rollback()
    kept = session().scalars(select(Case.number)).one()

    again = hand_in(client, a_complaint())

    assert (again.status_code, again.json["case_number"]) == (200, kept)
    assert cases() == 1


@pytest.mark.parametrize("digits", ["9" * 30, "9" * 5_000, "-1", "1_0", "\u0661", "1e3"])
def test_a_number_in_a_query_that_is_none_is_refused(client, digits):
    lead = saved(a_person, Role.LEAD)
    bearer = {"Authorization": f"Bearer {saved(accounts.give_token, lead, 't', act=an_act())}"}

    answer = client.get("/api/v1/cases", query_string={"limit": digits}, headers=bearer)

    assert answer.status_code in (400, 422)
    assert answer.mimetype == "application/problem+json"


@pytest.mark.parametrize("step", ["details", "order", "contact"])
def test_a_field_of_600_kilobytes_is_refused_by_its_length(client, step):
    client.post("/en/complain")
    names = ("story", "merchant", "name")

    answer = client.post(f"/en/complain/{step}", data=dict.fromkeys(names, "a" * 600_000))

    assert answer.status_code in (413, 422)
    assert "a" * 600_000 not in json.dumps([draft.answers for draft in session().scalars(select(Draft))])


TAKEN = {
    "letters that turn the order round": "商家\u202e店",
    "letters that look alike": "Αpple",  # a Greek alpha
    "pictographs": "😀👨‍👩‍👧",
    "many marks": "e" + "\u0301" * 100,
}


@pytest.mark.parametrize("name", TAKEN)
def test_strange_letters_are_stored_as_given(client, name):
    answer = hand_in(client, a_complaint(narrative=f"{TAKEN[name]} 拒绝退货"))

    assert answer.status_code == 201
    assert session().scalars(select(Case)).one().narrative == f"{TAKEN[name]} 拒绝退货"
