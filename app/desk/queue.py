"""The queue: views, groups by urgency, rows. One page of cases, counted no further than a person would read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import select

from app.cases import queries
from app.cases.faces import clock_face, nearest
from app.cases.models import FAR, Case
from app.cases.queries import Filter
from app.core.db import session
from app.core.languages import LANGUAGES, SHORT
from app.desk.models import SavedView
from app.web.filters import law, money, named, zone
from app.web.i18n import language
from workflows.procedure.authority import Actor
from workflows.procedure.clocks import ClockKind, ClockStatus
from workflows.procedure.states import CaseState

S = CaseState
OPEN = (S.RECEIVED, S.TRIAGE, S.ANSWERING, S.MEDIATION, S.COMMITTEE, S.SETTLED, S.DECIDED, S.REVIEW, S.PERFORMING)
DESK = (S.RECEIVED, S.TRIAGE, S.ANSWERING, S.MEDIATION, S.SETTLED)
SOON = timedelta(hours=24)
PAGE = 40


def standard_views(actor: Actor, now: datetime) -> dict[str, tuple[str, Filter]]:
    """Return the views everybody has: key → name and filter."""
    return {
        "mine": (_("My cases"), Filter(states=OPEN, assignee_id=actor.user_id or -1)),
        "unassigned": (_("Unassigned"), Filter(states=DESK, unassigned=True)),
        "emergency": (_("Emergencies"), Filter(states=OPEN, emergency=True)),
        "soon": (_("Due soon"), Filter(states=OPEN, due_before=now + SOON)),
        "sorting": (_("To be sorted"), Filter(states=(S.RECEIVED, S.TRIAGE))),
        "waiting": (_("Waiting for an answer"), Filter(states=(S.ANSWERING,))),
        "publish": (_("To be published"), Filter(states=(S.SETTLED, S.DECIDED))),
        "review": (_("Reviews"), Filter(states=(S.REVIEW,))),
        "all": (_("All open cases"), Filter(states=OPEN)),
        "closed": (_("Closed"), Filter(states=(S.CLOSED,))),
    }


def saved_views(actor: Actor) -> Sequence[SavedView]:
    """Return the views that this person saved, by name."""
    query = select(SavedView).where(SavedView.user_id == actor.user_id).order_by(SavedView.name)
    return session().scalars(query).all()


def refined(wanted: Filter, args: Mapping[str, Any]) -> Filter:
    """Return the view's filter, narrowed by what was chosen on the page; what is not one of the choices is ignored."""
    state, anomaly, tongue = args.get("state"), args.get("anomaly"), args.get("language")
    return replace(
        wanted,
        states=(CaseState(state),) if state in set(CaseState) else wanted.states,
        anomaly=anomaly if anomaly in ANOMALIES else None,
        language=tongue if tongue in LANGUAGES else None,
        text=(args.get("q") or "").strip()[:100] or None,
    )


ANOMALIES = (
    "system_fault", "product_info_error", "payment_info_error", "logistics_info_error", "return_refusal", "other"
)  # fmt: skip


class Group(Struct, frozen=True):
    """Rows that are about equally urgent."""

    key: str
    title: str
    rows: list[dict[str, Any]]


def groups(cases: Sequence[Case], now: datetime, view: str) -> list[Group]:
    """Return the rows of the page under overdue, two hours, today, later, and without a clock."""
    titles = {
        "over": _("Overdue"), "two_hours": _("Within 2 hours"), "today": _("Due today"), "later": _("Later"),
        "none": _("No time limit running"),
    }  # fmt: skip
    urgency = {case.id: _urgency(case, now) for case in cases}
    ordered = groupby(cases, key=lambda case: urgency[case.id])
    return [Group(key, titles[key], [row(case, now, view) for case in members]) for key, members in ordered]


def _urgency(case: Case, now: datetime) -> str:
    if case.due_at >= FAR:
        return "none"
    if case.due_at <= now:
        return "over"
    if case.due_at - now <= timedelta(hours=2):
        return "two_hours"
    tz: ZoneInfo = zone()
    return "today" if case.due_at.astimezone(tz).date() == now.astimezone(tz).date() else "later"


def row(case: Case, now: datetime, view: str) -> dict[str, Any]:
    """Return a case as `components/desk.html` draws a row."""
    url = url_for("desk.case", number=case.number)
    return {
        "number": case.number,
        "url": url,
        "part_url": url_for("desk.case", number=case.number, part="work"),
        "title": case.title,
        "lang": case.language,
        "parties": parties(case),
        "amount_text": money(case.amount_minor, case.currency),
        "clock": nearest(case, now),
        "tags": tags(case),
        "selectable": view not in ("closed", "search"),
        "open": False,
    }


def parties(case: Case) -> str:
    """Return who complains of whom, in one line."""
    complainant = case.parties[0] if case.parties else None
    who = (complainant.name if complainant else None) or _("A consumer")
    whom = case.respondent.name if case.respondent else (complainant.respondent_named if complainant else None)
    return _("%(who)s v %(whom)s", who=who, whom=whom) if whom else who


def tags(case: Case) -> list[dict[str, str | None]]:
    """Return at most two tags: what must not be overlooked first, then where the case is."""
    found: list[dict[str, str | None]] = []
    if case.emergency and not case.emergency_started_at:
        found.append({"text": _("Emergency · not started"), "tone": "red"})
    elif case.emergency and not case.emergency_ended_at:
        found.append({"text": _("Emergency · under way"), "tone": "soon"})
    if case.anomaly_status != "confirmed" and case.state in (S.RECEIVED, S.TRIAGE):
        found.append({"text": _("Sort by hand"), "tone": "soon"})
    else:
        found.append({"text": named(case.state, "state"), "tone": None})
    if case.language != language():
        found.append({"text": SHORT[case.language], "tone": "brand"})
    return found[:2]


def next_due(cases: Sequence[Case], now: datetime) -> str:
    """Return when the next clock of this page ends, in words; empty when none runs."""
    running = [clock for case in cases for clock in case.clocks if clock.status is ClockStatus.RUNNING]
    statutory = [clock for clock in running if clock.kind in (ClockKind.FIRST_REPLY, ClockKind.RESOLUTION)]
    return clock_face(min(statutory, key=lambda c: c.due_at), now).due_text if statutory else ""


def subtitle(case: Case) -> str:
    """Return the line under a case's title: parties, amount, channel."""
    pieces = [parties(case), money(case.amount_minor, case.currency), named(case.channel, "channel")]
    return " · ".join(piece for piece in pieces if piece)


def choices() -> dict[str, list[tuple[str, str]]]:
    """Return what the filters of the page offer."""
    return {
        "state": [(state.value, named(state, "state")) for state in CaseState],
        "anomaly": [(key, law(key, "anomaly")) for key in ANOMALIES],
        "language": [(tag, SHORT[tag]) for tag in LANGUAGES],
    }


def page(actor: Actor, wanted: Filter, *, cursor: str | None, newest: bool) -> Any:
    """Return one page of the view, the most urgent first (closed cases: newest first)."""
    return queries.page(actor, wanted, order="-received" if newest else "due", cursor=cursor, limit=PAGE)


def selected_words(n: int) -> str:
    """Return how many cases were chosen."""
    return ngettext("%(num)s case", "%(num)s cases", n)
