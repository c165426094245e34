"""The rulebook in force and proposed changes as the pages show them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.accounts import queries as people
from app.rulebook import queries
from app.rulebook.models import Amendment
from workflows.procedure.authority import Actor, Permission
from workflows.procedure.checks.facts import DEFAULT_ZONE
from workflows.regulation import approved, book, diff, shipped
from workflows.regulation.diff import Change

MOST_CHANGES = 300


def standing(at: datetime) -> dict[str, Any]:
    """Return what is in force at `at`, what comes, who approved each, and how the shipped rulebook differs."""
    chain = queries.approved()
    own = [row for row in chain if row.since is not None]
    today = at.astimezone(ZoneInfo(DEFAULT_ZONE)).date()
    begun = [row for row in own if row.since <= today]  # type: ignore[operator]
    rules, ships = book.current(), shipped.rulebook()
    settled = max([today, *(row.since for row in own if row.since)])
    return {
        "version": rules.version, "shipped": ships.version, "row": begun[-1] if begun else None,
        "coming": coming(own, today), "own": bool(own), "names": _names(own), "fault": approved.fault(),
        "another_release": bool(own) and own[-1].release != ships.version,
        "differs": _listed(diff.from_a_day(approved.composed(queries.editions(chain)), ships, settled)) if own else [],
    }  # fmt: skip


def coming(own: Sequence[Amendment], today: date) -> list[Amendment]:
    """Return what is approved and has not begun; what was approved later takes the place of what would begin after."""
    later = [row for row in own if row.since is not None and row.since > today]
    return [row for n, row in enumerate(later) if not any(each.since <= row.since for each in later[n + 1 :])]  # type: ignore[operator]


def state(row: Amendment, at: datetime) -> str:
    """Return how an amendment stands, as a key of `amendment_state`."""
    asked = row.approval
    assert asked is not None
    if asked.decided_at is not None:
        return "approved" if asked.agreed else "declined"
    return "ran_out" if asked.expires_at <= at else "waiting"


def amendment(row: Amendment, actor: Actor, at: datetime) -> dict[str, Any]:
    """Return what the page of one amendment shows."""
    changes = [Change(**each) for each in row.changes]
    may, mine = actor.may(Permission.SYSTEM_MANAGE), row.approval is not None and row.approval.asked_by_id
    return {
        "this": row, "state": state(row, at), "names": _names([row]), "files": _listed(changes),
        "count": len(changes), "left_out": max(0, len(changes) - MOST_CHANGES), "replay": row.replay,
        "may_read": actor.may(Permission.QUEUE_READ),
        "may_decide": may and state(row, at) == "waiting", "own": mine == actor.user_id,
    }  # fmt: skip


def _listed(changes: Sequence[Change]) -> list[tuple[str, list[Change]]]:
    """Return changes by file, no more than a page can show."""
    found: dict[str, list[Change]] = defaultdict(list)
    for change in changes[:MOST_CHANGES]:
        found[change.file].append(change)
    return list(found.items())


def _names(rows: Sequence[Amendment]) -> dict[int, str]:
    asked = [row.approval for row in rows if row.approval is not None]
    return people.names({user for each in asked for user in (each.asked_by_id, each.decided_by_id)})
