"""What waits for a person of the committee: to declare, to read and vote, to draft, to sign, to publish."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from msgspec import Struct

from app.cases.faces import clock_face
from app.cases.models import Case, Clock
from app.committee import queries
from app.committee.models import Decision, Panel
from app.committee.service import LIMIT
from app.web.filters import day, law
from workflows.procedure.authority import Actor, Permission
from workflows.procedure.clocks import ClockKind, ClockStatus

# Task → (heading, page), in the order of the day's work.
TASKS = {
    "declare": (_l("To declare"), "committee.recuse"),
    "rule": (_l("To rule on a challenge"), "committee.challenge"),
    "vote": (_l("To read and vote"), "committee.dossier"),
    "draft": (_l("To draft"), "committee.notice"),
    "sign": (_l("To sign"), "committee.sign"),
    "publish": (_l("To publish"), "outcomes.outcome"),
    "wait": (_l("With others"), "committee.dossier"),
}


class Group(Struct, frozen=True):
    """The cases with one task, nearest end first."""

    task: str
    title: str
    rows: list[dict[str, Any]]


def docket(actor: Actor, now: datetime) -> list[Group]:
    """Return the actor's cases by task; tasks without a case are left out."""
    panels = queries.at_work(actor)
    voters = queries.voters_of([panel for panel, _case in panels])
    drafts = queries.drafts_of([panel for panel, _case in panels])
    rows: dict[str, list[dict[str, Any]]] = {task: [] for task in TASKS}
    for panel, case in panels:
        waits = panel.halted
        task = task_of(panel, drafts.get(panel.id), actor, voters.get(panel.id, set()), halted=waits)
        state = _("Halted: a member is challenged") if waits else _state(panel, drafts.get(panel.id))
        rows[task].append(_row(case, task, now, state))
    if actor.may(Permission.CHALLENGE_RULE):
        rows["rule"] = [
            _row(case, "rule", now, _("Challenge %(n)s", n=made.n), n=made.n)
            for made, case in queries.to_rule(actor, now)
        ]
    if actor.may(Permission.DECISION_PUBLISH):
        rows["publish"] = [_row(case, "publish", now, _("Signed")) for case in queries.unpublished(actor)]
    return [Group(task, str(TASKS[task][0]), found) for task, found in rows.items() if found]


def task_of(panel: Panel, draft: Decision | None, actor: Actor, voted: set[int], *, halted: bool = False) -> str:
    """Return what the actor has to do for this panel now; nothing while a challenge halts it."""
    seat = panel.seat_of(actor.user_id)
    if halted:
        return "wait"
    if panel.sealed:
        if seat and not seat.declared_free:
            return "declare"
        return "vote" if seat and actor.user_id not in voted else "wait"
    if actor.may(Permission.DECISION_DRAFT) and not (draft and draft.waits_for_signature):
        return "draft"
    return "sign" if seat and seat.is_chair and draft and draft.waits_for_signature else "wait"


def _state(panel: Panel, draft: Decision | None) -> str:
    if panel.sealed:
        return _("Voting")
    if draft is None:
        return _("Vote closed")
    return _("Draft with the chair") if draft.waits_for_signature else _("Draft sent back")


def _row(case: Case, task: str, now: datetime, state: str, **values: Any) -> dict[str, Any]:
    who = [case.respondent.name] if case.respondent else []
    return {
        "number": case.number,
        "url": url_for(TASKS[task][1], number=case.number, **values),
        "title": law(case.anomaly or "other", "anomaly"),
        "parties": " · ".join([*who, day(case.received_at)]),
        "clock": next((clock_face(each, now) for each in clocks_of(case)), None),
        "tags": [{"text": state, "tone": None}, *_review_tag(case)],
    }


def _review_tag(case: Case) -> list[dict[str, str]]:
    if case.state == "committee" and case.decided_at:
        return [{"text": _("Sent back"), "tone": "brand"}]
    return [{"text": _("Review"), "tone": "brand"}] if case.state == "review" else []


def clocks_of(case: Case) -> list[Clock]:
    """Return the clocks that the committee works against: the vote's while it runs, then the case's own limit."""
    own = LIMIT.get(case.state, ClockKind.RESOLUTION)
    voting = [c for c in case.clocks if c.kind is ClockKind.VOTING and c.status is ClockStatus.RUNNING]
    return [*voting[-1:], *[c for c in case.clocks if c.kind is own][-1:]]
