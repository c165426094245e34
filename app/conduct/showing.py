"""Penalties in the reader's words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from msgspec import Struct

from app.cases.models import CaseEvent
from app.conduct.models import Penalty
from app.web.filters import money, named
from app.web.i18n import language
from workflows.procedure.penalties import Stage
from workflows.regulation import book

TONES = {Stage.IN_FORCE: "red", Stage.TO_DECIDE: "soon", Stage.HEARING: "soon", Stage.APPEALED: "soon"}
GONE = (Stage.DROPPED, Stage.LIFTED, Stage.VOID)


def breach_name(key: str) -> str:
    """Return what a kind of breach is called."""
    return str(book.current().breach(key).name.in_(language()))


def measure_shown(measure: str, fine_minor: int, days: int) -> str:
    """Return a measure with its sum and days: Fine ¥500.00; Suspension, 7 days ¥1,000.00."""
    words = named(measure, "measure")
    if measure == "suspension" and days:
        words = _("%(measure)s, %(length)s", measure=words, length=ngettext("%(num)s day", "%(num)s days", days))
    return f"{words} {money(fine_minor)}" if fine_minor else words


class Face(Struct, frozen=True):
    """A penalty as pages show it at an instant."""

    penalty: Penalty
    stage: Stage
    tone: str | None
    breach: str
    measure: str

    @property
    def bites(self) -> bool:
        return self.stage is Stage.IN_FORCE

    @property
    def gone(self) -> bool:
        return self.stage in GONE


def face(penalty: Penalty, at: datetime) -> Face:
    """Return a penalty in the reader's words, as it stands at `at`."""
    where = penalty.stage(at)
    measure = measure_shown(penalty.measure, penalty.fine_minor, penalty.days)
    return Face(penalty, where, TONES.get(where), breach_name(penalty.breach), measure)


def story(entries: Sequence[CaseEvent]) -> list[dict[str, Any]]:
    """Return what was done about a penalty, oldest first: when, what, on which side, what was said."""
    return [
        {
            "at": entry.at, "what": named(entry.action, "action"), "side": entry.side,
            "branch": _branch(entry), "said": entry.detail.get("text") or entry.detail.get("reason") or "",
        }
        for entry in entries
    ]  # fmt: skip


def _branch(entry: CaseEvent) -> str:
    words = {"imposed": _("imposed"), "dropped": _("dropped"), "upheld": _("it stands"), "lifted": _("lifted")}
    if because := entry.detail.get("because"):
        return named(because, "penalty_void")
    return words.get(entry.branch, "")
