"""The document agrees with what is served."""

import pytest

CONTRACT = [
    ("post", "/api/v1/complaints"), ("get", "/api/v1/cases/{number}"), ("get", "/api/v1/cases"),
    ("get", "/api/v1/cases/{number}/events"), ("get", "/api/v1/cases/{number}/clocks"),
    ("get", "/api/v1/cases/{number}/findings"), ("get", "/api/v1/cases/{number}/evidence"),
    ("post", "/api/v1/cases/{number}/evidence"), ("get", "/api/v1/cases/{number}/actions"),
    ("post", "/api/v1/cases/{number}/actions/{action}"), ("post", "/api/v1/classify"), ("post", "/api/v1/checks"),
    ("get", "/api/v1/rulebook"), ("get", "/api/v1/rulebook/{clause}"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), CONTRACT)
def test_every_call_of_the_contract_is_described(client, method, path):
    assert method in client.get("/api/v1/openapi.json").json["paths"][path]


def test_every_route_of_the_api_is_described(app):
    api = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/v1/")]
    views = {rule.rule: app.view_functions[rule.endpoint] for rule in api}

    undescribed = {path for path, view in views.items() if not hasattr(view, "operation")}

    assert undescribed == {"/api/v1/openapi.json", "/api/v1/docs"}


def test_every_reference_in_the_document_leads_somewhere(client):
    document = client.get("/api/v1/openapi.json")
    schemas = document.json["components"]["schemas"]

    references = {part.split('"')[0] for part in document.text.split("#/components/schemas/")[1:]}

    assert references <= set(schemas)


@pytest.mark.parametrize("segment", ["zh-Hans", "zh-Hant", "en"])
def test_people_can_read_it_in_their_language(client, segment):
    page = client.get("/api/v1/docs", headers={"Accept-Language": segment})

    assert page.status_code == 200
    assert "/api/v1/complaints" in page.text
    assert "<script>" not in page.text
