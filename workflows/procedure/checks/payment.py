"""Stage 3, paying: methods forced, sums withheld, payments that failed or took too much."""

from collections.abc import Iterator

from workflows.procedure.checks.finding import Finding, Limit
from workflows.procedure.checks.matter import Facts, Matter


def free_choice(matter: Matter) -> Iterator[Finding]:
    """Yield whether a way of paying was forced or the amount capped. Source: clause 2.1.3.1."""
    payment = matter.order.payment
    if payment.forced_by == "consumer":
        return
    if payment.forced:
        yield matter.breach("2.1.3.1", "forced", liable=payment.forced_by, method=payment.forced)
    if payment.cap_minor is not None:
        total = matter.order.goods_total_minor
        if total is None:
            yield matter.missing("2.1.3.1", "goods_total_minor")
        elif payment.cap_minor < total:
            cap = matter.money(payment.cap_minor)
            yield matter.breach("2.1.3.1", "capped", liable=payment.forced_by, cap=cap, total=matter.money(total))


def hold(matter: Matter) -> Iterator[Finding]:
    """Yield whether the sum withheld in advance keeps to its part of the goods' price. Source: clause 2.1.3.3."""
    held, total = matter.order.hold_minor, matter.order.goods_total_minor
    if held is None:
        return
    if total is None:
        yield matter.missing("2.1.3.3", "goods_total_minor")
        return
    figure = matter.figure("hold_cap")
    cap = Limit(figure, most=matter.money(total * figure.value // 100))
    facts: Facts = {"held": matter.money(held), "total": matter.money(total)}
    if held * 100 > total * figure.value:
        facts["owed"] = matter.money(held - total * figure.value // 100)
        yield matter.breach("2.1.3.3", "too_much", liable="merchant", limit=cap, **facts)
    else:
        yield matter.kept("2.1.3.3", "within", limit=cap, **facts)


def failed(matter: Matter) -> Iterator[Finding]:
    """Yield who answers for a payment that failed. Source: clauses 2.2.2.1 and 2.2.2.3."""
    for event in matter.of("payment_failed"):
        match event.cause:
            case "platform":
                yield matter.breach("2.2.2.1", "payment_failed", liable="platform", failed_at=event.at)
            case "provider":
                yield matter.breach("2.2.2.3", "payment_failed", liable="payment_provider", failed_at=event.at)
            case "bank":
                yield matter.needs_person("2.2.2.3", "bank_refused", failed_at=event.at)
            case _:
                yield matter.missing("2.2.2.3", "cause")


def overcharged(matter: Matter) -> Iterator[Finding]:
    """Yield whether more was taken than the order costs. Source: clause 2.2.2.3.

    The price twice is a wrong amount, and so is any excess once the delivery fee is told. Else a smaller excess may
    be a fee that the facts do not tell, and a refund may have set it right already: both are for a person.
    """
    taken = [event.amount_minor for event in matter.of("charged")]
    total = matter.order.goods_total_minor
    if not taken:
        return
    if total is None or None in taken:
        yield matter.missing("2.2.2.3", "goods_total_minor" if total is None else "amount_minor")
        return
    outbound = [event.amount_minor for event in matter.of("freight_charged") if event.kind == "outbound"]
    charged, price = sum(amount or 0 for amount in taken), total + sum(amount or 0 for amount in outbound)
    twice = charged >= 2 * price or sum((amount or 0) >= total > 0 for amount in taken) > 1
    facts: Facts = {"charged": matter.money(charged), "price": matter.money(price), "times": len(taken)}
    if charged <= price:
        yield matter.kept("2.2.2.3", "charged_right", **facts)
    elif matter.of("refund_paid"):
        yield matter.needs_person("2.2.2.3", "refunded", **facts)
    elif not twice and (not outbound or None in outbound):
        yield matter.needs_person("2.2.2.3", "charged_more", **facts)
    else:
        facts["owed"] = matter.money(charged - price)
        yield matter.breach("2.2.2.3", "charged_twice", liable="payment_provider", **facts)
