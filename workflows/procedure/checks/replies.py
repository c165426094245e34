"""A company's duty to answer a request in time: one rule for every clause that sets such a time."""

from collections.abc import Iterator

from workflows.procedure.checks.finding import Finding, Limit
from workflows.procedure.checks.matter import Facts, Matter, Pair


def answered(matter: Matter, clause: str, pair: Pair, limit: Limit, *, liable: str) -> Iterator[Finding]:
    """Yield whether a request was answered in time. Nothing while it is open and its time still runs.

    The first answer counts. Met at or before the end, broken after it; the complaint's instant is "now" for what is
    still undone.
    """
    facts: Facts = {"requested_at": pair.at}
    if pair.first:
        at = pair.first.at
        if at is None:
            yield matter.missing(clause, "answered_at")
        elif limit.allows(at):
            yield matter.kept(clause, "answered", limit=limit, answered_at=at, **facts)
        else:
            late = limit.late(at)
            yield matter.breach(clause, "late", liable=liable, limit=limit, answered_at=at, late=late, **facts)
    elif matter.now is None:
        yield matter.missing(clause, "complaint_at")
    elif not limit.allows(matter.now):
        late = limit.late(matter.now)
        yield matter.breach(clause, "unanswered", liable=liable, limit=limit, late=late, **facts)
