"""What a member reads before they vote: every admitted exhibit, and whatever became of the dossier since they read it.

The receipts are kept: who opened what, and when. Source: clause 3.3.2.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from app.cases import pleadings
from app.cases import queries as cases
from app.cases.actions import performs
from app.cases.exhibits import Exhibit, admitted, when_opened
from app.cases.models import Case, Finding
from app.cases.pleadings import Pleading
from app.cases.service import advance, after
from app.committee import queries
from app.committee.commands import ReadDossier
from app.committee.models import DossierReading, ExhibitReading, Panel
from app.committee.queries import Receipts
from app.committee.service_draw import tell
from app.core.db import session
from workflows.procedure.act import Act
from workflows.procedure.authority import Actor
from workflows.procedure.errors import Invalid, NotPermitted
from workflows.procedure.reading import Change, changes, digest_of, mark_of
from workflows.procedure.states import Action


class Reading(Struct, frozen=True):
    """How far a member has read: the exhibits they have not opened, what changed since, and the dossier's mark now."""

    unopened: list[Exhibit]
    changed: list[Change]
    mark: str

    @property
    def complete(self) -> bool:
        return not self.unopened and not self.changed


class Material(Struct, frozen=True):
    """What can change of a dossier while a panel is at work on it."""

    findings: Sequence[Finding]
    exhibits: Sequence[Exhibit]
    answers: Sequence[Pleading]

    @property
    def held(self) -> dict[str, str]:
        """What it says now, part by part."""
        parts = {f"exhibit/{each.number}": each.filename for each in self.exhibits}
        parts |= {f"finding/{each.clause}": each.verdict for each in self.findings}
        told = enumerate(self.answers, start=1)
        return parts | {f"answer/{n}": digest_of(each.position, each.clause, each.text) for n, each in told}


def material_of(case: Case) -> Material:
    """Return what the dossier holds now."""
    return Material(cases.findings(case), admitted(case), pleadings.told(case))


def reading_of(material: Material, receipts: Receipts, user_id: int | None) -> Reading:
    """Return how far this member has read."""
    mine, now = receipts.opened.get(user_id or 0, {}), material.held
    return Reading(
        unopened=[each for each in material.exhibits if each.id not in mine],
        changed=[] if receipts.held is None else changes(receipts.held, now), mark=mark_of(now),
    )  # fmt: skip


def _reading_now(case: Case, panel: Panel, actor: Actor) -> Reading:
    return reading_of(material_of(case), queries.receipts(panel, actor.user_id), actor.user_id)


def require_read(case: Case, panel: Panel, act: Act) -> None:
    """Raise Invalid unless the member has opened every admitted exhibit and read what changed."""
    reading = _reading_now(case, panel, act.actor)
    if reading.unopened:
        numbers = ", ".join(str(each.number) for each in reading.unopened)
        raise Invalid("exhibits_unopened", exhibits=numbers)
    if reading.changed:
        raise Invalid("dossier_changed")


def open_dossier(case: Case, panel: Panel, act: Act) -> None:
    """Note what the dossier holds as it opens to a member: from here on they are shown what becomes of it."""
    row = DossierReading(panel_id=panel.id, user_id=act.actor.user_id or 0, held=material_of(case).held, at=act.at)
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
    return bool(_reading_now(case, panel, actor).changed)


@performs(Action.READ_DOSSIER, ReadDossier, ready=_has_news)
def read_dossier(case: Case, command: ReadDossier, act: Act) -> None:
    """Take a member's word that they read what is new; `mark` says which state of the dossier they saw."""
    panel = queries.panel_of(case)
    seat = panel.seat_of(act.actor.user_id) if panel else None
    if panel is None or seat is None or not seat.declared_free:
        raise NotPermitted("undeclared")
    reading = _reading_now(case, panel, act.actor)
    if command.mark and command.mark != reading.mark:
        raise Invalid("dossier_changed", pointer="/mark")
    parts = [each.part for each in reading.changed]
    advance(case, Action.READ_DOSSIER, act=act, detail={"round": panel.round, "parts": parts})
    open_dossier(case, panel, act)


@after(Action.ADD_EVIDENCE)
@after(Action.RULE_EVIDENCE)
@after(Action.CONFIRM_FINDING)
def tell_readers(case: Case, act: Act) -> None:
    """Tell the members who have the dossier open that it is not what they read any more."""
    panel = queries.panel_of(case) if case.state in queries.BEFORE else None
    if panel is None or not panel.sealed:
        return
    for seat in panel.live_seats:
        if seat.declared_free and seat.user_id != act.actor.user_id:
            tell(case, seat.user, "dossier_changed", act=act)
