"""The language in the path: one spelling, to which every other leads."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("asked", "there"),
    [
        ("/zh-Hans", "/zh-hans"),
        ("/zh-Hant/rules", "/zh-hant/rules"),
        ("/EN/decisions?q=H2026-000123-7&month=2026-05", "/en/decisions?q=H2026-000123-7&month=2026-05"),
        ("/ZH-HANT/decisions?q=%E9%80%80%E8%B2%A8%20a", "/zh-hant/decisions?q=%E9%80%80%E8%B2%A8%20a"),
        ("/zh-Hans/退货?x=1", "/zh-hans/%E9%80%80%E8%B4%A7?x=1"),
        ("/zh-Hans//elsewhere.example/zh-Hans", "/zh-hans//elsewhere.example/zh-Hans"),
        ("/zh-Hans/%0d%0aLocation:%20x", "/zh-hans/%0D%0ALocation%3A%20x"),
        ("/zh-Hans/a%3Fnext=b", "/zh-hans/a%3Fnext%3Db"),
    ],
)
def test_another_case_of_letters_leads_to_the_one_address_for_good(client, asked, there):
    answer = client.get(asked)

    assert (answer.status_code, answer.headers["Location"]) == (308, there)


@pytest.mark.parametrize(
    "path", ["//elsewhere.example/zh-Hans", "/\\zh-Hans", "/zh-Hans.example", "/api/zh-Hans", "/zh_Hans"]
)
def test_nothing_else_is_sent_anywhere(client, path):
    answer = client.get("/", environ_overrides={"PATH_INFO": path})

    assert (answer.status_code, answer.headers.get("Location")) == (404, None)


def test_a_form_sent_there_arrives_as_a_form(client):
    assert client.post("/zh-Hant/track", data={"number": "1"}).status_code == 308
    assert client.get("/zh-Hant/track", follow_redirects=True).status_code == 200
