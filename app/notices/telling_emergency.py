"""What was done about an emergency, as the deadline receipt lists it: when, what, by which side. It names nobody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from app.cases.models import Case, CaseEvent
from app.emergency.queries import entries_of, plan_of
from app.notices import phrasing
from app.notices.facts import NoticeLanguage, Table
from app.notices.wording import words
from workflows.procedure.names import name
from workflows.procedure.states import Action


def emergency_table(case: Case, language: NoticeLanguage, *, at: datetime) -> tuple[Table, ...]:
    """Return the list of what was done until `at`, or nothing where there was no emergency. Source: clause 2.2.3.3."""
    entries = [entry for entry in entries_of([case])[case.id] if entry.at <= at]
    if not entries:
        return ()
    head = tuple(words(f"column.{column}", language) for column in ("when", "what", "who"))
    return (
        Table(
            caption=words("emergency.done", language),
            head=head,
            rows=tuple(_rows(case, entries, language)),
            shape="emergency",
        ),
    )


def _rows(case: Case, entries: list[CaseEvent], language: NoticeLanguage) -> Iterator[tuple[str, ...]]:
    for entry in entries:
        when = phrasing.moment(entry.at, language, ZoneInfo(case.time_zone))
        yield when, _what(case, entry, language), name("side", entry.side, language)


def _what(case: Case, entry: CaseEvent, language: NoticeLanguage) -> str:
    what = name("action", entry.action, language)
    if entry.action is Action.CALL_CONTACT:
        return f"{what}: {name('call_stage', entry.detail['stage'], language)}"
    if entry.action not in (Action.START_EMERGENCY, Action.EMERGENCY_STEP):
        return what
    plan = plan_of(case, entry.detail["plan"])
    said = plan.name if entry.action is Action.START_EMERGENCY else plan.steps[entry.detail["step"] - 1]
    return f"{what}: {said.in_(language)}"
