"""Facts are read strictly: every mistake is told with its place, and nothing is coerced."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.procedure.checks.facts import EVENT_FIELDS, REQUEST_SCHEMA, CheckRequest, FactsError, OrderFacts

AT = "2024-06-01T10:00:00+08:00"


def mistakes(document: Any) -> list[tuple[str, str]]:
    """Return pointer and code of every mistake; an empty list where the document can be read."""
    try:
        CheckRequest.from_json(document)
    except FactsError as error:
        return [(pointer, code) for pointer, code, _ in error.errors]
    return []


def test_nothing_known_is_no_mistake():
    request = CheckRequest.from_json({})

    assert request.order == OrderFacts()
    assert request.events == ()
    assert request.time_zone.key == "Asia/Shanghai"


def test_null_means_unknown():
    document = {"order": {"category": None, "payment": None, "listing": None}, "events": None, "complaint_at": None}

    assert CheckRequest.from_json(document) == CheckRequest()


def test_events_are_put_in_order_of_time_and_those_without_a_time_come_last():
    document = {"events": [{"type": "shipped"}, {"type": "charged", "at": AT}, {"type": "appeal_filed", "at": AT}]}

    assert [event.type for event in CheckRequest.from_json(document).events] == ["charged", "appeal_filed", "shipped"]


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("2024-06-01T10:00:00+08:00", datetime(2024, 6, 1, 2, tzinfo=UTC)),
        ("2024-06-01T02:00:00Z", datetime(2024, 6, 1, 2, tzinfo=UTC)),
        ("2024-06-01t02:00:00z", datetime(2024, 6, 1, 2, tzinfo=UTC)),
        ("2024-06-01T02:00:00-00:00", datetime(2024, 6, 1, 2, tzinfo=UTC)),
        ("2024-06-01T02:00:00.5Z", datetime(2024, 6, 1, 2, 0, 0, 500_000, tzinfo=UTC)),
        ("2024-06-01T02:00:00.123456789Z", datetime(2024, 6, 1, 2, 0, 0, 123_456, tzinfo=UTC)),
        ("2024-02-29T23:30:00-05:30", datetime(2024, 3, 1, 5, tzinfo=UTC)),
    ],
)
def test_an_instant_is_read_whatever_its_offset(written: str, instant: datetime):
    assert CheckRequest.from_json({"complaint_at": written}).complaint_at == instant


@pytest.mark.parametrize(
    "written",
    [
        "2024-06-01T10:00:00", "2024-06-01", "2024-06-01 10:00:00+08:00", "20240601T100000+0800",
        "2024-W22-6T10:00:00Z", "2024-06-01T10:00Z", "2024-06-01T10:00:00+8:00", "2024-06-01T10:00:00+0800",
        "2023-02-29T10:00:00Z", "2024-13-01T10:00:00Z", "2024-06-01T24:00:00Z", "2024-06-01T10:00:60Z",
        "2024-06-01T10:00:00+24:00", "٢٠٢٤-06-01T10:00:00Z", "", " ", "now", 1717207200, 1.5, True, [], {},
        "2024-06-01T10:00:00Z\n",
    ],
)  # fmt: skip
def test_what_is_no_instant_is_refused(written: Any):
    assert mistakes({"complaint_at": written}) == [("/complaint_at", "not_an_instant")]


@pytest.mark.parametrize("written", ["0001-01-01T00:00:00+14:00", "1969-12-31T00:00:00Z", "9999-12-31T23:59:59-12:00"])
def test_a_year_far_away_is_refused(written: str):
    assert mistakes({"complaint_at": written}) == [("/complaint_at", "year_out_of_range")]


@pytest.mark.parametrize(
    ("document", "pointer", "code"),
    [
        (None, "", "not_an_object"),
        ([], "", "not_an_object"),
        ("{}", "", "not_an_object"),
        ({"orders": {}}, "/orders", "unknown_field"),
        ({"a/b~c": 1}, "/a~1b~0c", "unknown_field"),
        ({"order": []}, "/order", "not_an_object"),
        ({"order": {"colour": "red"}}, "/order/colour", "unknown_field"),
        ({"order": {"hold_minor": True}}, "/order/hold_minor", "not_a_whole_number"),
        ({"order": {"hold_minor": 10.0}}, "/order/hold_minor", "not_a_whole_number"),
        ({"order": {"hold_minor": "10"}}, "/order/hold_minor", "not_a_whole_number"),
        ({"order": {"hold_minor": -1}}, "/order/hold_minor", "out_of_range"),
        ({"order": {"hold_minor": 2**53 + 1}}, "/order/hold_minor", "out_of_range"),
        ({"order": {"goods_intact": 1}}, "/order/goods_intact", "not_true_or_false"),
        ({"order": {"goods_intact": "true"}}, "/order/goods_intact", "not_true_or_false"),
        ({"order": {"currency": "yuan"}}, "/order/currency", "not_a_currency"),
        ({"order": {"delivery_scope": "moon"}}, "/order/delivery_scope", "not_one_of"),
        ({"order": {"product_text": "x" * 20_001}}, "/order/product_text", "too_long"),
        ({"order": {"product_text": "a\x00b"}}, "/order/product_text", "unwelcome_characters"),
        ({"order": {"product_text": "a\ud800b"}}, "/order/product_text", "unwelcome_characters"),
        ({"order": {"listing": {"origin": 3}}}, "/order/listing/origin", "not_a_text"),
        ({"order": {"listing": {str(n): "x" for n in range(101)}}}, "/order/listing", "too_many"),
        ({"order": {"commitments": "7 days"}}, "/order/commitments", "not_a_list"),
        ({"order": {"commitments": [7]}}, "/order/commitments/0", "not_a_text"),
        ({"order": {"payment": {"forced_by": "bank"}}}, "/order/payment/forced_by", "not_one_of"),
        ({"order": {"payment": {"method": "card"}}}, "/order/payment/method", "unknown_field"),
        ({"order": {"delivery_fee": {"stated_minor": -5}}}, "/order/delivery_fee/stated_minor", "out_of_range"),
        ({"events": {}}, "/events", "not_a_list"),
        ({"events": [None]}, "/events/0", "not_an_object"),
        ({"events": [{}]}, "/events/0/type", "missing"),
        ({"events": [{"type": "exploded"}]}, "/events/0/type", "not_one_of"),
        ({"events": [{"type": ["shipped"]}]}, "/events/0/type", "not_one_of"),
        ({"events": [{"type": "shipped", "kind": "return"}]}, "/events/0/kind", "not_for_this_event"),
        ({"events": [{"type": "shipped", "by": "x"}]}, "/events/0/by", "unknown_field"),
        ({"events": [{"type": "shipped", "actor": "bank"}]}, "/events/0/actor", "not_one_of"),
        ({"events": [{"type": "charged", "amount_minor": "5"}]}, "/events/0/amount_minor", "not_a_whole_number"),
        ({"events": [{"type": "return_requested", "kind": "regret"}]}, "/events/0/kind", "not_one_of"),
        ({"events": [{"type": "shipped"}] * 501}, "/events", "too_many"),
        ({"time_zone": "Mars/Olympus"}, "/time_zone", "unknown_time_zone"),
        ({"time_zone": "../../etc/passwd"}, "/time_zone", "unknown_time_zone"),
        ({"time_zone": "Asia"}, "/time_zone", "unknown_time_zone"),
        ({"time_zone": "localtime"}, "/time_zone", "unknown_time_zone"),
        ({"time_zone": "+08:00"}, "/time_zone", "unknown_time_zone"),
        ({"time_zone": 8}, "/time_zone", "unknown_time_zone"),
    ],
)
def test_a_mistake_is_told_with_its_place(document: Any, pointer: str, code: str):
    assert (pointer, code) in mistakes(document)


def test_all_mistakes_are_told_at_once():
    document = {
        "order": {"hold_minor": "1"},
        "events": [{"type": "x"}, {"type": "shipped", "at": "now"}],
        "zone": "UTC",
    }

    assert mistakes(document) == [
        ("/order/hold_minor", "not_a_whole_number"),
        ("/events/0/type", "not_one_of"),
        ("/events/1/at", "not_an_instant"),
        ("/zone", "unknown_field"),
    ]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(["order", "events", "complaint_at", "time_zone"])


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(NAMES, JSON, max_size=4))
def test_any_json_is_read_or_refused_and_never_crashes(document: dict[str, Any]):
    mistakes(document)


def test_the_schema_names_every_event_with_its_own_facts():
    events = REQUEST_SCHEMA["properties"]["events"]["anyOf"][0]["items"]["oneOf"]

    assert {each["properties"]["type"]["const"]: set(each["properties"]) for each in events} == {
        kind: {"type", "at", "actor", *own} for kind, own in EVENT_FIELDS.items()
    }
    assert all(each["additionalProperties"] is False and each["required"] == ["type"] for each in events)
    assert set(REQUEST_SCHEMA["properties"]) == {"order", "events", "complaint_at", "time_zone"}
