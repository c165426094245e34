"""Stage 4, delivery: in time, to be followed, set right when it goes wrong, at the stated fee."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

from workflows.procedure.checks.finding import Finding, Limit
from workflows.procedure.checks.matter import Facts, Matter

LIMITS = {"same_city": "delivery_same_city", "cross_province": "delivery_cross_province"}
TROUBLE = ("undeliverable", "damaged_in_transit")
SET_RIGHT = (
    "emergency_started",
    "aftersale_replied",
    "return_accepted",
    "refund_paid",
    "shipped",
    "inspection_finding",
)


def in_time(matter: Matter) -> Iterator[Finding]:
    """Yield whether the order was delivered in time; what was signed for was delivered. Source: clause 2.1.4.1."""
    order = matter.order
    if order.delivery_scope not in LIMITS:
        return
    if order.submitted_at is None:
        yield matter.missing("2.1.4.1", "submitted_at")
        return
    limit = matter.until(LIMITS[order.delivery_scope], order.submitted_at)
    scope = matter.book.term(order.delivery_scope)
    facts: Facts = {"scope": scope, "submitted_at": order.submitted_at, "limit": limit}
    arrived_at = order.delivered_at or order.received_at
    if arrived_at:
        facts["delivered_at"] = arrived_at
        if limit.allows(arrived_at):
            yield matter.kept("2.1.4.1", "delivered", **facts)
        else:
            facts["late"] = limit.late(arrived_at)
            yield matter.breach("2.1.4.1", "delivered_late", liable="logistics_company", **facts)
    elif matter.now is None:
        yield matter.missing("2.1.4.1", "delivered_at", "complaint_at")
    elif not limit.allows(matter.now):
        facts["late"] = limit.late(matter.now)
        yield matter.breach("2.1.4.1", "undelivered", liable="logistics_company", **facts)


def traceable(matter: Matter) -> Iterator[Finding]:
    """Yield whether the parcel could be followed. Source: clause 2.1.4.2.

    A long silence is for a person: the entries may be missing, or only not have been sent with the facts.
    """
    shipped = [at for _, at in matter.timed("shipped")]
    seen = [at for _, at in matter.timed("tracking_updated", "undeliverable")]
    if not shipped and not seen:
        return
    limit = matter.figure("tracking_gap")
    end = matter.order.delivered_at or matter.order.received_at or matter.now
    known = sorted([*shipped[:1], *seen, *([end] if end else [])])
    silences = [(after - before, before) for before, after in pairwise(known)]
    longest, since = max(silences, default=(timedelta(), known[0]))
    if longest > limit.length:
        yield matter.needs_person("2.1.4.2", "silent", limit=Limit(limit), since=since, silent=longest)
    elif seen:
        yield matter.kept("2.1.4.2", "followed", entries=len(seen))


def set_right(matter: Matter) -> Iterator[Finding]:
    """Yield whether trouble on the way started a process. Source: clause 2.1.4.3."""
    for trouble, at in matter.timed(*TROUBLE):
        limit = matter.until("process_start", at)
        facts: Facts = {"trouble": matter.book.term(trouble.type), "happened_at": at, "limit": limit}
        started = [(event, when) for event, when in matter.timed(*SET_RIGHT) if when >= at]
        delivered_at = matter.order.delivered_at if trouble.type == "undeliverable" else None
        if started:
            event, when = started[0]
            yield matter.kept("2.1.4.3", "started", step=matter.book.term(event.type), started_at=when, **facts)
        elif delivered_at and delivered_at >= at:
            step = matter.book.term("redelivered")
            yield matter.kept("2.1.4.3", "started", step=step, started_at=delivered_at, **facts)
        elif matter.now is None:
            yield matter.missing("2.1.4.3", "complaint_at")
        elif not limit.allows(matter.now):
            yield matter.breach("2.1.4.3", "nothing_started", liable="logistics_company", **facts)


def fee(matter: Matter) -> Iterator[Finding]:
    """Yield whether the delivery fee is the one stated beforehand. Source: clause 2.1.4.5."""
    stated, total = matter.order.delivery_fee, matter.order.goods_total_minor
    charges = [event for event in matter.of("freight_charged") if event.kind == "outbound"]
    paid = [event.amount_minor for event in charges if event.payer in ("consumer", None)]
    if not paid or (stated.stated_minor is None and stated.free_from_minor is None):
        return
    if None in paid or (stated.free_from_minor is not None and total is None):
        yield matter.missing("2.1.4.5", "amount_minor" if None in paid else "goods_total_minor")
        return
    free = stated.free_from_minor is not None and total is not None and total >= stated.free_from_minor
    if not free and stated.stated_minor is None:
        yield matter.missing("2.1.4.5", "stated_minor")
        return
    due = 0 if free else stated.stated_minor or 0
    charged = sum(amount or 0 for amount in paid)
    facts: Facts = {"charged": matter.money(charged), "stated": matter.money(due)}
    if charged > due:
        liable = charges[0].actor if charges[0].actor not in ("consumer", None) else "merchant"
        facts["owed"] = matter.money(charged - due)
        yield matter.breach("2.1.4.5", "more_than_stated", liable=liable, **facts)
    else:
        yield matter.kept("2.1.4.5", "as_stated", **facts)
