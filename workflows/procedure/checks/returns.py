"""Stage 6, returns and exchanges: the right to return without a reason, its conditions, answers, freight, proof."""

from collections.abc import Iterator
from typing import Any

from workflows.procedure.checks.finding import Finding, Limit
from workflows.procedure.checks.inspection import first_report
from workflows.procedure.checks.matter import Facts, Matter, Pair
from workflows.procedure.checks.replies import answered
from workflows.procedure.checks.requests import REQUESTS, about_quality, rejected, return_requests

FAILED = {"goods_intact": "goods_unsound", "packaging_complete": "packaging_incomplete"}


def _unexplained(matter: Matter) -> list[Pair]:
    """Return the requests for return that rest on no defect."""
    return [
        pair
        for pair in return_requests(matter)
        if pair.request.type == "return_requested" and not about_quality(pair.request)
    ]


def _excepted(matter: Matter) -> str:
    """Return whether goods of the order can be returned without a reason: "yes", "no", "person" or "unknown".

    An exception is read narrowly: goods that the rulebook does not know are not excepted.
    """
    if matter.order.category is None:
        return "unknown"
    category = matter.book.category(matter.order.category, matter.on)
    return category.no_reason_return if category else "yes"


def _conditions(matter: Matter) -> dict[str, bool | None]:
    return {"goods_intact": matter.order.goods_intact, "packaging_complete": matter.order.packaging_complete}


def _unknown_conditions(matter: Matter) -> list[str]:
    return [name for name, met in _conditions(matter).items() if met is None]


def no_reason(matter: Matter) -> Iterator[Finding]:
    """Yield whether goods could be returned without a reason, and were allowed to be. Source: clause 2.1.6.1."""
    for pair in return_requests(matter):
        in_time, limit = matter.since_receipt("no_reason_return", pair.at)
        if pair.request.type != "return_requested":
            continue
        if about_quality(pair.request):
            yield from _quality_beside(matter, pair, limit if in_time else None)
        else:
            yield from _unexplained_return(matter, pair, in_time, limit)
    asked = any(matter.timed(*REQUESTS, "defect_objection"))
    if not asked and matter.of("return_rejected"):
        yield matter.missing("2.1.6.1", "return_requested")


def _unexplained_return(matter: Matter, pair: Pair, in_time: bool | None, limit: Limit | None) -> Iterator[Finding]:
    facts: Facts = {"received_at": matter.order.received_at, "requested_at": pair.at}
    if pair.answer and not rejected(pair):
        yield matter.kept("2.1.6.1", "accepted", limit=limit, **facts)
    elif in_time is False and limit:
        yield matter.out_of_time("2.1.6.1", "late", limit=limit, **facts)
    elif pair.answer:
        yield _refusal(matter, limit if in_time else None, facts | {"rejected_at": pair.answer.at})


def _refusal(matter: Matter, limit: Limit | None, facts: Facts) -> Finding:
    """Return how a refusal is judged; `limit` is None while it is unknown whether the request came in time."""
    excepted = _excepted(matter)
    if excepted == "no":
        return matter.kept("2.1.6.1", "excepted", category=_category(matter), **facts)
    if False in _conditions(matter).values():
        return matter.kept("2.1.6.1", "unsound", **facts)
    unknown = _unknown_conditions(matter)
    if excepted == "unknown":
        unknown.append("category")
    if limit is None:
        unknown.append("received_at")
    if unknown:
        return matter.missing("2.1.6.1", *unknown)
    if excepted == "person":
        return matter.needs_person("2.1.6.1", "doubtful_goods", limit=limit, category=_category(matter), **facts)
    return matter.breach("2.1.6.1", "refused", liable="merchant", limit=limit, **facts)


def _category(matter: Matter) -> Any:
    category = matter.book.category(matter.order.category, matter.on)
    return category.name if category else matter.order.category


def _quality_beside(matter: Matter, pair: Pair, limit: Limit | None) -> Iterator[Finding]:
    """Yield that a defect claimed too late may still be a return without a reason, for which a person asks."""
    late = first_report(matter)[0] is False
    sound = False not in _conditions(matter).values()
    if rejected(pair) and limit and late and sound and _excepted(matter) in ("yes", "unknown"):
        yield matter.needs_person("2.1.6.1", "claimed_as_defect", limit=limit, requested_at=pair.at)


def conditions(matter: Matter) -> Iterator[Finding]:
    """Yield whether goods returned without a reason meet the conditions. Source: clause 2.1.6.2."""
    if not _unexplained(matter) or _excepted(matter) == "no":
        return
    met = _conditions(matter)
    if False in met.values():
        failed = tuple(matter.book.term(FAILED[name]) for name, held in met.items() if held is False)
        yield matter.kept("2.1.6.2", "not_met", failed=failed)
    elif unknown := _unknown_conditions(matter):
        yield matter.missing("2.1.6.2", *unknown)
    else:
        yield matter.kept("2.1.6.2", "met")


def handled(matter: Matter) -> Iterator[Finding]:
    """Yield whether requests made in time were answered in the set time. Source: clause 2.1.6.3."""
    for pair in return_requests(matter):
        in_time, _ = matter.since_receipt("no_reason_return", pair.at)
        by_quality = about_quality(pair.request) and first_report(matter)[0]
        unexplained = in_time and _excepted(matter) != "no"
        if pair.request.type in REQUESTS and (by_quality or unexplained):
            limit = matter.until("return_answer", pair.at)
            yield from answered(matter, "2.1.6.3", pair, limit, liable="merchant")


def freight(matter: Matter) -> Iterator[Finding]:
    """Yield whether the merchant bore the freight of returns and exchanges. Source: clause 2.1.6.4."""
    every = matter.of("freight_charged")
    charges = [event for event in every if event.kind in ("return", "exchange")]
    if not charges:
        if matter.of(*REQUESTS) and any(event.kind is None and event.payer in ("consumer", None) for event in every):
            yield matter.missing("2.1.6.4", "freight_kind")
        return
    wrong = [event for event in charges if event.payer == "consumer" and event.amount_minor != 0]
    told = wrong or charges
    ways = tuple(matter.book.term(str(kind)) for kind in dict.fromkeys(event.kind for event in told))
    facts: Facts = {"ways": ways, "charged_at": told[0].at}
    if not wrong:
        unknown = any(event.payer is None for event in charges)
        yield matter.missing("2.1.6.4", "payer") if unknown else matter.kept("2.1.6.4", "borne", **facts)
    elif None in (sums := [event.amount_minor for event in wrong]):
        yield matter.breach("2.1.6.4", "charged", liable="merchant", **facts)
    else:
        facts["owed"] = matter.money(sum(each or 0 for each in sums))
        yield matter.breach("2.1.6.4", "charged_sum", liable="merchant", **facts)


def proof(matter: Matter) -> Iterator[Finding]:
    """Yield which proof a request for return or exchange still lacks. Source: clause 2.1.6.5."""
    held = matter.order.proof
    if held is None or not matter.of(*REQUESTS):
        return
    lacking = [each.key for each in matter.book.required_by("2.1.6.5", matter.on) if each.key not in held]
    yield matter.missing("2.1.6.5", *lacking) if lacking else matter.kept("2.1.6.5", "supplied")
