"""Penalties: what a breach brings by the table, for how long it bites, and what the record says about that.

Pure: the table and the figures come from the rulebook, the record and the instant from the caller.
Source: clause 3.2.3 (penalties and their table), 1.2.2 (warning, fine, suspension, permanent ban).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from workflows.procedure.states import Action
from workflows.regulation.entries import Breach
from workflows.regulation.rulebook import Rulebook


class PenaltyStatus(StrEnum):
    """What was decided of a penalty."""

    PROPOSED = "proposed"
    IN_FORCE = "in_force"
    DROPPED = "dropped"
    LIFTED = "lifted"
    VOID = "void"


class Stage(StrEnum):
    """Where a penalty stands at an instant, as people see it."""

    HEARING = "hearing"
    TO_DECIDE = "to_decide"
    STAYED = "stayed"
    APPEALED = "appealed"
    IN_FORCE = "in_force"
    ENDED = "ended"
    DROPPED = "dropped"
    LIFTED = "lifted"
    VOID = "void"


ACTS = (
    Action.PROPOSE_PENALTY, Action.ANSWER_PENALTY, Action.DECIDE_PENALTY, Action.APPEAL_PENALTY, Action.RULE_PENALTY,
    Action.STAY_PENALTY, Action.RESUME_PENALTY, Action.VOID_PENALTY,
)  # fmt: skip


def breach_by_clock(law: Rulebook, kind: str, on: date) -> Breach | None:
    """Return what the end of a clock of this kind is a breach of, None where it is none. Source: clause 3.2.3."""
    return next((breach for breach in law.breaches.on(on) if kind in breach.clocks), None)


def breaches_by_clauses(law: Rulebook, clauses: Iterable[str], on: date) -> dict[str, str]:
    """Return each breach that a decision on these clauses establishes, with the first clause that it offends.

    What a clock of every company brings by itself is left to the clock.
    """
    found: dict[str, str] = {}
    for clause in clauses:
        for breach in law.breaches.on(on):
            if clause in breach.offends and (breach.liable or not breach.clocks):
                found.setdefault(breach.key, clause)
    return found


def lapsed(valid_until: date | None, traded_at: datetime | None, time_zone: str) -> bool:
    """Return whether somebody traded after the last day of their licence, which holds to its end in their time zone.

    What is not known is not judged. Source: clause 3.2.2.
    """
    if valid_until is None or traded_at is None:
        return False
    return traded_at.astimezone(ZoneInfo(time_zone)).date() > valid_until


def repetition(earlier: Iterable[datetime], at: datetime, law: Rulebook, on: date) -> int:
    """Return which time it is, from 1: earlier breaches of the same kind count for the figure `penalty_memory`."""
    since = at - law.figure("penalty_memory", on).length
    return 1 + sum(since <= each <= at for each in earlier)


class Term(Struct, frozen=True):
    """For how long a penalty bites: its measure until `until` (None: for good), its points until `points_until`."""

    until: datetime | None
    points_until: datetime

    def later(self, lapse: timedelta) -> Term:
        """Return the term moved by the time for which it was halted: nothing is won or lost by that."""
        return Term(self.until + lapse if self.until else None, self.points_until + lapse)


def term(measure: str, days: int, at: datetime, law: Rulebook, on: date) -> Term:
    """Return the term of a penalty that begins at `at`.

    A suspension lasts its days, a ban for good; everything else stands as long as its points. Source: clause 3.2.3.
    """
    points_until = at + law.credit_method(on).points_last
    if measure == "ban":
        return Term(None, points_until)
    return Term(at + timedelta(days=days) if measure == "suspension" else points_until, points_until)


def stage(
    status: PenaltyStatus, *, at: datetime, hear_by: datetime, answered: bool, stayed: bool, appealed: bool,
    until: datetime | None,
) -> Stage:  # fmt: skip
    """Return where a penalty stands at `at`. `until` is when both measure and points are over, None for never."""
    if status in (PenaltyStatus.DROPPED, PenaltyStatus.LIFTED, PenaltyStatus.VOID):
        return Stage(status.value)
    if stayed:
        return Stage.STAYED
    if status is PenaltyStatus.PROPOSED:
        return Stage.TO_DECIDE if answered or at > hear_by else Stage.HEARING
    if appealed:
        return Stage.APPEALED
    return Stage.ENDED if until is not None and at >= until else Stage.IN_FORCE


# --- what the record says --------------------------------------------------------------------------------------------


class Happening(Struct, frozen=True):
    """One entry of a case's history about one penalty."""

    at: datetime
    action: Action
    branch: str
    detail: Mapping[str, Any]


class Spell(Struct, frozen=True):
    """A time in which a penalty bit without a halt: from `start` to before `halted`, if it was, by its term."""

    start: datetime
    term: Term
    halted: datetime | None = None

    def measure_runs(self, at: datetime) -> bool:
        """Return whether the measure is in force at `at`."""
        return self._runs(at) and (self.term.until is None or at < self.term.until)

    def points_run(self, at: datetime) -> bool:
        """Return whether the points count at `at`."""
        return self._runs(at) and at < self.term.points_until

    def _runs(self, at: datetime) -> bool:
        return self.start <= at and (self.halted is None or at < self.halted)


REVIEW, APPEAL = "review", "appeal"


def spells(history: Iterable[Happening]) -> tuple[Spell, ...]:
    """Return the times in which a penalty bit, worked out from its record and from nothing else.

    Source: clause 3.1.4 (anyone can verify the record).
    """
    found: list[Spell] = []
    now: Term | None = None
    halts: set[str] = set()
    for each in history:
        now = _term_after(each, now, halts)
        bites = now is not None and not halts
        if found and found[-1].halted is None and not bites:
            found[-1] = replace(found[-1], halted=each.at)
        elif bites and now and (not found or found[-1].halted is not None):
            found.append(Spell(each.at, now))
    return tuple(found)


def _term_after(each: Happening, now: Term | None, halts: set[str]) -> Term | None:
    match each.action, each.branch:
        case (Action.DECIDE_PENALTY, "imposed"):
            return _told(each)
        case (Action.STAY_PENALTY, _):
            halts.add(REVIEW)
        case (Action.APPEAL_PENALTY, _):
            halts.add(APPEAL)
        case (Action.RESUME_PENALTY, _):
            halts.discard(REVIEW)
            return _told(each) if now else None
        case (Action.RULE_PENALTY, "upheld"):
            halts.discard(APPEAL)
            return _told(each)
        case (Action.RULE_PENALTY, _) | (Action.VOID_PENALTY, _):
            return None
    return now


def _told(each: Happening) -> Term:
    until = each.detail["until"]
    return Term(datetime.fromisoformat(until) if until else None, datetime.fromisoformat(each.detail["points_until"]))
