"""Stage 2, confirming the order: what the merchant changed, whether the consumer was told, and could change it."""

from collections.abc import Iterator

from workflows.procedure.checks.facts import Event
from workflows.procedure.checks.finding import Finding, Limit
from workflows.procedure.checks.matter import Facts, Matter, Pair
from workflows.regulation.text import Text3

CHANGES = ("address_changed", "delivery_method_changed", "price_changed", "order_changed")
CHANGED_FIELD = {"address_changed": "address", "delivery_method_changed": "delivery_method", "price_changed": "price"}


def _field(event: Event) -> str | None:
    return CHANGED_FIELD.get(event.type, event.field)


def _name(matter: Matter, event: Event) -> Text3:
    """Return what was changed, in words; a field that the rulebook does not know keeps its own name."""
    field = _field(event)
    if field is None:
        return matter.book.term("something").name
    known = matter.book.order_field(field, matter.on)
    return known.name if known else Text3(field, field, field)


def protected_choice(matter: Matter) -> Iterator[Finding]:
    """Yield whether the merchant left alone what the consumer chose. Source: clause 2.1.2.2."""
    for event in matter.of(*CHANGES):
        field = _field(event)
        known = matter.book.order_field(field, matter.on) if field else None
        if event.actor == "consumer" or (field is not None and not (known and known.protected)):
            continue
        facts: Facts = {"field": _name(matter, event), "changed_at": event.at}
        if event.consumer_consent:
            yield matter.kept("2.1.2.2", "consented", **facts)
        elif event.actor is None or field is None or event.consumer_consent is None:
            unknown = {"actor": event.actor, "field": field, "consumer_consent": event.consumer_consent}
            yield matter.missing("2.1.2.2", *(name for name, fact in unknown.items() if fact is None))
        elif event.actor == "merchant":
            yield matter.breach("2.1.2.2", "changed", liable="merchant", **facts)
        else:
            yield matter.needs_person("2.1.2.2", "changed_by_other", by=matter.party(event.actor), **facts)


def change_notified(matter: Matter) -> Iterator[Finding]:
    """Yield whether the consumer was told of each change. Consent is no notice. Source: clause 2.1.2.3."""
    for event in matter.of(*CHANGES):
        facts: Facts = {"field": _name(matter, event), "changed_at": event.at}
        if event.actor == "consumer":
            continue
        if event.notified_at:
            yield matter.kept("2.1.2.3", "notified", notified_at=event.notified_at, **facts)
        elif event.actor is None:
            yield matter.missing("2.1.2.3", "actor")
        else:
            yield matter.breach("2.1.2.3", "not_notified", liable=event.actor, **facts)


def change_window(matter: Matter) -> Iterator[Finding]:
    """Yield whether the consumer could change the order in the time for it. Source: clauses 2.1.2.4 and 2.1.2.5."""
    submitted_at = matter.order.submitted_at
    for pair in matter.pairs(("edit_requested",), ("edit_accepted", "edit_refused")):
        if submitted_at:
            yield from _edit(matter, pair, matter.until("order_change_window", submitted_at))
        elif pair.answer and pair.answer.type == "edit_refused":
            yield matter.missing("2.1.2.5", "submitted_at")


def _edit(matter: Matter, pair: Pair, window: Limit) -> Iterator[Finding]:
    asked_at, answer = pair.at, pair.answer
    facts: Facts = {"submitted_at": matter.order.submitted_at, "requested_at": asked_at}
    if answer and answer.type == "edit_accepted":
        yield matter.kept("2.1.2.4", "accepted", limit=window, **facts)
    elif not window.allows(asked_at):
        yield matter.out_of_time("2.1.2.5", "late", limit=window, **facts)
    elif answer:
        by = answer.actor if answer.actor in ("merchant", "platform") else "platform"
        yield matter.breach("2.1.2.5", "refused", liable=by, limit=window, refused_at=answer.at, **facts)
    elif matter.now and matter.now > asked_at + window.figure.length:
        yield matter.needs_person("2.1.2.4", "unanswered", limit=window, **facts)
