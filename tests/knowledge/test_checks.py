"""Merchants try an order's facts on a page: by form or by the file that their shop's system writes."""

from __future__ import annotations

import json
from io import BytesIO

import pytest

from workflows.procedure.checks import sheet
from workflows.procedure.checks.sheet import SheetRefused

TABLE = (
    "name,value,at,actor,details\n"
    "category,apparel,,,\nreceived_at,2026-06-01T10:00:00+08:00,,,\ngoods_intact,yes,,,\npackaging_complete,是,,,\n"
    "listing.origin,杭州,,,\npayment.offered,card; wallet,,,\n"
    "return_requested,,2026-06-03T10:00:00+08:00,consumer,kind=no_reason\n"
    "return_rejected,,2026-06-04T10:00:00+08:00,merchant,\n"
    "freight_charged,1200,2026-06-05T10:00:00+08:00,merchant,kind=return; payer=consumer\n"
)


def test_a_table_says_the_same_as_json():
    read = sheet.document(TABLE.encode())

    assert read["order"]["payment"] == {"offered": ["card", "wallet"]}
    assert read["events"][2]["amount_minor"] == 1200
    assert sheet.document(json.dumps(read).encode()) == read


@pytest.mark.parametrize(
    ("content", "row", "code"),
    [
        (b"\xff\xfe\x00", None, "not_utf8"),
        (b"{", None, "not_json"),
        (b"a,b\n1,2\n", 1, "columns"),
        (b"name,value\ncolour,red\n", 2, "unknown_fact"),
        (b"name,value\ncategory,apparel\nreceived_at,yesterday\n", 3, "not_an_instant"),
        (b"name,value,details\ncategory,x,\nreturn_requested,,kind=whim\n", 3, "not_one_of"),
        (b"name,value\n", None, "no_facts"),
        (b" " * (sheet.LARGEST + 1), None, "file_too_large"),
    ],
)
def test_what_is_wrong_is_told_with_its_row(content, row, code):
    with pytest.raises(SheetRefused) as refused:
        sheet.document(content)

    assert (refused.value.mistakes[0].row, refused.value.mistakes[0].code) == (row, code)


@pytest.mark.parametrize("segment", ["zh-hans", "zh-hant", "en"])
def test_a_file_is_checked_clause_by_clause(client, segment):
    answer = client.post(f"/{segment}/checks", data={"file": (BytesIO(TABLE.encode()), "order.csv")})

    assert answer.status_code == 200
    assert answer.text.count("finding--breach") == 2
    assert "2.1.6.4" in answer.text


def test_a_bad_file_is_told_and_the_form_comes_back(client):
    answer = client.post("/en/checks", data={"file": (BytesIO(b"name,value\ncolour,red\n"), "order.csv")})

    assert answer.status_code == 422
    assert "Row 2: colour: An order has no such fact or event." in answer.text


def test_the_form_checks_what_is_typed(client):
    answer = client.post("/en/checks", data={"goods_total": "1,000.00", "hold": "100.01"})

    assert "2.1.3.3" in answer.text
    assert "finding--breach" in answer.text


def test_the_template_can_be_checked_as_it_is(client):
    table = client.get("/en/checks/template.csv")

    assert sheet.document(table.data)["order"]["goods_total_minor"] == 19900
