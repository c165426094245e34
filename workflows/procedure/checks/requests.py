"""Requests for return or exchange and their answers, as stages 5 and 6 both read them."""

from collections.abc import Iterator

from workflows.procedure.checks.facts import Event
from workflows.procedure.checks.matter import Matter, Pair, pair_up

REQUESTS = ("return_requested", "exchange_requested")
ANSWERS = ("return_accepted", "return_rejected")


def return_requests(matter: Matter) -> list[Pair]:
    """Return the requests for return or exchange; where there is none, objections stand for them."""
    kinds = REQUESTS if matter.of(*REQUESTS) else ("defect_objection",)
    return pair_up(_counting(matter.of(*kinds, *ANSWERS, "refund_paid")), kinds)


def _counting(events: list[Event]) -> Iterator[Event]:
    """Yield the events without refunds that only carry out an acceptance; any other refund is an answer."""
    to_refund = 0
    for event in events:
        if event.type == "return_accepted":
            to_refund += 1
        if event.type == "refund_paid" and to_refund:
            to_refund -= 1
            continue
        yield event


def rejected(pair: Pair) -> bool:
    """Return whether the last word on a request was no."""
    return pair.answer is not None and pair.answer.type == "return_rejected"


def about_quality(event: Event) -> bool:
    """Return whether a request says that the goods are defective."""
    return event.type == "defect_objection" or event.kind == "quality"
