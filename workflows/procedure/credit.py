"""Credit: a score that replays from the record, and the blacklist.

Each loss cites its penalty, its decision and its clause, expires, and does not count while a review or an appeal runs.
Source: clause 1.2.3 (credit rating), 2.1.7.3 (ratings count), 3.4.4 (blacklist).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec import Struct

from workflows.procedure.penalties import Spell
from workflows.regulation.entries import CreditMethod, Grade, Listing

WORST, BEST = 1, 5
"""Between which a consumer rates."""


class Sanction(Struct, frozen=True):
    """A penalty as the score sees it: what it cites, its points, its measure, and the times in which it bit."""

    number: str
    breach: str
    clause: str
    decision: str | None
    measure: str
    points: int
    spells: tuple[Spell, ...]

    def points_at(self, at: datetime) -> int:
        """Return the points that count at `at`."""
        return self.points if any(spell.points_run(at) for spell in self.spells) else 0

    def measure_at(self, at: datetime) -> Spell | None:
        """Return the spell in which the measure is in force at `at`."""
        return next((spell for spell in self.spells if spell.measure_runs(at)), None)


class Loss(Struct, frozen=True):
    """What one penalty takes from the score, and until when."""

    sanction: Sanction
    points: int
    score: int
    until: datetime


class Record(Struct, frozen=True):
    """All that a score is made of: penalties, when cases were received, and ratings (when, solved, fair)."""

    sanctions: tuple[Sanction, ...] = ()
    cases: tuple[datetime, ...] = ()
    ratings: tuple[tuple[datetime, int, int], ...] = ()


class Score(Struct, frozen=True):
    """A score at an instant. `value` is None with too few cases, `ratings` with too few of them."""

    at: datetime
    value: int | None
    conduct: int
    ratings: int | None
    cases: int
    grade: Grade | None
    losses: tuple[Loss, ...]


def score(record: Record, method: CreditMethod, grades: Sequence[Grade], at: datetime) -> Score:
    """Return the score at `at`, in whole numbers, halves rounded up. Source: clause 1.2.3."""
    losses = tuple(_losses(record.sanctions, method, at))
    conduct = max(0, method.full - sum(loss.score for loss in losses))
    ratings = _rated(record, method, at)
    cases = sum(at - method.window < each <= at for each in record.cases)
    if cases < method.least_cases:
        return Score(at, None, conduct, ratings, cases, None, losses)
    value = conduct
    if ratings is not None:
        share = method.ratings_percent
        value = _half_up(conduct * (100 - share) + ratings * share, 100)
    return Score(at, value, conduct, ratings, cases, _grade(grades, value), losses)


def _losses(sanctions: Iterable[Sanction], method: CreditMethod, at: datetime) -> Iterable[Loss]:
    for sanction in sanctions:
        for spell in sanction.spells:
            if sanction.points and spell.points_run(at):
                yield Loss(sanction, sanction.points, sanction.points * method.per_point, spell.term.points_until)


def _rated(record: Record, method: CreditMethod, at: datetime) -> int | None:
    """Return the mean of what consumers said, as a part of the full score."""
    said = [each for when, *marks in record.ratings if at - method.window < when <= at for each in marks]
    if len(said) < 2 * method.least_ratings:
        return None
    return _half_up((sum(said) - WORST * len(said)) * method.full, (BEST - WORST) * len(said))


def _half_up(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)


def _grade(grades: Iterable[Grade], value: int) -> Grade:
    return max((grade for grade in grades if grade.from_score <= value), key=lambda grade: grade.from_score)


# --- the blacklist ---------------------------------------------------------------------------------------------------


class Listed(Struct, frozen=True):
    """A company on the blacklist: by which rule, since when, until when as things stand (None: for good), and why."""

    rule: Listing
    since: datetime
    until: datetime | None
    sanctions: tuple[Sanction, ...]


def listed(sanctions: Sequence[Sanction], rules: Iterable[Listing], at: datetime) -> tuple[Listed, ...]:
    """Return by which rules a company is on the blacklist at `at`. Source: clause 3.4.4."""
    found = (_by_points(sanctions, rule, at) if rule.points else _by_measure(sanctions, rule, at) for rule in rules)
    return tuple(each for each in found if each is not None)


def _by_measure(sanctions: Iterable[Sanction], rule: Listing, at: datetime) -> Listed | None:
    running = [(each, each.measure_at(at)) for each in sanctions if each.measure in rule.measures]
    now = [(each, spell) for each, spell in running if spell is not None]
    if not now:
        return None
    ends = [spell.term.until for _, spell in now]
    until = None if None in ends else max(end for end in ends if end is not None)
    return Listed(rule, min(spell.start for _, spell in now), until, tuple(each for each, _ in now))


def _by_points(sanctions: Sequence[Sanction], rule: Listing, at: datetime) -> Listed | None:
    def reached(instant: datetime) -> bool:
        return sum(each.points_at(instant) for each in sanctions) >= rule.points

    if not reached(at):
        return None
    turns = sorted({turn for each in sanctions for spell in each.spells for turn in _turns(spell)})
    since = until = None
    for turn in reversed([turn for turn in turns if turn <= at]):
        if not reached(turn):
            break
        since = turn
    for turn in (turn for turn in turns if turn > at):
        if not reached(turn):
            until = turn
            break
    counted = tuple(each for each in sanctions if each.points_at(at))
    return Listed(rule, since or at, until, counted)


def _turns(spell: Spell) -> tuple[datetime, datetime]:
    ends = spell.term.points_until
    return spell.start, min(ends, spell.halted) if spell.halted else ends
