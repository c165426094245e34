"""What a party may owe: remedies suggested from anomaly and findings, and terms checked before they bind."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from msgspec import Struct

from workflows.procedure.liability import Judged
from workflows.regulation.rulebook import Rulebook

GREATEST_MINOR = 2**53


class Suggestion(Struct, frozen=True):
    """A remedy worth proposing, with its clause. The sums (minor units) are None where the price is unknown.

    `exact` tells that the facts fix the sum, so that the range is one figure.
    """

    kind: str
    party_kind: str
    clause: str
    least_minor: int | None
    most_minor: int | None
    days: int
    exact: bool = False


class Mistake(Struct, frozen=True):
    """What is wrong with one field of the terms; `fields` fill its words."""

    field: str
    code: str
    fields: dict[str, Any]


def suggest(
    anomaly: str,
    findings: Iterable[Judged],
    rulebook: Rulebook,
    *,
    price_minor: int | None = None,
    on: date | None = None,
) -> tuple[Suggestion, ...]:
    """Return remedies to propose: first the sums that the facts fix, then what the anomaly calls for.

    `price_minor` is the goods' total price in minor units; ranges round down.

    Source: clauses 2.2.2 and 2.2.3.3; each suggestion names its own.
    """
    days = rulebook.figure("performance_default", on).value
    return (*_fixed(findings, days), *_usual(anomaly, rulebook, price_minor, days, on))


def _fixed(findings: Iterable[Judged], days: int) -> Iterator[Suggestion]:
    for finding in findings:
        owed = finding.facts.get("owed")
        if finding.verdict == "breach" and finding.liable and owed:
            sum_minor = owed["amount_minor"]
            yield Suggestion("refund", finding.liable, finding.clause, sum_minor, sum_minor, days, exact=True)


def _usual(
    anomaly: str, rulebook: Rulebook, price_minor: int | None, days: int, on: date | None
) -> Iterator[Suggestion]:
    row = rulebook.responsible(anomaly, on)
    if row is None:
        return
    for usual in rulebook.usual_remedies.on(on):
        if usual.anomaly != anomaly:
            continue
        least, most = None, None
        if price_minor is not None and usual.most_percent:
            least, most = price_minor * usual.least_percent // 100, price_minor * usual.most_percent // 100
        yield Suggestion(usual.remedy, row.party_kind, usual.clause, least, most, days)


def mistakes(
    rulebook: Rulebook,
    *,
    kind: str,
    party_kind: str | None,
    days: int,
    amount_minor: int | None = None,
    price_minor: int | None = None,
    on: date | None = None,
) -> tuple[Mistake, ...]:
    """Return what is wrong with one remedy of a proposal or a decision; nothing when it can bind.

    A remedy of money names a sum above zero, any other none; a refund is no more than the price, a partial one
    less. `days` counts from the day it becomes binding. Source: clause 2.2.2.
    """
    return (
        *_amount_mistakes(rulebook, kind, amount_minor, price_minor, on),
        *_party_mistakes(rulebook, party_kind, on),
        *_day_mistakes(rulebook, days, on),
    )


def _amount_mistakes(
    rulebook: Rulebook, kind: str, amount_minor: int | None, price_minor: int | None, on: date | None
) -> Iterator[Mistake]:
    remedy = rulebook.remedy_kinds.find(kind, on)
    if remedy is None:
        yield Mistake("kind", "remedy_unknown", {"kind": kind})
    elif not remedy.money:
        if amount_minor is not None:
            yield Mistake("amount", "remedy_has_no_amount", {"kind": kind})
    elif amount_minor is None:
        yield Mistake("amount", "remedy_needs_amount", {"kind": kind})
    elif not 0 < amount_minor <= GREATEST_MINOR:
        yield Mistake("amount", "amount_not_positive", {"least": 1, "most": GREATEST_MINOR})
    elif price_minor is not None and remedy.within_price and amount_minor > price_minor:
        yield Mistake("amount", "refund_above_price", {"price_minor": price_minor})


def _party_mistakes(rulebook: Rulebook, party_kind: str | None, on: date | None) -> Iterator[Mistake]:
    if party_kind is None:
        yield Mistake("party_kind", "remedy_needs_party", {})
    elif rulebook.party_kinds.find(party_kind, on) is None:
        yield Mistake("party_kind", "party_unknown", {"party_kind": party_kind})


def _day_mistakes(rulebook: Rulebook, days: int, on: date | None) -> Iterator[Mistake]:
    most = rulebook.figure("performance_longest", on).value
    if not 1 <= days <= most:
        yield Mistake("days", "days_out_of_range", {"least": 1, "most": most})
