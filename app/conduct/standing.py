"""A company's standing: its score with every loss explained, how it went month by month, and the blacklist.

Nothing of it is stored: it is worked out from the record each time. Source: clauses 1.2.3, 3.4.4.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TypeVar

from msgspec import Struct
from sqlalchemy import select

from app.cases.models import Case
from app.cases.models_talk import Rating
from app.conduct import queries
from app.conduct.models import Penalty
from app.core.db import session
from app.organisations.queries import counted_for
from workflows.procedure.clocks import civil_month
from workflows.procedure.credit import Listed, Record, Sanction, Score, listed, score
from workflows.procedure.penalties import Happening, Stage, spells
from workflows.regulation import book
from workflows.regulation.entries import CreditMethod, Listing

Item = TypeVar("Item")
MONTHS = 12
ZONE = "Asia/Shanghai"
YEAR = timedelta(days=366)


def method(at: datetime) -> CreditMethod:
    """Return how scores are worked out at `at`."""
    return book.current().credit_method(_day(at))


def _day(at: datetime) -> date:
    return at.date()


def records(
    organisation_ids: Collection[int], at: datetime, *, back: timedelta = timedelta(0),
    whom: Mapping[int, int] | None = None,
) -> dict[int, Record]:  # fmt: skip
    """Return what the scores of these companies are made of at `at`, or (`back`) at any time since; five queries.

    What became part of a company counts for it: `whom` tells for whom each counts, where the caller knows.
    """
    since = at - back - method(at).window
    whom = counted_for(organisation_ids) if whom is None else whom
    told = _together(sanctions(queries.ever_imposed(whom)), whom)
    cases = _together(_cases(whom, since), whom)
    ratings = _together(_ratings(whom, since), whom)
    return {
        each: Record(tuple(told.get(each, ())), tuple(cases.get(each, ())), tuple(ratings.get(each, ())))
        for each in organisation_ids
    }


def _together(found: Mapping[int, list[Item]], whom: Mapping[int, int]) -> dict[int, list[Item]]:
    """Return what was found of companies as that of those for whom they count."""
    together: dict[int, list[Item]] = defaultdict(list)
    for company, items in found.items():
        together[whom.get(company, company)] += items
    return together


def sanctions(penalties: Sequence[Penalty]) -> dict[int, list[Sanction]]:
    """Return penalties by company as the score sees them, worked out from the record."""
    found: dict[int, list[Sanction]] = defaultdict(list)
    told = queries.happenings(penalties)
    for penalty in penalties:
        found[penalty.organisation_id].append(sanction(penalty, told.get(penalty.id, [])))
    return found


def sanction(penalty: Penalty, told: Sequence[Happening]) -> Sanction:
    """Return one penalty as the score sees it."""
    return Sanction(
        penalty.number, penalty.breach, penalty.clause, penalty.decision, penalty.measure, penalty.points, spells(told)
    )


def _cases(ids: Collection[int], since: datetime) -> Mapping[int, list[datetime]]:
    query = select(Case.respondent_id, Case.received_at).where(
        Case.respondent_id.in_(ids), Case.asked_at.is_not(None), Case.received_at > since
    )
    found: dict[int, list[datetime]] = defaultdict(list)
    for row in session().execute(query):
        found[row[0] or 0].append(row[1])
    return found


def _ratings(ids: Collection[int], since: datetime) -> Mapping[int, list[tuple[datetime, int, int]]]:
    query = select(Case.respondent_id, Rating.at, Rating.solved, Rating.fair).join(Case, Case.id == Rating.case_id)
    found: dict[int, list[tuple[datetime, int, int]]] = defaultdict(list)
    for row in session().execute(query.where(Case.respondent_id.in_(ids), Rating.at > since)):
        found[row[0] or 0].append((row[1], row[2], row[3]))
    return found


def scores(organisation_ids: Collection[int], at: datetime) -> dict[int, Score]:
    """Return the scores of these companies at `at`."""
    return {each: _score(record, at) for each, record in records(organisation_ids, at).items()}


def _score(record: Record, at: datetime) -> Score:
    law, day = book.current(), _day(at)
    return score(record, law.credit_method(day), law.grades.on(day), at)


class Standing(Struct, frozen=True):
    """A company's standing at an instant: score, trend (month ends, oldest first, the present last), blacklist."""

    score: Score
    trend: tuple[Score, ...]
    listed: tuple[Listed, ...]
    record: Record


def standing(organisation_id: int, at: datetime, *, parts: Iterable[int] | None = None) -> Standing:
    """Return a company's standing; `parts` are those that became part of it, where the caller knows.

    Source: clauses 1.2.3, 3.4.4.
    """
    whom = None if parts is None else dict.fromkeys((organisation_id, *parts), organisation_id)
    record = records([organisation_id], at, back=YEAR, whom=whom)[organisation_id]
    trend = tuple(_score(record, each) for each in month_ends(at))
    return Standing(_score(record, at), trend, listed(record.sanctions, _rules(at), at), record)


def _rules(at: datetime) -> tuple[Listing, ...]:
    return book.current().listings.on(_day(at))


def month_ends(at: datetime) -> list[datetime]:
    """Return the last instants of the eleven civil months before this one, and `at`."""
    ends, first = [at], civil_month(at, ZONE)[0]
    for _ in range(MONTHS - 1):
        ends.append(first - timedelta(microseconds=1))
        first = civil_month(ends[-1], ZONE)[0]
    return ends[::-1]


def blacklist(at: datetime) -> list[tuple[int, Listed]]:
    """Return every company on the blacklist with the rule that keeps it there longest, newest first.

    Source: clause 3.4.4.
    """
    told = _together(sanctions(queries.ever_imposed()), counted_for())
    every = {company: listed(each, _rules(at), at) for company, each in told.items()}
    found = [(company, max(by, key=_lasts)) for company, by in every.items() if by]
    return sorted(found, key=lambda pair: (pair[1].since, pair[0]), reverse=True)


def _lasts(each: Listed) -> tuple[bool, datetime]:
    return each.until is None, each.until or each.since


def astray(organisation_id: int, at: datetime) -> list[str]:
    """Return the numbers of penalties whose row says otherwise than the record whether they bite at `at`."""
    penalties = queries.ever_imposed([organisation_id])
    told = queries.happenings(penalties)
    found = []
    for penalty in penalties:
        bites = any(spell.points_run(at) or spell.measure_runs(at) for spell in spells(told.get(penalty.id, [])))
        if bites != (penalty.stage(at) is Stage.IN_FORCE):
            found.append(penalty.number)
    return found
