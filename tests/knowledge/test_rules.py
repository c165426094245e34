"""The rules stand where people see them, in three languages, as page, file and data."""

import pytest

from workflows.regulation import book


@pytest.mark.parametrize(("segment", "word"), [("zh-hans", "退货"), ("zh-hant", "退貨"), ("en", "return")])
def test_every_clause_has_an_anchor_in_every_language(client, segment, word):
    page = client.get(f"/{segment}/rules").text

    assert word in page
    for clause in book.current().clauses():
        assert f'id="{clause.number.replace(".", "-")}"' in page


def test_search_keeps_what_matches(client):
    page = client.get("/en/rules?q=2.1.6.1").text

    assert 'id="2-1-6-1"' in page
    assert 'id="2-1-1-1"' not in page


def test_the_rules_can_be_downloaded(client):
    answer = client.get("/zh-hant/rules.txt")

    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "2.2.4.3" in answer.text


@pytest.mark.parametrize("name", ["rules.txt", "rules.json"])
def test_what_is_downloaded_has_an_address_without_a_language_too(client, name):
    answer = client.get(f"/{name}", headers={"Accept-Language": "en"})

    assert answer.location == f"/en/{name}"
    assert client.get(answer.location).headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("name", ["privacy", "accessibility"])
def test_the_desk_says_what_it_does(client, name):
    assert client.get(f"/en/{name}").status_code == 200


def test_the_language_can_be_chosen_on_a_page_of_its_own(client):
    assert client.get("/language", headers={"Accept-Language": "zh-TW"}).location == "/zh-hant/language"

    page = client.get("/en/language").text

    assert page.count("<h1") == 1
    assert all(f'<li><a href="/{segment}/"' in page for segment in ("zh-hans", "zh-hant", "en"))


def test_an_address_without_language_goes_to_the_readers(client):
    answer = client.get("/rules", headers={"Accept-Language": "zh-TW"})

    assert answer.location == "/zh-hant/rules"


def test_the_api_gives_clauses_limits_and_the_liability_table(client):
    body = client.get("/api/v1/rulebook").json
    clause = client.get("/api/v1/rulebook/2.2.4.3").json

    assert {"anomaly": "return_refusal", "responsible_party": "merchant", "clause": "2.2.2.5"} in body["liability"]
    assert any(limit["key"] == "resolution" for limit in clause["limits"])
    assert client.get("/api/v1/rulebook/9.9.9").status_code == 404
    assert client.get("/api/v1/rulebook?as_of=yesterday").status_code == 422
