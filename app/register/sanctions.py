"""Penalties and the blacklist as the public and programs read them. What people wrote about them is not published.

Source: clause 3.2.3 (penalties are published), 3.4.4 (blacklist), 1.2.3 (credit).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

from flask import url_for
from sqlalchemy import select, tuple_

from app.conduct import queries
from app.conduct.models import Penalty
from app.conduct.queries import Sought
from app.conduct.standing import Standing, blacklist
from app.core import paging, site
from app.core.db import session
from app.notices.facts import NoticeKind
from app.notices.models import RegisterEntry
from app.notices.models import Standing as RegisterStanding
from app.organisations.models import Organisation
from app.web.api import money, when
from workflows.procedure.credit import Listed
from workflows.regulation import book
from workflows.regulation.text import LANGUAGES, Text3


def decisions_of(penalties: Collection[Penalty]) -> Mapping[int, str]:
    """Return the register's number of the published decision that each of these penalties rests on, by its id."""
    wanted = {(each.case_id, each.round): each for each in penalties if each.decision and each.round}
    if not wanted:
        return {}
    query = select(RegisterEntry.case_id, RegisterEntry.round, RegisterEntry.number).where(
        RegisterEntry.kind == NoticeKind.DECISION, RegisterEntry.status != RegisterStanding.WITHDRAWN,
        tuple_(RegisterEntry.case_id, RegisterEntry.round).in_(list(wanted)),
    )  # fmt: skip
    numbers: dict[tuple[int, int | None], str] = {(row[0], row[1]): row[2] for row in session().execute(query)}
    return {
        each.id: numbers[each.case_id, each.round]
        for each in penalties
        if (each.case_id, each.round) in numbers and each.decision
    }


def every(sought: Sought, at: datetime) -> Iterator[tuple[Penalty, str | None]]:
    """Yield all published penalties that match with the decision of each, newest first, a page at a time."""
    cursor: str | None = ""
    while cursor is not None:
        found = queries.published(sought, at, cursor=cursor, limit=paging.MAXIMUM)
        numbers = decisions_of(found.items)
        yield from ((each, numbers.get(each.id)) for each in found.items)
        cursor = found.next
        session().expunge_all()


def words(text: Text3) -> dict[str, str]:
    """Return a text of the rulebook in its three languages."""
    return {language: text.in_(language) for language in LANGUAGES}


def company_shown(company: Organisation) -> dict[str, Any]:
    """Return who it is."""
    return {"id": company.id, "name": company.name, "kind": company.kind}


def penalty_shown(penalty: Penalty, decision: str | None, at: datetime) -> dict[str, Any]:
    """Return a published penalty as programs read it."""
    address = url_for("register_doors.decision_door", number=decision) if decision else None
    return {
        "number": penalty.number, "organisation": company_shown(penalty.organisation), "state": penalty.stage(at),
        "breach": {
            "key": penalty.breach, "name": words(book.current().breach(penalty.breach).name), "clause": penalty.clause,
            "repetition": penalty.repetition,
        },
        "measure": penalty.measure, "points": penalty.points, "days": penalty.days or None,
        "fine": money(penalty.fine_minor or None, "CNY"), "clause": "3.2.3",
        "from": when(penalty.decided_at), "until": when(penalty.until_at),
        "points_until": when(penalty.points_until_at), "decision": decision,
        "decision_url": site.absolute(address) if address else None,
    }  # fmt: skip


def blacklist_page(
    at: datetime, *, cursor: str | None, limit: int
) -> tuple[list[tuple[Organisation, Listed]], str | None]:
    """Return companies on the blacklist, newest first, and the cursor of the next ones. Raises BadCursor."""
    rows = blacklist(at)
    if cursor:
        last = paging.decode(cursor, datetime, int)
        rows = [(company, each) for company, each in rows if (each.since, company) < last]
    shown, more = rows[:limit], len(rows) > limit
    companies = queries.companies({company for company, _ in shown})
    following = paging.encode(shown[-1][1].since, shown[-1][0]) if more else None
    return [(companies[company], each) for company, each in shown], following


def listed_shown(each: Listed) -> dict[str, Any]:
    """Return why and for how long a company is on the blacklist."""
    return {
        "rule": each.rule.key, "reason": {tag: each.rule.reason(tag) for tag in LANGUAGES}, "clause": each.rule.clause,
        "from": when(each.since), "until": when(each.until), "penalties": [one.number for one in each.sanctions],
    }  # fmt: skip


def standing_shown(company: Organisation, standing: Standing) -> dict[str, Any]:
    """Return a merchant's standing as programs read it: each loss cites penalty, decision and clause."""
    score = standing.score
    return {
        "organisation": company_shown(company), "as_of": when(score.at), "score": score.value,
        "grade": score.grade.key if score.grade else None, "cases": score.cases, "conduct": score.conduct,
        "ratings": score.ratings,
        "losses": [
            {
                "penalty": loss.sanction.number, "breach": loss.sanction.breach, "clause": loss.sanction.clause,
                "decision": loss.sanction.decision, "points": loss.points, "score": loss.score,
                "until": when(loss.until),
            }
            for loss in score.losses
        ],
        "trend": [{"at": when(each.at), "score": each.value, "cases": each.cases} for each in standing.trend],
        "blacklist": [listed_shown(each) for each in standing.listed],
    }  # fmt: skip
