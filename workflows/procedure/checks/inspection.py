"""Stage 5, receipt and inspection: reports in time, whose fault it was, the right to return what is defective."""

from collections.abc import Iterator
from datetime import datetime

from workflows.procedure.checks.facts import Event
from workflows.procedure.checks.finding import Finding, Limit
from workflows.procedure.checks.matter import Facts, Matter
from workflows.procedure.checks.requests import REQUESTS, about_quality, rejected, return_requests

LIABLE = {"quality": "merchant", "transit_damage": "logistics_company"}


def reports(matter: Matter) -> list[tuple[Event, datetime]]:
    """Return the events by which the consumer reported a defect, in order of time."""
    return [(event, at) for event, at in matter.timed("defect_objection", *REQUESTS) if about_quality(event)]


def first_report(matter: Matter) -> tuple[bool | None, Limit | None]:
    """Return whether the first report fell into the time for inspection, and that time. Source: clause 2.1.5.1."""
    found = reports(matter)
    return matter.since_receipt("inspection", found[0][1]) if found else (None, None)


def finding_of(matter: Matter) -> str | None:
    """Return what the last inspection found: "quality", "transit_damage" or None."""
    found = [event.finding for event in matter.of("inspection_finding") if event.finding]
    return found[-1] if found else None


def reported(matter: Matter) -> Iterator[Finding]:
    """Yield whether the first report came in time, and was not turned away if so. Source: clauses 2.1.5.1, 2.1.5.3."""
    found = reports(matter)
    if not found:
        return
    in_time, limit = first_report(matter)
    facts: Facts = {"received_at": matter.order.received_at, "reported_at": found[0][1]}
    if in_time is None or limit is None:
        yield matter.missing("2.1.5.1", "received_at")
    elif not in_time:
        yield matter.out_of_time("2.1.5.1", "late", limit=limit, **facts)
    else:
        yield _treated(matter, limit, facts)


def _treated(matter: Matter, limit: Limit, facts: Facts) -> Finding:
    """Return how the merchant treated a report made in time.

    An inspection decides; without one a refusal on the merits is for a person, any other refusal is a breach.
    """
    objections = matter.pairs(("defect_objection",), ("objection_rejected",))
    refusals = [pair.answer for pair in objections if pair.answer]
    if not refusals or matter.granted():
        return matter.kept("2.1.5.1", "reported", limit=limit, **facts)
    facts |= {"rejected_at": refusals[0].at, "reason": refusals[0].reason}
    match finding_of(matter):
        case "transit_damage":
            return matter.kept("2.1.5.1", "not_merchants", limit=limit, **facts)
        case None if _on_the_merits(matter, refusals[0].reason):
            return matter.needs_person("2.1.5.1", "disputed", limit=limit, **facts)
    return matter.breach("2.1.5.1", "turned_away", liable="merchant", limit=limit, **facts)


def _on_the_merits(matter: Matter, reason: str | None) -> bool:
    """Return whether a refusal disputes the defect itself, rather than the time or nothing at all."""
    return any(each.pattern.search(reason or "") for each in matter.book.merits.on(matter.on))


def attributed(matter: Matter) -> Iterator[Finding]:
    """Yield who answers for what the inspection found. Source: clause 2.1.5.2."""
    found = finding_of(matter)
    if found is None:
        if matter.of("inspection_finding"):
            yield matter.missing("2.1.5.2", "finding")
        return
    facts: Facts = {"finding": matter.book.term(found)}
    in_time, limit = first_report(matter)
    if matter.granted():
        yield matter.kept("2.1.5.2", "made_good", **facts)
    elif in_time is False and limit:
        yield matter.out_of_time("2.1.5.2", "late", limit=limit, **facts)
    else:
        yield matter.breach("2.1.5.2", found, liable=LIABLE[found], **facts)


def entitled_by_quality(matter: Matter) -> Iterator[Finding]:
    """Yield whether a return or exchange for a defect reported in time was granted. Source: clause 2.1.5.5."""
    in_time, limit = first_report(matter)
    for pair in return_requests(matter):
        if rejected(pair) and pair.request.type == "exchange_requested" and pair.request.kind is None:
            yield matter.missing("2.1.5.5", "kind")
        if not about_quality(pair.request) or not (pair.answer or in_time is False):
            continue
        facts: Facts = {"requested_at": pair.at, "answered_at": pair.answer.at if pair.answer else None}
        if not rejected(pair) and pair.answer:
            yield matter.kept("2.1.5.5", "granted", limit=limit, **facts)
        elif in_time is None or limit is None:
            yield matter.missing("2.1.5.5", "received_at")
        elif not in_time:
            yield matter.out_of_time("2.1.5.5", "late", limit=limit, **facts)
        elif finding_of(matter) == "transit_damage":
            yield matter.kept("2.1.5.5", "not_merchants", limit=limit, **facts)
        else:
            yield matter.breach("2.1.5.5", "refused", liable="merchant", limit=limit, **facts)
