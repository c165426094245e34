"""Cases over the API: scoped by who asks, strict in what it reads, telling what is possible."""

import json

import pytest

from app.accounts import service as accounts
from tests.factories import a_case, a_person, an_act, an_organisation, saved
from workflows.procedure.authority import Role
from workflows.procedure.states import CaseState


def headers(user):
    return {"Authorization": f"Bearer {saved(accounts.give_token, user, 'test', act=an_act())}"}


@pytest.fixture
def lead(app):
    return headers(saved(a_person, Role.LEAD))


def test_nobody_reads_a_case_without_a_token(client):
    case = saved(a_case)

    answer = client.get(f"/api/v1/cases/{case.number}")

    assert (answer.status_code, answer.content_type) == (401, "application/problem+json")


def test_an_unknown_token_is_refused_even_on_an_open_call(client):
    assert client.get("/api/v1/openapi.json", headers={"Authorization": "Bearer " + "x" * 22}).status_code == 401


def test_staff_read_the_case_with_its_clocks(client, lead):
    case = saved(a_case)

    body = client.get(f"/api/v1/cases/{case.number}", headers=lead).json

    assert body["state"] == "triage"
    assert [clock["kind"] for clock in body["clocks"]] == ["emergency_start", "first_reply", "resolution"]
    assert body["complainant"]["phone"] == "+8613800138000"


def test_a_respondent_sees_only_cases_it_was_asked_about_and_no_contact(client):
    shop = saved(an_organisation)
    person = headers(saved(a_person, Role.RESPONDENT, organisation_id=shop.id))
    asked = saved(a_case, CaseState.ANSWERING, respondent=shop)
    unasked = saved(a_case, respondent=shop)
    foreign = saved(a_case, CaseState.ANSWERING)

    answers = [client.get(f"/api/v1/cases/{case.number}", headers=person) for case in (asked, unasked, foreign)]

    assert [answer.status_code for answer in answers] == [200, 404, 404]
    assert "complainant" not in answers[0].json
    assert [row["case_number"] for row in client.get("/api/v1/cases", headers=person).json["items"]] == [asked.number]


def test_an_action_changes_the_case_and_answers_with_it(client, lead):
    case = saved(a_case)

    body = client.post(f"/api/v1/cases/{case.number}/actions/reply", headers=lead, json={"body": "我们在处理。"}).json

    assert {clock["kind"]: clock["status"] for clock in body["clocks"]}["first_reply"] == "met"


def test_an_action_that_is_not_possible_names_those_that_are(client, lead):
    case = saved(a_case, CaseState.MEDIATION)
    respondent = headers(saved(a_person, Role.RESPONDENT, organisation_id=case.respondent_id))
    perform = f"/api/v1/cases/{case.number}/actions/perform"
    proof = {"remedy": 1, "proof": "x"}

    refused = client.post(perform, headers=lead, json=proof)
    too_early = client.post(perform, headers=respondent, json=proof)

    assert (refused.status_code, too_early.status_code) == (403, 409)
    assert "reply" not in too_early.json["possible_actions"]


def test_a_stale_version_is_refused_and_both_are_named(client, lead):
    case = saved(a_case)
    before = client.get(f"/api/v1/cases/{case.number}", headers=lead).json["version"]
    body = {"body": "first", "version": before}
    assert client.post(f"/api/v1/cases/{case.number}/actions/reply", headers=lead, json=body).status_code == 200

    answer = client.post(f"/api/v1/cases/{case.number}/actions/reply", headers=lead, json=body | {"body": "second"})

    assert answer.status_code == 409
    open_now = client.get(f"/api/v1/cases/{case.number}/actions", headers=lead).json["items"]
    assert answer.json["possible_actions"] == [each["action"] for each in open_now]


def test_every_problem_has_a_list_of_errors(client, lead):
    asked = [client.get("/api/v1/cases"), client.get("/api/v1/nothing"), client.post("/api/v1/classify")]
    asked.append(client.post(f"/api/v1/cases/{saved(a_case).number}/actions/accept", headers=lead, json={"offer": 1}))

    assert [(answer.status_code, answer.json["errors"]) for answer in asked] == [(n, []) for n in (401, 404, 415, 403)]


BAD = {
    "unknown field": ({"body": "x", "colour": "red"}, 422, "/colour"),
    "wrong type": ({"body": 5}, 422, "/body"),
    "missing": ({}, 422, "/body"),
    "blank to the eye": ({"body": "\u200b\u3000"}, 422, "/body"),
    "NUL": ({"body": "a\u0000b"}, 422, "/body"),
    "lone surrogate": ({"body": "a\ud800b"}, 422, "/body"),
    "too long": ({"body": "字" * 20_001}, 422, "/body"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_body_is_refused_with_a_pointer_and_changes_nothing(client, lead, name):
    case = saved(a_case)
    body, status, pointer = BAD[name]
    url = f"/api/v1/cases/{case.number}/actions/reply"

    answer = client.post(url, headers=lead, data=json.dumps(body), content_type="application/json")

    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (status, pointer)
    assert client.get(f"/api/v1/cases/{case.number}", headers=lead).json["version"] == case.version


UNREADABLE = {
    "broken": b'{"body": ',
    "a list": b"[]",
    "null": b"null",
    "a doubled key": b'{"body": "a", "body": "b"}',
    "NaN": b'{"body": "a", "version": NaN}',
    "bottomless": b'{"body": ' + b"[" * 5000 + b"]" * 5000 + b"}",
    "a number of 5,000 digits": b'{"body": "a", "version": ' + b"9" * 5000 + b"}",
    "not UTF-8": b'{"body": "\xff"}',
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_body_that_is_not_one_json_object_is_a_400(client, lead, name):
    url = f"/api/v1/cases/{saved(a_case).number}/actions/reply"

    answer = client.post(url, headers=lead, data=UNREADABLE[name], content_type="application/json")

    assert (answer.status_code, answer.content_type) == (400, "application/problem+json")


def test_lists_go_on_by_cursor_without_gaps_or_doubles(client, lead, time):
    for _ in range(5):
        saved(a_case)
        time.go(minutes=1)

    seen, cursor = [], ""
    while cursor is not None:
        page = client.get(f"/api/v1/cases?limit=2{cursor and '&cursor=' + cursor}", headers=lead).json
        seen += [row["case_number"] for row in page["items"]]
        cursor = page["next"]

    assert len(seen) == len(set(seen)) == 5


@pytest.mark.parametrize("part", ["clocks", "actions", "findings", "evidence"])
def test_the_lists_of_a_case_take_a_limit_and_go_on_by_cursor(client, lead, part):
    address = f"/api/v1/cases/{saved(a_case).number}/{part}"
    whole = client.get(address, headers=lead).json["items"]

    seen, cursor = [], ""
    while cursor is not None:
        page = client.get(f"{address}?limit=2{cursor and '&cursor=' + cursor}", headers=lead).json
        assert len(page["items"]) <= 2
        seen, cursor = seen + page["items"], page["next"]

    assert seen == whole
    assert bool(whole) == (part in ("clocks", "actions"))
    bad = [client.get(f"{address}?{query}", headers=lead).status_code for query in ("limit=201", "x=1", "cursor=AAAA")]
    assert bad == [422, 422, 400]


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "limit=١", "limit=1_0", "state=nowhere", "colour=red", "limit=1&limit=2"]
)
def test_a_bad_query_is_a_422(client, lead, query):
    assert client.get(f"/api/v1/cases?{query}", headers=lead).status_code == 422


def test_a_forged_cursor_is_a_400(client, lead):
    assert client.get("/api/v1/cases?cursor=AAAA", headers=lead).status_code == 400


def test_the_document_names_every_call_and_can_be_read(client):
    document = client.get("/api/v1/openapi.json").json

    assert document["openapi"] == "3.1.0"
    assert "post" in document["paths"]["/api/v1/cases/{number}/actions/{action}"]
    assert client.get("/api/v1/docs").status_code == 200


def test_a_page_of_cases_costs_the_same_for_any_number_of_rows(client, lead, count_queries):
    client.get("/api/v1/cases", headers=lead)  # a token's first use is written down
    costs = []
    for _ in range(2):
        for _ in range(6):
            saved(a_case)
        with count_queries() as seen:
            rows = client.get("/api/v1/cases?limit=200", headers=lead).json["items"]
        costs.append(len(seen))

    assert len(rows) == 12
    assert costs[0] == costs[1] <= 5
