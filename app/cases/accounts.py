"""The deadline receipt as a page shows it: each clock explained, and worked out again from the record alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from msgspec import Struct

from app.cases.deadlines import explained
from app.cases.faces import clock_face
from app.cases.models import Case, Clock, ClockEffect
from app.cases.queries import effects
from app.web.filters import instant, local_day, named
from app.web.i18n import language
from workflows.procedure.clocks import TIMERS, ClockStatus
from workflows.procedure.recompute import Account
from workflows.regulation import book
from workflows.regulation.entries import Figure


class Receipt(Struct, frozen=True):
    """Every statutory clock with its account; `sound` tells whether record and stored clocks agree."""

    rows: list[dict[str, Any]]
    sound: bool
    entries: int


def receipt(case: Case, now: datetime) -> Receipt:
    """Return of each statutory clock when and why it began, its figure, warnings and end. Source: clause 2.2.4.3."""
    found = explained(case)
    known = {(account.kind, account.generation): account for account in found.accounts}
    done = effects(case)
    rows = [
        _row(case, clock, [e for e in done if e.clock_id == clock.id], known.get((clock.kind, clock.generation)), now)
        for clock in case.clocks
        if clock.kind not in TIMERS
    ]
    return Receipt(rows, found.sound, case.last_seq)


def _row(
    case: Case, clock: Clock, done: Sequence[ClockEffect], account: Account | None, now: datetime
) -> dict[str, Any]:
    figure = book.current().figure(clock.figure, on=case.law_as_of)
    breach = next((e for e in done if e.effect == "breach"), None)
    return {
        "face": clock_face(clock, now),
        "label": named(clock.kind, "clock"),
        "why": named(clock.kind, "clock_start"),
        "entry": account.started_by.seq if account else None,
        "started": instant(clock.started_at),
        "figure": _length(figure),
        "in_force": local_day(case.law_as_of),
        "own_terms": clock.due_at - clock.started_at != figure.length,
        "note": figure.note.in_(language()),
        "due": instant(clock.due_at),
        "warnings": [
            _("%(time)s, to: %(desk)s", time=instant(e.at), desk=named(e.told, "role")) for e in done if e.told
        ],
        "breached": instant(breach.due_at) if breach else "",
        "end": _ending(clock),
    }


def _length(figure: Figure) -> str:
    words = {
        "minute": lambda n: ngettext("%(num)s minute", "%(num)s minutes", n),
        "hour": lambda n: ngettext("%(num)s hour", "%(num)s hours", n),
        "day": lambda n: ngettext("%(num)s day", "%(num)s days", n),
    }
    return words[figure.unit](figure.value) if figure.unit in words else str(figure.value)


def _ending(clock: Clock) -> str:
    if clock.status in (ClockStatus.RUNNING, ClockStatus.BREACHED) and clock.ended_at is None:
        return ""
    return f"{named(clock.status, 'clock_status')} · {instant(clock.ended_at)}"
