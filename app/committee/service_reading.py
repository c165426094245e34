"""What a member reads before they vote: every admitted exhibit, and whatever became of the dossier since they read it.

The receipts are kept: who opened what, and when. Source: clause 3.3.2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.cases import pleadings
from app.cases import queries as cases
from app.cases.actions import performs
from app.cases.exhibits import Exhibit, admitted, when_opened
from app.cases.models import Case, CaseEvent
from app.cases.service import advance, after
from app.committee import queries
from app.committee.commands import ReadDossier
from app.committee.models import DossierReading, ExhibitReading, Panel
from app.committee.service_draw import tell
from app.core.db import session
from workflows.procedure.act import Act
from workflows.procedure.authority import SYSTEM, Actor
from workflows.procedure.errors import Invalid, NotPermitted
from workflows.procedure.reading import Change, changes, digest_of, mark_of
from workflows.procedure.states import Action


@dataclass(frozen=True, slots=True)
class Reading:
    """How far a member has read: the exhibits they have not opened, what changed since, and the dossier's mark now."""

    unopened: list[Exhibit]
    changed: list[Change]
    mark: str

    @property
    def complete(self) -> bool:
        return not self.unopened and not self.changed


def held(case: Case) -> dict[str, str]:
    """Return what the dossier holds now, part by part."""
    parts = {"claim": digest_of(case.narrative, repr(case.remedies_sought))}
    parts |= {f"exhibit/{each.number}": each.filename for each in admitted(case)}
    parts |= {f"finding/{each.clause}": each.verdict for each in cases.findings(case)}
    told = enumerate(pleadings.told(case), start=1)
    parts |= {f"answer/{n}": digest_of(each.position, each.clause, each.text) for n, each in told}
    return parts | {"summary": digest_of(summary(cases.events(case, SYSTEM)))}


def summary(history: Sequence[CaseEvent]) -> str:
    """Return what the mediator wrote when the case was handed over."""
    return next((e.detail.get("summary") or "" for e in reversed(history) if e.action is Action.REFER), "")


def reading_of(case: Case, panel: Panel, user_id: int | None) -> Reading:
    """Return how far this member has read."""
    now = held(case)
    opened = queries.opened_by(panel).get(user_id or 0, {})
    last = queries.last_reading(panel, user_id)
    return Reading(
        unopened=[each for each in admitted(case) if each.id not in opened],
        changed=changes(last.held, now) if last else [], mark=mark_of(now),
    )  # fmt: skip


def require_read(case: Case, panel: Panel, act: Act) -> None:
    """Raise Invalid unless the member has opened every admitted exhibit and read what changed."""
    reading = reading_of(case, panel, act.actor.user_id)
    if reading.unopened:
        numbers = ", ".join(str(each.number) for each in reading.unopened)
        raise Invalid("exhibits_unopened", exhibits=numbers)
    if reading.changed:
        raise Invalid("dossier_changed")


def open_dossier(case: Case, panel: Panel, act: Act) -> None:
    """Note what the dossier holds as it opens to a member: from here on they are shown what becomes of it."""
    row = DossierReading(panel_id=panel.id, user_id=act.actor.user_id or 0, held=held(case), at=act.at)
    session().add(row)


@when_opened
def receipt(case_id: int, exhibit_id: int, act: Act) -> None:
    """Write down that a member of the panel opened an exhibit; the first time counts, and stays."""
    for panel in queries.panels_read_by(case_id, act.actor.user_id):
        key = {"panel_id": panel.id, "user_id": act.actor.user_id, "exhibit_id": exhibit_id}
        if session().get(ExhibitReading, key) is None:
            session().add(ExhibitReading(**key, at=act.at))


def _has_news(case: Case, actor: Actor) -> bool:
    panel = queries.panel_of(case)
    seat = panel.seat_of(actor.user_id) if panel else None
    if panel is None or seat is None or not panel.sealed or not seat.declared_free:
        return False
    return bool(reading_of(case, panel, actor.user_id).changed)


@performs(Action.READ_DOSSIER, ReadDossier, ready=_has_news)
def read_dossier(case: Case, command: ReadDossier, act: Act) -> None:
    """Take a member's word that they read what is new; `mark` says which state of the dossier they saw."""
    panel = queries.panel_of(case)
    seat = panel.seat_of(act.actor.user_id) if panel else None
    if panel is None or seat is None or not seat.declared_free:
        raise NotPermitted("undeclared")
    if command.mark and command.mark != mark_of(held(case)):
        raise Invalid("dossier_changed", pointer="/mark")
    parts = [each.part for each in reading_of(case, panel, act.actor.user_id).changed]
    advance(case, Action.READ_DOSSIER, act=act, detail={"round": panel.round, "parts": parts})
    open_dossier(case, panel, act)


@after(Action.ADD_EVIDENCE)
@after(Action.CONFIRM_FINDING)
def tell_readers(case: Case, act: Act) -> None:
    """Tell the members who have the dossier open that it is not what they read any more."""
    panel = queries.panel_of(case) if case.state in queries.BEFORE else None
    if panel is None or not panel.sealed:
        return
    for seat in panel.live_seats:
        if seat.declared_free and seat.user_id != act.actor.user_id:
            tell(case, seat.user, "dossier_changed", act=act)
