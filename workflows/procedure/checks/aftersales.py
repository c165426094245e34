"""Stage 7, after-sales service: replies in time, and commitments kept."""

from collections.abc import Iterator

from workflows.procedure.checks.finding import Finding
from workflows.procedure.checks.matter import Facts, Matter, Pair
from workflows.procedure.checks.replies import answered


def replied(matter: Matter) -> Iterator[Finding]:
    """Yield whether after-sales requests were replied to in time. Source: clause 2.1.7.1.

    Where it is unknown whether a matter is important, it is judged only if both times lead to the same verdict.
    """
    for pair in matter.pairs(("aftersale_request",), ("aftersale_replied",)):
        importance = pair.request.importance
        if matter.book.importance(None, category=matter.order.category, on=matter.on) == "important":
            importance = importance or "important"
        if importance:
            yield from _within(matter, pair, importance)
            continue
        soon, later = (list(_within(matter, pair, each)) for each in ("important", "ordinary"))
        if [finding.verdict for finding in soon] == [finding.verdict for finding in later]:
            yield from later
        else:
            yield matter.missing("2.1.7.1", "importance")


def _within(matter: Matter, pair: Pair, importance: str) -> Iterator[Finding]:
    limit = matter.until(f"first_reply_{importance}", pair.at)
    return answered(matter, "2.1.7.1", pair, limit, liable="merchant")


def commitments(matter: Matter) -> Iterator[Finding]:
    """Yield whether a published commitment that the consumer invoked was kept. Source: clause 2.1.7.5."""
    published = matter.order.commitments
    known = None if published is None else {_plain(each) for each in published}
    for event in matter.of("commitment_invoked"):
        facts: Facts = {"commitment": event.commitment, "invoked_at": event.at}
        if event.kept is None or event.commitment is None:
            yield matter.missing("2.1.7.5", "commitment" if event.commitment is None else "kept")
        elif event.kept:
            yield matter.kept("2.1.7.5", "kept", **facts)
        elif known is not None and _plain(event.commitment) not in known:
            yield matter.needs_person("2.1.7.5", "not_published", **facts)
        else:
            yield matter.breach("2.1.7.5", "broken", liable="merchant", **facts)


def _plain(commitment: str) -> str:
    """Return a commitment as it is compared: without regard to case and spaces."""
    return "".join(commitment.split()).casefold()
