"""Published outcomes of cases like one, for the pages that show what became of such cases."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, exists, func, select

from app.cases import similar
from app.cases.models import Case
from app.cases.similar import Alike, Outcome
from app.core.db import session
from app.notices.models import RegisterEntry, RegisterRule, Standing

NEWEST = 300  # entries that are looked at


def outcomes_like(alike: Alike, most: int) -> Sequence[Outcome]:
    """Return published outcomes on the same anomaly, those that share most clauses first, then the newest."""
    shared = func.group_concat if session().get_bind().dialect.name == "sqlite" else func.string_agg
    clauses = shared(RegisterRule.clause, ",").label("clauses")
    newest = (
        select(RegisterEntry.id)
        .where(RegisterEntry.anomaly == alike.anomaly, RegisterEntry.case_id != alike.case_id)
        .where(RegisterEntry.status == Standing.IN_FORCE)
        .order_by(RegisterEntry.published_at.desc(), RegisterEntry.id.desc())
        .limit(NEWEST)
    )
    query = (
        select(RegisterEntry.number, RegisterEntry.outcome, RegisterEntry.published_at, Case.received_at, clauses)
        .join(Case, Case.id == RegisterEntry.case_id)
        .outerjoin(RegisterRule, (RegisterRule.entry_id == RegisterEntry.id) & RegisterRule.clause.in_(alike.clauses))
        .where(RegisterEntry.id.in_(newest))
        .group_by(RegisterEntry.id, Case.received_at)
        .order_by(func.count(RegisterRule.clause).desc(), RegisterEntry.published_at.desc(), RegisterEntry.id.desc())
        .limit(most)
    )
    return [
        Outcome(row.number, row.outcome, _in_order(row.clauses), (row.published_at - row.received_at).days)
        for row in session().execute(query)
    ]


def like_entry(entry: RegisterEntry, most: int = similar.SHOWN) -> Sequence[Outcome]:
    """Return published outcomes like a published one."""
    return outcomes_like(Alike(entry.anomaly, tuple(rule.clause for rule in entry.rules), entry.case_id), most)


def _in_order(joined: str | None) -> tuple[str, ...]:
    return tuple(sorted(set(joined.split(",")))) if joined else ()


def unpublished() -> ColumnElement[bool]:
    """Return the condition that a case has no entry in the register."""
    return ~exists().where(RegisterEntry.case_id == Case.id)


similar.published_by(outcomes_like, unpublished)
