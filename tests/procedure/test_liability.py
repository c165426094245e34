"""Who answers for what, proposed from anomaly and findings."""

from __future__ import annotations

import pytest

from workflows.procedure.checks.finding import Finding, Verdict
from workflows.procedure.liability import propose
from workflows.regulation import book
from workflows.regulation.errors import NotInRulebook
from workflows.regulation.text import Text3

RULES = book.current()


def a_finding(clause: str, liable: str | None = "merchant", verdict: Verdict = Verdict.BREACH) -> Finding:
    return Finding(clause, verdict, liable, Text3("", "", ""))


@pytest.mark.parametrize(
    ("anomaly", "party"),
    [(row.anomaly, row.party_kind) for row in RULES.liabilities],
)
def test_the_party_of_the_table_answers_alone_when_nothing_else_is_known(anomaly: str, party: str):
    proposal = propose(anomaly, [], RULES)

    assert [(each.party_kind, each.anomalies, each.principal) for each in proposal.parties] == [
        (party, (anomaly,), True)
    ]
    assert not proposal.needs_person


def test_other_anomalies_keep_their_own_parties():
    proposal = propose("return_refusal", [], RULES, others=["payment_info_error", "product_info_error"])

    assert [(each.party_kind, each.anomalies) for each in proposal.parties] == [
        ("merchant", ("return_refusal", "product_info_error")),
        ("payment_provider", ("payment_info_error",)),
    ]


def test_findings_add_the_clauses_that_were_broken():
    findings = [a_finding("2.1.6.1"), a_finding("2.1.6.4"), a_finding("2.1.6.1"), a_finding("2.2.3.2", "platform")]

    proposal = propose("return_refusal", findings, RULES)

    assert [(each.party_kind, each.clauses) for each in proposal.parties] == [
        ("merchant", ("2.2.2.5", "2.1.6.1", "2.1.6.4")),
        ("platform", ("2.2.3.2",)),
    ]


def test_a_clause_that_was_kept_blames_nobody():
    findings = [a_finding("2.1.6.1", None, Verdict.KEPT), a_finding("2.1.3.1", None)]

    assert [each.party_kind for each in propose("system_fault", findings, RULES).parties] == ["platform"]


def test_findings_that_all_blame_another_party_call_for_a_person():
    proposal = propose("product_info_error", [a_finding("2.1.5.2", "logistics_company")], RULES)

    assert proposal.why_person == ("findings_name_another",)


def test_nobody_follows_from_the_table_for_other():
    proposal = propose("other", [a_finding("2.1.6.4")], RULES, others=["system_fault"])

    assert proposal.why_person == ("no_party_by_table",)
    assert {each.party_kind: each.principal for each in proposal.parties} == {"platform": False, "merchant": False}


def test_an_unknown_anomaly_is_refused():
    with pytest.raises(NotInRulebook):
        propose("alien_abduction", [], RULES)
