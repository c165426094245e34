"""Diagrams name what the rulebook says."""

from __future__ import annotations

import pytest

from workflows.regulation import book, diagram

RULES = book.current()


@pytest.mark.parametrize("language", book.LANGUAGES)
def test_the_diagram_of_liability_shows_every_anomaly_party_and_plan(language: str):
    drawn = diagram.liability(RULES, language)

    assert drawn.startswith("flowchart LR\n")
    for anomaly in RULES.anomalies:
        assert f'{anomaly.key}["{anomaly.name.in_(language)}"]' in drawn
    for row in RULES.liabilities:
        assert f"{row.anomaly} -->|{row.clause}| {row.party_kind}" in drawn
    assert "other -->|" not in drawn
    assert drawn.count("-.->") == sum(len(plan.anomalies) for plan in RULES.plans)


def test_acts_between_the_same_states_share_an_arrow():
    arrows = [("received", "sort", "triage"), ("triage", "ask", "answering"), ("triage", "ask", "answering"),
              ("triage", "call", "answering")]  # fmt: skip

    assert diagram.way_of_a_case(arrows, "received") == (
        "stateDiagram-v2\n  [*] --> received\n  received --> triage: sort\n  triage --> answering: ask, call\n"
    )
