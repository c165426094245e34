"""What holds for every finding, whatever the facts."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.procedure.checks.engine import check
from workflows.procedure.checks.facts import ACTORS, EVENT_FIELDS, CheckRequest
from workflows.procedure.checks.finding import Verdict
from workflows.regulation import book

RULES = book.current()
PARTIES = {party.key for party in RULES.party_kinds}
START = datetime(2024, 6, 1, tzinfo=UTC)

moments = st.integers(0, 60 * 24 * 20).map(lambda minutes: (START + timedelta(minutes=minutes)).isoformat())
OWN: dict[str, st.SearchStrategy[Any]] = {
    "consumer_consent": st.booleans(),
    "notified_at": moments,
    "field": st.sampled_from(["address", "price", "colour"]),
    "reason": st.sampled_from(["late", "no defect"]),
    "finding": st.sampled_from(["quality", "transit_damage"]),
    "payer": st.sampled_from(ACTORS),
    "amount_minor": st.integers(0, 50_000),
    "importance": st.sampled_from(["important", "ordinary"]),
    "cause": st.sampled_from(["platform", "provider", "bank"]),
    "commitment": st.sampled_from(["7-day return", "one-year warranty"]),
    "kept": st.booleans(),
}


@st.composite
def events(draw: st.DrawFn) -> dict[str, Any]:
    """Draw an event with some of its own facts."""
    kind = draw(st.sampled_from(sorted(EVENT_FIELDS)))
    event: dict[str, Any] = {"type": kind}
    kinds = ["return", "exchange", "outbound"] if kind == "freight_charged" else ["no_reason", "quality"]
    choices = OWN | {"kind": st.sampled_from(kinds)}
    for name in sorted(EVENT_FIELDS[kind]):
        if draw(st.booleans()):
            event[name] = draw(choices[name])
    if draw(st.integers(0, 9)):
        event["at"] = draw(moments)
    if draw(st.booleans()):
        event["actor"] = draw(st.sampled_from(ACTORS))
    return event


orders = st.fixed_dictionaries(
    {},
    optional={
        "category": st.sampled_from(["apparel", "food", "underwear", "medicine", "gnomes"]),
        "submitted_at": moments,
        "goods_total_minor": st.integers(0, 50_000),
        "hold_minor": st.integers(0, 6_000),
        "delivery_scope": st.sampled_from(["same_city", "cross_province", "other"]),
        "delivered_at": moments,
        "received_at": moments,
        "goods_intact": st.booleans(),
        "packaging_complete": st.booleans(),
        "product_text": st.sampled_from(["最佳選擇", "第一次使用", "the best", "best before"]),
        "delivery_fee": st.fixed_dictionaries({}, optional={"stated_minor": st.integers(0, 2_000)}),
        "payment": st.fixed_dictionaries(
            {}, optional={"forced": st.just("wallet"), "forced_by": st.sampled_from(ACTORS), "cap_minor": st.just(100)}
        ),
        "commitments": st.just(["7-day return"]),
        "proof": st.lists(st.sampled_from(["receipt", "photographs"]), unique=True),
    },
)
requests = st.fixed_dictionaries(
    {"order": orders, "events": st.lists(events(), max_size=8)}, optional={"complaint_at": moments}
)


def found(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [finding.to_json() for finding in check(CheckRequest.from_json(document), RULES)]


@settings(max_examples=150, deadline=None)
@given(requests)
def test_every_finding_is_whole(document: dict[str, Any]):
    findings = found(document)

    numbers = [tuple(map(int, finding["clause"].split("."))) for finding in findings]
    assert numbers == sorted(numbers)
    for finding in findings:
        assert RULES.clause(finding["clause"]).automation == "checked"
        assert finding["verdict"] in set(Verdict)
        assert finding["liable"] is None or finding["liable"] in PARTIES
        assert finding["liable"] is None or finding["verdict"] == "breach"
        assert set(finding["explanation"]) == set(book.LANGUAGES)
        assert not any(re.search(r"[{}]|None|datetime", words) for words in finding["explanation"].values())


@settings(max_examples=60, deadline=None)
@given(requests, st.randoms(use_true_random=False))
def test_the_order_of_the_list_decides_nothing(document: dict[str, Any], random: Any):
    instants = [event.get("at") for event in document["events"]]
    document["events"] = [event for event in document["events"] if instants.count(event.get("at")) == 1]
    shuffled = document | {"events": random.sample(document["events"], len(document["events"]))}

    assert found(shuffled) == found(document)


@settings(max_examples=60, deadline=None)
@given(requests)
def test_a_company_that_is_not_late_yet_is_not_in_breach_before(document: dict[str, Any]):
    """What is still undone can only become a breach as time goes on, never cease to be one."""
    document.pop("complaint_at", None)
    last = max([at for event in document["events"] if (at := event.get("at"))], default=START.isoformat())
    early = {f["clause"] for f in found(document | {"complaint_at": last}) if f["verdict"] == "breach"}
    later = (datetime.fromisoformat(last) + timedelta(days=60)).isoformat()

    assert early <= {f["clause"] for f in found(document | {"complaint_at": later}) if f["verdict"] == "breach"}


@pytest.mark.parametrize(
    "zone", ["Asia/Shanghai", "Asia/Hong_Kong", "America/New_York", "Europe/London", "Africa/Cairo"]
)
@settings(max_examples=25, deadline=None)
@given(received=st.integers(0, 60 * 24 * 366), asked=st.integers(0, 60 * 24 * 10))
def test_a_return_is_in_time_until_the_end_of_the_seventh_day(zone: str, received: int, asked: int):
    received_at = START + timedelta(minutes=received)
    asked_at = received_at + timedelta(minutes=asked)
    document = {
        "order": {"category": "apparel", "received_at": received_at.isoformat(), "goods_intact": True,
                  "packaging_complete": True},
        "events": [{"type": "return_requested", "at": asked_at.isoformat(), "kind": "no_reason"},
                   {"type": "return_rejected", "at": (asked_at + timedelta(hours=1)).isoformat()}],
        "time_zone": zone,
    }  # fmt: skip
    tz = CheckRequest.from_json(document).time_zone
    days = (asked_at.astimezone(tz).date() - received_at.astimezone(tz).date()).days
    at_the_stroke = days == 8 and asked_at.astimezone(tz).time().isoformat() == "00:00:00"

    verdict = next(f["verdict"] for f in found(document) if f["clause"] == "2.1.6.1")

    assert verdict == ("breach" if days <= 7 or at_the_stroke else "out_of_time")


def test_a_finding_has_the_shape_of_the_contract():
    document = {"order": {"goods_total_minor": 99_990, "hold_minor": 10_000}}

    assert found(document) == [
        {
            "clause": "2.1.3.3",
            "verdict": "breach",
            "liable": "merchant",
            "explanation": {
                "zh-Hant": "預先扣留了 CNY 100.00。商品總價 CNY 999.90，最多可以扣留 10 %，也就是 CNY 99.99。",
                "zh-Hans": "预先扣留了 CNY 100.00。商品总价 CNY 999.90，最多可以扣留 10 %，也就是 CNY 99.99。",
                "en": "CNY 100.00 was withheld in advance. Of a total of CNY 999.90, at most 10 % may be withheld, "
                "that is CNY 99.99.",
            },
            "facts": {
                "held": {"amount_minor": 10_000, "currency": "CNY"},
                "total": {"amount_minor": 99_990, "currency": "CNY"},
                "owed": {"amount_minor": 1, "currency": "CNY"},
            },
            "limit": {
                "key": "hold_cap",
                "clause": "2.1.3.3",
                "value": 10,
                "unit": "percent",
                "most": {"amount_minor": 9_999, "currency": "CNY"},
            },
        }
    ]


def test_a_case_from_before_the_regulation_is_not_judged():
    document = {
        "order": {"goods_total_minor": 100, "hold_minor": 100},
        "complaint_at": "1999-06-01T10:00:00+08:00",
    }

    assert found(document) == []
