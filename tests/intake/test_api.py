"""Handing in complaints over the API, reading texts, checking orders."""

import json

import pytest
from sqlalchemy import func, select

from app.cases.models import Case
from app.core.db import session
from tests.factories import an_organisation, saved

COMPLAINT = {
    "language": "zh-Hans",
    "narrative": "6月1日收到外套，吊牌未拆，6月5日申请七天无理由退货，商家以“活动商品”为由拒绝退货。",
    "anomaly": "return_refusal",
    "complainant": {"name": "林小雨", "phone": "+8613800138000", "email": "lin@example.test", "contact_by": "email"},
    "respondent": {"organisation_id": None, "name": "云栖服饰"},
    "order": {
        "id": "O-1", "category": "apparel", "goods_total_minor": 19900, "currency": "CNY",
        "received_at": "2026-08-25T10:00:00+08:00", "goods_intact": True, "packaging_complete": True,
    },
    "events": [
        {"type": "return_requested", "at": "2026-08-28T10:00:00+08:00", "actor": "consumer", "kind": "no_reason"},
        {"type": "return_rejected", "at": "2026-08-28T12:00:00+08:00", "actor": "merchant"},
    ],
    "remedies_sought": [{"kind": "refund", "amount": {"amount_minor": 19900, "currency": "CNY"}}],
    "danger": False,
}  # fmt: skip


def hand_in(client, body, key="k-1"):
    return client.post("/api/v1/complaints", json=body, headers={"Idempotency-Key": key})


def cases():
    return session().scalar(select(func.count()).select_from(Case))


def test_a_complaint_becomes_a_case_with_everything_the_contract_names(client):
    shop = saved(an_organisation, name="云栖服饰")

    answer = hand_in(client, COMPLAINT)

    body = answer.json
    assert answer.status_code == 201
    assert set(body) == {
        "case_number", "access_token", "tracking_url", "state", "anomaly", "responsible_party", "clocks", "findings"
    }  # fmt: skip
    assert body["responsible_party"] == {"kind": "merchant", "organisation_id": shop.id}
    assert {"emergency_start", "first_reply", "resolution"} <= {clock["kind"] for clock in body["clocks"]}
    assert [f["verdict"] for f in body["findings"] if f["clause"] == "2.1.6.1"] == ["breach"]
    assert body["anomaly"]["key"] == "return_refusal"
    for reason in body["anomaly"]["reasons"]:
        assert reason["clause"] == "2.2.1.5"
        assert set(reason["explanation"]) == {"zh-Hant", "zh-Hans", "en"}
    told = [reason.get("text_span") or reason["fact"] for reason in body["anomaly"]["reasons"]]
    assert "return_rejected" in told
    assert any(words in COMPLAINT["narrative"] for words in told)


def test_the_access_token_opens_the_case_and_no_other(client):
    mine, other = hand_in(client, COMPLAINT).json, hand_in(client, COMPLAINT, key="k-2").json
    headers = {"Authorization": f"Bearer {mine['access_token']}"}

    assert client.get(f"/api/v1/cases/{mine['case_number']}", headers=headers).status_code == 200
    assert client.get(f"/api/v1/cases/{other['case_number']}", headers=headers).status_code == 404


def test_the_tracking_link_is_public_and_in_the_language_of_the_case(client):
    url = hand_in(client, COMPLAINT).json["tracking_url"]

    assert url.startswith("http://desk.test/zh-hans/c/")


def test_the_same_request_again_is_the_same_case(client):
    first, again = hand_in(client, COMPLAINT), hand_in(client, COMPLAINT)

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json["case_number"] == again.json["case_number"]
    assert first.json["access_token"] == again.json["access_token"]
    assert cases() == 1


def test_the_same_key_with_other_content_is_refused(client):
    hand_in(client, COMPLAINT)

    answer = hand_in(client, COMPLAINT | {"danger": True})

    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/Idempotency-Key")
    assert cases() == 1


def test_a_key_is_needed(client):
    answer = client.post("/api/v1/complaints", json=COMPLAINT)

    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/Idempotency-Key")


def test_a_narrative_and_one_contact_are_enough(client):
    assert hand_in(client, {"narrative": "退货被拒", "complainant": {"phone": "13800138000"}}).status_code == 201


BAD = {
    "no contact": (COMPLAINT | {"complainant": {"name": "x"}}, "/complainant"),
    "no narrative": ({"complainant": {"phone": "13800138000"}}, "/narrative"),
    "blank to the eye": (COMPLAINT | {"narrative": "\u3000\u200b\n"}, "/narrative"),
    "NUL": (COMPLAINT | {"narrative": "a\u0000b"}, "/narrative"),
    "a lone surrogate": (COMPLAINT | {"narrative": "a\ud800b"}, "/narrative"),
    "too long": (COMPLAINT | {"narrative": "字" * 20_001}, "/narrative"),
    "an unknown field": (COMPLAINT | {"colour": "red"}, "/colour"),
    "a wrong type": (COMPLAINT | {"danger": "no"}, "/danger"),
    "an integer too large": (
        COMPLAINT | {"remedies_sought": [{"kind": "refund", "amount": {"amount_minor": 2**63, "currency": "CNY"}}]},
        "/remedies_sought/0/amount/amount_minor",
    ),
    "an unknown order fact": (COMPLAINT | {"order": {"colour": "red"}}, "/order/colour"),
    "an instant without offset": (COMPLAINT | {"order": {"received_at": "2026-06-01T10:00:00"}}, "/order/received_at"),
    "an unknown event": (COMPLAINT | {"events": [{"type": "eaten", "at": None}]}, "/events/0/type"),
    "an unknown language": (COMPLAINT | {"language": "fr"}, "/language"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_a_422_with_a_pointer_and_stores_nothing(client, name):
    body, pointer = BAD[name]
    headers = {"Idempotency-Key": "k", "Content-Type": "application/json"}

    answer = client.post("/api/v1/complaints", data=json.dumps(body), headers=headers)

    assert answer.status_code == 422
    assert pointer in [error["pointer"] for error in answer.json["errors"]]
    assert cases() == 0


@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant", "en"])
def test_problems_are_told_in_the_readers_language(client, language):
    answer = client.post(f"/api/v1/complaints?language={language}", json={}, headers={"Idempotency-Key": "k"})

    assert (
        answer.json["title"]
        == {"zh-Hans": "有些内容需要修改", "zh-Hant": "有些內容需要修改", "en": "Some fields need correcting"}[language]
    )


def test_a_body_of_fifty_megabytes_is_refused(client):
    data = b'{"narrative": "' + b"a" * 50_000_000 + b'"}'
    headers = {"Idempotency-Key": "k", "Content-Type": "application/json"}

    assert client.post("/api/v1/complaints", data=data, headers=headers).status_code == 413


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded"])
def test_only_json_is_taken(client, content_type):
    headers = {"Idempotency-Key": "k", "Content-Type": content_type}

    assert client.post("/api/v1/complaints", data="narrative=x", headers=headers).status_code == 415


def test_a_text_is_read_and_nothing_kept(client):
    body = client.post("/api/v1/classify", json={"text": COMPLAINT["narrative"]}).json

    assert body["anomaly"] == "return_refusal"
    assert all(COMPLAINT["narrative"][r["start"] : r["end"]] == r["text"] for r in body["reasons"])
    assert cases() == 0


def test_an_order_is_checked_in_three_languages(client):
    asked = {"order": COMPLAINT["order"], "events": COMPLAINT["events"], "complaint_at": "2026-08-29T10:00:00+08:00"}

    body = client.post("/api/v1/checks", json=asked).json

    breach = next(f for f in body["findings"] if f["clause"] == "2.1.6.1")
    assert (breach["verdict"], breach["liable"]) == ("breach", "merchant")
    assert set(breach["explanation"]) == {"zh-Hant", "zh-Hans", "en"}


def test_facts_that_cannot_be_read_are_told_with_their_place(client):
    answer = client.post("/api/v1/checks", json={"order": {"goods_total_minor": "19900"}})

    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/order/goods_total_minor")


@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant", "en"])
@pytest.mark.parametrize("facts", [
    {"order": {"id": "9" * 201}}, {"order": {"product_text": "x" * 20_001}}, {"order": {"commitments": ["x"] * 101}},
    {"events": [{"type": "shipped"}] * 501},
], ids=["a line", "a text", "a list", "events"])  # fmt: skip
@pytest.mark.parametrize("call", ["checks", "classify", "complaints"])
def test_facts_beyond_a_limit_are_refused_with_the_limit(client, call, facts, language):
    body = {"checks": {}, "classify": {"text": "拒绝退货"}}.get(
        call, {"narrative": "拒绝退货", "complainant": {"email": "a@b.test"}}
    )
    headers = {"Idempotency-Key": "k", "Accept-Language": language}

    answer = client.post(f"/api/v1/{call}", json=body | facts, headers=headers)

    assert answer.status_code == 422
    assert any(digits in answer.json["errors"][0]["detail"] for digits in ("200", "20000", "100", "500"))
