"""Clocks, findings and messages as pages show them. Words first, colour second."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from msgspec import Struct

from app.accounts import queries as people
from app.cases.models import Case, Clock, Finding
from app.cases.models_talk import Message
from app.core.languages import NAMES
from app.web.filters import clause_url, instant, law, named
from app.web.i18n import language
from workflows.procedure.checks.finding import Finding as Found
from workflows.procedure.clocks import TIMERS, ClockStatus, face
from workflows.procedure.names import name


class ClockFace(Struct, frozen=True):
    """What `components/clock.html` draws."""

    kind: str
    label: str
    tone: str
    text: str
    due_at: datetime | None
    due_text: str
    clause: str
    clause_url: str
    status: str


def clock_face(clock: Clock, now: datetime) -> ClockFace:
    """Return how a clock looks at `now`, in the reader's language."""
    look = face(
        kind=clock.kind, status=clock.status, started_at=clock.started_at, due_at=clock.due_at, met_at=clock.ended_at,
        now=now,
    )  # fmt: skip
    runs = look.tone not in ("met", "late")
    words = _left(look.left) if runs else name("clock_status", clock.status, language())
    return ClockFace(
        kind=clock.kind, label=name("clock", clock.kind, language()), tone=look.tone, text=words,
        due_at=clock.due_at if runs else None, due_text=instant(clock.due_at if runs else clock.ended_at),
        clause=clock.clause, clause_url=clause_url(clock.clause), status=clock.status,
    )  # fmt: skip


def case_faces(case: Case, now: datetime, *, everything: bool = False) -> list[ClockFace]:
    """Return the statutory clocks of a case that matter now: open ones first by end, then those that were met."""
    clocks = [clock for clock in case.clocks if everything or clock.kind not in TIMERS]
    clocks = [clock for clock in clocks if everything or clock.status is not ClockStatus.STOPPED]
    clocks.sort(key=lambda clock: (not clock.is_open, clock.due_at, clock.id))
    return [clock_face(clock, now) for clock in clocks]


def nearest(case: Case, now: datetime) -> ClockFace | None:
    """Return the face of the clock that ends first among the open statutory ones."""
    faces = [each for each in case_faces(case, now) if each.tone not in ("met", "late")]
    return faces[0] if faces else None


def _left(left: timedelta) -> str:
    seconds = int(abs(left).total_seconds())
    days, rest = divmod(seconds, 86_400)
    hours, minutes = divmod(rest // 60, 60)
    time = _("%(d)s d %(h)s h", d=days, h=hours) if days else f"{hours}:{minutes:02d}"
    return _("over %(time)s", time=time) if left < timedelta(0) else _("%(time)s left", time=time)


def finding_faces(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Return findings as `components/case.html` draws them."""
    found = list(findings)
    by = people.names([finding.confirmed_by for finding in found])
    return [
        {
            "verdict": finding.verdict,
            "title": named(finding.verdict, "verdict"),
            "explanation": finding.explanation[language()],
            "clause": finding.clause,
            "clause_url": clause_url(finding.clause),
            "liable": law(finding.liable, "party_kind"),
            "confirmed_by": by.get(finding.confirmed_by or 0),
        }
        for finding in found
    ]


def found_faces(found: Iterable[Found], tongue: str) -> list[dict[str, Any]]:
    """Return findings fresh from the rule engine as `components/case.html` draws them."""
    return [
        {
            "verdict": str(each.verdict),
            "title": named(each.verdict, "verdict"),
            "explanation": each.explanation.in_(tongue),
            "clause": each.clause,
            "clause_url": clause_url(each.clause),
            "liable": law(each.liable, "party_kind"),
            "confirmed_by": None,
        }
        for each in found
    ]


def _audience(message: Message) -> str:
    """Return who reads it; of two versions of the same, in which language this one is."""
    words = named(message.audience, "audience")
    return f"{words} · {NAMES[message.language]}" if message.reader else words


def message_faces(messages: Iterable[Message]) -> list[dict[str, Any]]:
    """Return messages as `components/case.html` draws them."""
    said = list(messages)
    by = people.names([message.user_id for message in said])
    return [
        {
            "author": by.get(message.user_id or 0) or named(message.side, "side"),
            "role": named(message.side, "side"),
            "audience": message.audience,
            "audience_label": _audience(message),
            "at": message.at,
            "at_text": instant(message.at),
            "text": message.body,
            "lang": message.language,
        }
        for message in said
    ]
