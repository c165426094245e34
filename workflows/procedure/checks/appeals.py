"""Reports of anomalies and appeals: what the platform must start and resolve in time."""

from collections.abc import Iterator

from workflows.procedure.checks.finding import Finding
from workflows.procedure.checks.matter import Matter
from workflows.procedure.checks.replies import answered


def emergency(matter: Matter) -> Iterator[Finding]:
    """Yield whether the platform started emergency handling in time after each report. Source: clause 2.2.3.2."""
    for pair in matter.pairs(("anomaly_reported",), ("emergency_started",), by="platform"):
        limit = matter.until("emergency_start", pair.at)
        yield from answered(matter, "2.2.3.2", pair, limit, liable="platform")


def resolved(matter: Matter) -> Iterator[Finding]:
    """Yield whether the platform resolved appeals in time. Source: clause 2.2.4.3."""
    for pair in matter.pairs(("appeal_filed",), ("appeal_decided",), by="platform"):
        limit = matter.until("resolution", pair.at)
        yield from answered(matter, "2.2.4.3", pair, limit, liable="platform")
