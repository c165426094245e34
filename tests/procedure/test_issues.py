"""The issues follow from the case, and what is ordered follows from the votes."""

from datetime import date

import pytest

from workflows.procedure.errors import Invalid
from workflows.procedure.issues import (
    REMIT,
    IssueKind,
    Order,
    Outcome,
    Question,
    check_orders,
    outcome,
    questions,
    sent_back,
    wording,
)
from workflows.procedure.voting import Choice
from workflows.regulation import book

DAY = date(2026, 9, 1)
REFUND = Question(IssueKind.REMEDY, "refund", "2.2.3.3", amount_minor=19900)
APOLOGY = Question(IssueKind.REMEDY, "apology", "2.2.2")
LIABILITY = Question(IssueKind.LIABILITY, "return_refusal", "2.2.2.5", "merchant")
U, P, R = Choice.UPHOLD, Choice.PARTLY, Choice.REJECT


def asked(**changes):
    fields = {
        "anomaly": "return_refusal", "party": "merchant", "findings": [],
        "sought": [{"kind": "refund", "amount": {"amount_minor": 19900, "currency": "CNY"}}],
    } | changes  # fmt: skip
    return questions(book.current(), DAY, **fields)


def test_the_panel_is_asked_who_answers_what_was_broken_and_what_is_owed():
    found = asked(
        findings=[("2.1.6.1", "breach"), ("2.1.6.4", "kept"), ("2.1.6.1", "breach"), ("2.1.5.1", "needs_person")]
    )

    assert [(each.kind, each.subject, each.clause) for each in found] == [
        ("liability", "return_refusal", "2.2.2.5"),
        ("breach", "2.1.6.1", "2.1.6.1"),
        ("breach", "2.1.5.1", "2.1.5.1"),
        ("remedy", "refund", "2.2.3.3"),
    ]


def test_a_case_nobody_sorted_and_without_wishes_still_has_its_issues():
    found = asked(anomaly=None, party=None, sought=[])

    assert [(each.kind, each.subject) for each in found] == [("liability", "other"), ("remedy", "any")]


def test_a_remedy_unknown_to_the_rulebook_is_asked_for_as_something_else():
    assert asked(sought=[{"kind": "a pony"}])[-1].subject == "other"


@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant", "en"])
def test_every_kind_of_question_is_worded_in_each_language(language):
    law = book.current()
    all_of_them = [
        LIABILITY, Question(IssueKind.LIABILITY, "other", "2.2.4.1"), Question(IssueKind.BREACH, "2.1.6.1", "2.1.6.1"),
        REFUND, APOLOGY, Question(IssueKind.REMEDY, "any", "2.2.2"), REMIT,
    ]  # fmt: skip

    texts = [wording(each, language, law, "¥199.00" if each is REFUND else "") for each in all_of_them]

    assert all(text.endswith("？" if language != "en" else "?") for text in texts)
    assert "¥199.00" in texts[3]
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ([U, U], Outcome.FOR_CONSUMER), ([R, R], Outcome.FOR_RESPONDENT), ([U, R], Outcome.PARTLY),
        ([P, P], Outcome.PARTLY), ([P], Outcome.PARTLY),
    ],
)  # fmt: skip
def test_the_outcome_follows_from_the_results(results, expected):
    assert outcome([(IssueKind.REMEDY, result) for result in results]) is expected


@pytest.mark.parametrize(("said", "who"), [(U, "others"), (P, "same"), (R, "")])
def test_a_case_goes_back_by_the_vote_on_that_question_alone(said, who):
    rulings = [(IssueKind.REMIT, said), (IssueKind.LIABILITY, U), (IssueKind.REMEDY, U)]

    assert sent_back(rulings) == who
    assert outcome(rulings) is (Outcome.SENT_BACK if who else Outcome.FOR_CONSUMER)


def test_a_question_alone_whether_to_send_it_back_decides_no_case():
    with pytest.raises(ValueError, match="at least one issue"):
        outcome([(IssueKind.REMIT, R)])


GOOD = [
    ([(REFUND, U), (APOLOGY, R)], [Order("refund", 19900)]),
    ([(REFUND, P)], [Order("refund", 10000)]),
    ([(REFUND, P)], [Order("partial_refund", 10000)]),
    ([(REFUND, P)], [Order("replacement", None)]),
    ([(REFUND, U), (APOLOGY, U)], [Order("refund", 19900), Order("apology", None)]),
    ([(LIABILITY, U), (REFUND, R)], []),
    ([(Question(IssueKind.REMEDY, "any", "2.2.2"), U)], [Order("repair", None)]),
    ([(REMIT, R), (REFUND, U)], [Order("refund", 19900)]),
    ([(REMIT, P), (REFUND, U)], []),
]


@pytest.mark.parametrize(("rulings", "orders"), GOOD)
def test_what_was_voted_can_be_ordered(rulings, orders):
    check_orders(rulings, orders)


BAD = [
    ([(REFUND, R)], [Order("refund", 19900)], "order_not_voted"),
    ([(REFUND, U)], [], "order_missing"),
    ([(REFUND, U)], [Order("repair", None)], "order_missing"),
    ([(REFUND, U)], [Order("refund", 5000)], "order_other_amount"),
    ([(REFUND, P)], [Order("refund", 19900)], "order_not_voted"),
    ([(REFUND, U), (APOLOGY, R)], [Order("refund", 19900), Order("apology", None)], "order_not_voted"),
    ([(REFUND, U)], [Order("refund", 19900), Order("compensation", 500)], "order_not_voted"),
    ([(REMIT, U), (REFUND, U)], [Order("refund", 19900)], "order_not_voted"),
]


@pytest.mark.parametrize(("rulings", "orders", "code"), BAD)
def test_what_was_not_voted_cannot_be_ordered(rulings, orders, code):
    with pytest.raises(Invalid) as refused:
        check_orders(rulings, orders)

    assert refused.value.code == code
