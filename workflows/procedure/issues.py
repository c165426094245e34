"""The issues of a case: what the panel is asked, and what may be ordered once it has answered.

Questions are structured, so they read the same in each language and say nothing that a party wrote.
Source: clause 2.2.2 (who answers, and must solve and compensate), 3.3.2.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any

from msgspec import Struct

from workflows.procedure.errors import Invalid
from workflows.procedure.names import name
from workflows.procedure.voting import Choice
from workflows.regulation.rulebook import Rulebook

DISPUTED = frozenset({"breach", "needs_person", "out_of_time"})
ANY = "any"


class IssueKind(StrEnum):
    """Whether the case goes back (on review); whether it happened and who answers; what was broken; what is owed."""

    REMIT = "remit"
    LIABILITY = "liability"
    BREACH = "breach"
    REMEDY = "remedy"


class Outcome(StrEnum):
    """What a decision comes to."""

    FOR_CONSUMER = "for_consumer"
    PARTLY = "partly"
    FOR_RESPONDENT = "for_respondent"
    SENT_BACK = "sent_back"


class Question(Struct, frozen=True):
    """One issue. `subject` is an anomaly, a clause or a remedy kind; `party` a kind of party where one is named."""

    kind: IssueKind
    subject: str
    clause: str
    party: str | None = None
    amount_minor: int | None = None
    currency: str = "CNY"


REMIT = Question(IssueKind.REMIT, "decision", "2.2.4.3")
"""Put to who reviews a decision: whether it is set aside and the case decided anew, and by whom."""
BACK = {Choice.UPHOLD: "others", Choice.PARTLY: "same"}
"""Who decides anew: another panel, or as a majority stands behind no more than that, the one that had decided."""


class Order(Struct, frozen=True):
    """One remedy that a decision would order."""

    kind: str
    amount_minor: int | None


def questions(
    law: Rulebook, on: date, *, anomaly: str | None, party: str | None, findings: Iterable[tuple[str, str]],
    sought: Iterable[Mapping[str, Any]],
) -> tuple[Question, ...]:  # fmt: skip
    """Return the issues that follow from the anomaly, the findings (clause, verdict) and the remedies sought."""
    anomaly = anomaly or "other"
    row = law.responsible(anomaly, on=on)
    asked = [Question(IssueKind.LIABILITY, anomaly, row.clause if row else law.anomaly(anomaly, on).clause, party)]
    broken = dict.fromkeys(clause for clause, verdict in findings if verdict in DISPUTED)
    asked += [Question(IssueKind.BREACH, clause, clause) for clause in broken]
    asked += _remedies(law, sought)
    return tuple(asked)


def _remedies(law: Rulebook, sought: Iterable[Mapping[str, Any]]) -> Iterator[Question]:
    known = {kind.key for kind in law.remedy_kinds}
    wanted: dict[str, Question] = {}
    for remedy in sought:
        amount = remedy.get("amount") or {}
        kind = remedy["kind"] if remedy["kind"] in known else "other"
        wanted.setdefault(
            kind,
            Question(
                IssueKind.REMEDY, kind, law.remedy_kind(kind).clause,
                amount_minor=amount.get("amount_minor"), currency=amount.get("currency", "CNY"),
            ),
        )  # fmt: skip
    yield from wanted.values() or [Question(IssueKind.REMEDY, ANY, "2.2.2")]


def wording(question: Question, language: str, law: Rulebook, amount: str = "") -> str:
    """Return the question in words; `amount` is the sum as the reader's language writes it."""
    fields = {"clause": question.clause, "amount": amount}
    if question.kind is IssueKind.REMIT:
        key = "remit"
    elif question.kind is IssueKind.LIABILITY:
        fields["anomaly"] = law.anomaly(question.subject).name.in_(language)
        fields["party"] = law.party_kind(question.party).name.in_(language) if question.party else ""
        key = "liability" if question.party else "liability_open"
    elif question.kind is IssueKind.BREACH:
        fields["title"] = law.clause(question.subject).title.in_(language)
        key = "breach"
    elif question.subject == ANY:
        key = "remedy_any"
    else:
        fields["remedy"] = law.remedy_kind(question.subject).name.in_(language)
        key = "remedy_amount" if amount else "remedy"
    return name("issue", key, language).format(**fields)


def said(kind: IssueKind, choice: Choice, language: str) -> str:
    """Return a choice in words: to send a case back is said in other words than to uphold a request."""
    return name("choice_remit" if kind is IssueKind.REMIT else "choice", choice, language)


def sent_back(rulings: Iterable[tuple[IssueKind, Choice]]) -> str:
    """Return who decides anew (a value of `BACK`), or nothing where the panel decides itself."""
    return next((BACK[result] for kind, result in rulings if kind is IssueKind.REMIT and result in BACK), "")


def outcome(rulings: Sequence[tuple[IssueKind, Choice]]) -> Outcome:
    """Return what the results of all issues come to together. Raises: ValueError without any."""
    if sent_back(rulings):
        return Outcome.SENT_BACK
    results = [result for kind, result in rulings if kind is not IssueKind.REMIT]
    if not results:
        raise ValueError("A decision answers at least one issue.")
    if all(result is Choice.UPHOLD for result in results):
        return Outcome.FOR_CONSUMER
    if all(result is Choice.REJECT for result in results):
        return Outcome.FOR_RESPONDENT
    return Outcome.PARTLY


def check_orders(rulings: Sequence[tuple[Question, Choice]], orders: Sequence[Order]) -> None:
    """Raise Invalid unless the orders are what the panel voted: each owed remedy is there, and no other.

    What was upheld is ordered as it was sought; what was upheld in part may be less, or something else instead. Who
    sends a case back orders nothing.
    """
    if sent_back([(question.kind, result) for question, result in rulings]):
        if orders:
            raise Invalid("order_not_voted", pointer="/terms/0/kind")
        return
    remedies = [(question, result) for question, result in rulings if question.kind is IssueKind.REMEDY]
    owed = [(question, result) for question, result in remedies if result is not Choice.REJECT]
    if orders and not owed:
        raise Invalid("order_not_voted", pointer="/terms/0/kind")
    if owed and not orders:
        raise Invalid("order_missing", pointer="/terms")
    for question, result in owed:
        if result is Choice.UPHOLD and question.subject not in (ANY, "other"):
            _ordered_in_full(question, orders)
    for place, order in enumerate(orders):
        if not any(_answers(question, result, order) for question, result in owed):
            raise Invalid("order_not_voted", pointer=f"/terms/{place}/kind")


def _ordered_in_full(question: Question, orders: Sequence[Order]) -> None:
    same = [order for order in orders if order.kind == question.subject]
    if not same:
        raise Invalid("order_missing", pointer="/terms")
    if question.amount_minor is not None and sum(order.amount_minor or 0 for order in same) != question.amount_minor:
        raise Invalid("order_other_amount", pointer=f"/terms/{orders.index(same[0])}/amount")


def _answers(question: Question, result: Choice, order: Order) -> bool:
    if question.subject in (ANY, "other"):
        return True
    if result is Choice.UPHOLD:
        return order.kind == question.subject
    return question.amount_minor is None or (order.amount_minor or 0) < question.amount_minor
