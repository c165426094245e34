"""Remedies worth proposing, and terms that cannot bind."""

from __future__ import annotations

from typing import Any

import pytest

from workflows.procedure.checks.engine import check
from workflows.procedure.checks.facts import CheckRequest
from workflows.procedure.remedies import mistakes, suggest
from workflows.regulation import book

RULES = book.current()


def findings(**order: Any):
    events = order.pop("events", [])
    return check(CheckRequest.from_json({"order": order, "events": events}), RULES)


def test_every_anomaly_but_other_has_remedies_from_the_party_of_the_table():
    for anomaly in RULES.anomalies:
        suggested = suggest(anomaly.key, [], RULES, price_minor=19_900)
        row = RULES.responsible(anomaly.key)

        assert {each.party_kind for each in suggested} == ({row.party_kind} if row else set())


def test_a_refund_is_the_price_and_a_range_rounds_down():
    suggested = {each.kind: each for each in suggest("product_info_error", [], RULES, price_minor=19_999)}

    assert (suggested["refund"].least_minor, suggested["refund"].most_minor) == (19_999, 19_999)
    assert (suggested["partial_refund"].least_minor, suggested["partial_refund"].most_minor) == (1_999, 9_999)
    assert suggested["replacement"].most_minor is None
    assert suggested["refund"].days == 7


def test_without_a_price_no_sum_is_named():
    assert all(each.most_minor is None for each in suggest("system_fault", [], RULES))


def test_sums_that_the_facts_fix_come_first():
    charged = {"type": "freight_charged", "kind": "return", "payer": "consumer", "amount_minor": 1_200}
    again = charged | {"kind": "exchange", "amount_minor": 800}

    first, second, *_ = suggest(
        "return_refusal", findings(events=[charged, again], goods_total_minor=10_000, hold_minor=1_500), RULES
    )

    assert (first.clause, first.party_kind, first.least_minor, first.exact) == ("2.1.3.3", "merchant", 500, True)
    assert (second.clause, second.kind, second.least_minor, second.most_minor) == ("2.1.6.4", "refund", 2_000, 2_000)


@pytest.mark.parametrize(
    ("terms", "codes"),
    [
        ({"kind": "refund", "amount_minor": 19_900}, []),
        ({"kind": "replacement"}, []),
        ({"kind": "hug"}, ["remedy_unknown"]),
        ({"kind": "refund"}, ["remedy_needs_amount"]),
        ({"kind": "refund", "amount_minor": 0}, ["amount_not_positive"]),
        ({"kind": "refund", "amount_minor": -5}, ["amount_not_positive"]),
        ({"kind": "refund", "amount_minor": 2**53 + 1}, ["amount_not_positive"]),
        ({"kind": "refund", "amount_minor": 19_901}, ["refund_above_price"]),
        ({"kind": "compensation", "amount_minor": 19_901}, []),
        ({"kind": "apology", "amount_minor": 100}, ["remedy_has_no_amount"]),
        ({"kind": "apology", "party_kind": None}, ["remedy_needs_party"]),
        ({"kind": "apology", "party_kind": "consumer"}, ["party_unknown"]),
        ({"kind": "apology", "days": 0}, ["days_out_of_range"]),
        ({"kind": "apology", "days": 90}, []),
        ({"kind": "apology", "days": 91}, ["days_out_of_range"]),
        (
            {"kind": "hug", "party_kind": None, "days": -1},
            ["remedy_unknown", "remedy_needs_party", "days_out_of_range"],
        ),
    ],
)
def test_terms_that_cannot_bind_are_told(terms: dict[str, Any], codes: list[str]):
    found = mistakes(RULES, price_minor=19_900, **({"party_kind": "merchant", "days": 7} | terms))

    assert [mistake.code for mistake in found] == codes
