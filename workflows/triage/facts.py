"""What an order's facts say about who must answer, before any word of the text is weighed."""

from collections import Counter
from collections.abc import Mapping, Sequence

from msgspec import Struct

_BY_EVENT = {
    "undeliverable": "logistics_info_error",
    "damaged_in_transit": "logistics_info_error",
    "return_rejected": "return_refusal",
    "objection_rejected": "return_refusal",
}
_BY_CAUSE = {"platform": "system_fault", "provider": "payment_info_error", "bank": "payment_info_error"}
_BY_FINDING = {"quality": "product_info_error", "transit_damage": "logistics_info_error"}
_ON_THE_WAY = ("shipped", "tracking_updated", "undeliverable", "damaged_in_transit")


class Fact(Struct, frozen=True):
    """A fact in its own words, such as "payment_failed.cause=bank", and the anomaly it speaks for."""

    text: str
    points_to: str


class Facts(Struct, frozen=True):
    """The facts that decide a party, and whether the way of the parcel and of the money are known."""

    decisive: tuple[Fact, ...]
    on_the_way: bool
    payment_known: bool

    @property
    def anomalies(self) -> tuple[str, ...]:
        """Return the anomalies that the facts speak for, without repeats; a refusal outranks the defect it is about."""
        found = tuple(dict.fromkeys(fact.points_to for fact in self.decisive))
        if "return_refusal" in found:
            found = tuple(anomaly for anomaly in found if anomaly != "product_info_error")
        return found


def gather(order: Mapping | None, events: Sequence[Mapping]) -> Facts:
    """Return what is known from the order and its events. Source: clauses 2.2.1, 2.1.4.3, 2.1.5.2."""
    found = [fact for event in events if (fact := _from_event(event))]
    found.extend(_from_charges(order or {}, events))
    types = {event.get("type") for event in events}
    return Facts(
        decisive=tuple(found),
        on_the_way=bool(types.intersection(_ON_THE_WAY)),
        payment_known=any(f.text.startswith("payment_failed.cause") for f in found),
    )


def settling(anomaly: str, missing: Sequence[str]) -> tuple[Fact, ...]:
    """Return facts of the order that would settle or change the answer: those that are missing, and the like.

    Source: clauses 2.2.1.1 and 2.2.1.3 (why a payment failed), 2.1.5.2 (flaw or harm on the way), 2.2.1.4.
    """
    wanted = []
    if "payment_failed.cause" in missing or anomaly in _BY_CAUSE.values():
        wanted += [Fact(f"payment_failed.cause={cause}", points_to) for cause, points_to in _BY_CAUSE.items()]
    if "inspection_finding" in missing or anomaly in _BY_FINDING.values():
        wanted += [Fact(f"inspection_finding.finding={found}", points_to) for found, points_to in _BY_FINDING.items()]
    if "shipped" in missing:
        wanted.append(Fact("tracking_updated", "logistics_info_error"))
    return tuple(fact for fact in wanted if missing or fact.points_to != anomaly)


def _from_event(event: Mapping) -> Fact | None:
    kind = str(event.get("type"))
    if kind == "payment_failed" and event.get("cause") in _BY_CAUSE:
        return Fact(f"payment_failed.cause={event['cause']}", _BY_CAUSE[event["cause"]])
    if kind == "inspection_finding" and event.get("finding") in _BY_FINDING:
        return Fact(f"inspection_finding.finding={event['finding']}", _BY_FINDING[event["finding"]])
    if kind == "freight_charged" and event.get("kind") in ("return", "exchange") and event.get("payer") == "consumer":
        return Fact(f"freight_charged.payer=consumer ({event['kind']})", "return_refusal")
    if kind in _BY_EVENT:
        return Fact(kind, _BY_EVENT[kind])
    return None


def _from_charges(order: Mapping, events: Sequence[Mapping]) -> list[Fact]:
    """Return the fact that more was taken than the order costs by taking it more than once."""
    total = order.get("goods_total_minor")
    amounts = Counter(e.get("amount_minor") for e in events if e.get("type") == "charged")
    twice = [amount for amount, times in amounts.items() if isinstance(amount, int) and times > 1]
    if isinstance(total, int) and any(amount * amounts[amount] > total for amount in twice):
        return [Fact(f"charged {amounts[twice[0]]} times {twice[0]}", "payment_info_error")]
    return []
