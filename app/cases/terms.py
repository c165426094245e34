"""Terms: what is offered, agreed or ordered. What makes them sound, how they are kept, how they are put in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.cases.commands import Money, Term
from app.cases.models import Case
from app.core.money import written
from workflows.procedure.errors import Invalid
from workflows.procedure.names import name
from workflows.procedure.remedies import mistakes
from workflows.regulation import book
from workflows.regulation.errors import NotInRulebook

MOST = 12


def check_terms(case: Case, terms: Sequence[Term]) -> None:
    """Raise Invalid unless there is at least one term, each of a known kind, with money where the kind is money."""
    if not terms:
        raise Invalid("no_offer_terms", pointer="/terms")
    if len(terms) > MOST:
        raise Invalid("too_many", pointer="/terms", limit=MOST)
    for index, term in enumerate(terms):
        _check(case, term, f"/terms/{index}")


def _check(case: Case, term: Term, pointer: str) -> None:
    amount = term.amount.amount_minor if term.amount else None
    found = mistakes(
        book.current(), kind=term.kind, party_kind=term.party_kind or case.responsible_kind, days=term.days,
        amount_minor=amount, price_minor=price_of(case), on=case.law_as_of,
    )  # fmt: skip
    for mistake in found:
        price = written(mistake.fields.get("price_minor", 0), case.currency, case.language)
        raise Invalid(mistake.code, pointer=f"{pointer}/{mistake.field}", price=price, **mistake.fields)
    if term.amount and term.amount.currency != case.currency:
        raise Invalid("other_currency", pointer=f"{pointer}/amount", currency=case.currency)
    if term.kind == "other" and not term.note:
        raise Invalid("blank", pointer=f"{pointer}/note")


def price_of(case: Case) -> int | None:
    """Return the goods' total price in minor units, where the order's facts name it in the case's currency."""
    order = case.order_facts or {}
    price = order.get("goods_total_minor")
    return price if isinstance(price, int) and order.get("currency", case.currency) == case.currency else None


def check_clause(case: Case, number: str) -> None:
    """Raise Invalid unless `number` is empty or a clause in force for the case."""
    try:
        if number:
            book.current().clause(number, on=case.law_as_of)
    except NotInRulebook:
        raise Invalid("clause_unknown", pointer="/clause") from None


def sought_terms(case: Case) -> list[Term]:
    """Return what the complainant asks for, as terms; a sum without a figure takes the amount in dispute."""
    days = book.current().figure("performance_default", on=case.law_as_of).value
    return [term for wish in case.remedies_sought if (term := _sought(case, wish, days))]


def _sought(case: Case, wish: dict[str, Any], days: int) -> Term | None:
    kind = book.current().remedy_kind(wish["kind"])
    amount = wish.get("amount") or (
        {"amount_minor": case.amount_minor, "currency": case.currency} if case.amount_minor else None
    )
    if kind.money and amount is None:
        return None
    money = Money(amount_minor=amount["amount_minor"], currency=amount["currency"]) if kind.money and amount else None
    return Term(kind=kind.key, amount=money, days=days, note=wish.get("note") or "")


def stored(terms: Sequence[Term]) -> list[dict[str, Any]]:
    """Return terms as JSON holds them."""
    return [term.model_dump(mode="json") for term in terms]


def restored(rows: Sequence[dict[str, Any]]) -> list[Term]:
    """Return terms as they were stored."""
    return [Term.model_validate(row) for row in rows]


def in_words(terms: Sequence[Term], language: str) -> str:
    """Return the terms as a letter writes them, one a line."""
    return "\n".join(f"· {_line(term, language)}" for term in terms)


def _line(term: Term, language: str) -> str:
    kind = book.current().remedy_kind(term.kind).name.in_(language)
    amount = f" {written(term.amount.amount_minor, term.amount.currency, language)}" if term.amount else ""
    when = name("term", "day" if term.days == 1 else "days", language).format(n=term.days)
    more = "; ".join(part for part in (freight(term.freight_by, language), term.note) if part)
    return f"{kind}{amount}{name('term', 'then', language)}{when}" + (f" ({more})" if more else "")


def freight(bearer: str | None, language: str) -> str:
    """Return who bears the freight, in words; empty where no goods travel."""
    return name("freight", bearer, language) if bearer else ""
