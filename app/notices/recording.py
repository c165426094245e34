"""What the transparency log says of published outcomes, and what of a case is opened to anyone when it is published.

Opened is what a stranger needs to check the outcome: when which step was taken, how each clock ran, who could be drawn
and who was, how was voted, what the files' hashes are. Closed stay names, numbers, words, whose vote a vote is, and
everything that was offered. Source: clauses 2.2.4.4, 3.1.4.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Any

from sqlalchemy import and_, select

from app.cases.models import Case, CaseEvent, Clock, ClockEffect
from app.cases.recording import about
from app.committee.models import Decision, Issue, Panel, PanelDraw, PanelSeat, Vote
from app.core.db import session
from app.ledger import service as ledger
from app.ledger.models import LedgerEntry
from app.ledger.records import key_of, kind_of, plain, recorded
from app.notices.models import Notice, RegisterEntry
from workflows.procedure.recompute import DETAILS

STEP = ("case_id", "seq", "at", "action", "branch", "side", "from_state", "to_state")
DETAIL = (*DETAILS, "desk", "due_at", "round", "votes")
CLOCK = ("id", "kind", "generation", "clause", "figure", "started_at", "due_at", "status", "ended_at")


@recorded("publication", RegisterEntry)
def _publication(row: RegisterEntry) -> dict[str, Any]:
    names = ("id", "case_id", "kind", "round", "number", "code", "outcome", "published_at", "account")
    return {name: getattr(row, name) for name in names}


@recorded("notice", Notice, when=and_(Notice.pdf_sha256.is_not(None), Notice.entry_id.is_not(None)))
def _notice(row: Notice) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("entry_id", "edition", "language", "pdf_sha256", "pdf_size")}


def account_of(case: Case) -> dict[str, Any]:
    """Return what the record says of the case's clocks now, and by which rules."""
    session().flush()  # clocks that began just now have no number yet
    clocks = sorted(case.clocks, key=lambda clock: clock.id)
    return {
        "case_number": case.number, "law_as_of": case.law_as_of.isoformat(), "rulebook": case.rulebook_version,
        "last_seq": case.last_seq, "clocks": [_clock(clock) for clock in clocks],
    }  # fmt: skip


def _clock(clock: Clock) -> dict[str, Any]:
    return {name: plain(getattr(clock, name)) for name in CLOCK}


# --- opening -------------------------------------------------------------------------------------------------------


def _act(row: CaseEvent) -> Collection[str]:
    """What was offered stays closed; that a step was taken is opened where it moved the case or ended a clock."""
    if row.walled:
        owed = ("detail.owed",) if "owed" in row.detail else ()
        return (*STEP, *owed) if row.from_state != row.to_state or row.action == "answer" else ()
    return (*STEP, "clause", *(f"detail.{name}" for name in DETAIL if name in row.detail))


def _seat(row: PanelSeat) -> Collection[str]:
    """Whose vote a vote is stays closed; but the chair's breaks a tie."""
    return ("panel_id", "user_id", "place", "draw", *(("ballot",) if row.is_chair else ()))


def _everything(row: Any) -> Collection[str]:
    return kind_of(row).read(row)


OPENED: tuple[tuple[type[Any], Callable[[Any], Collection[str]]], ...] = (
    (CaseEvent, _act),
    (ClockEffect, _everything),
    (Panel, _everything),
    (Issue, _everything),
    (PanelDraw, _everything),
    (PanelSeat, _seat),
    (Vote, lambda row: ("id", "panel_id", "issue_id", "ballot", "choice")),
    (Decision, lambda row: ("id", "case_id", "round", "number", "outcome", "clauses", "signed_at")),
    (RegisterEntry, _everything),
    (Notice, _everything),
)


def show(case_id: int) -> None:
    """Open to anyone what the published outcomes of a case rest on; what was opened before stays."""
    ledger.queue()
    of_case = select(LedgerEntry).where(LedgerEntry.subject == about(case_id), LedgerEntry.opening.is_(None))
    entries = {(each.kind, each.record_id): each for each in session().scalars(of_case)}
    for model, opened in OPENED:
        for entry, row in _rows(model, entries):
            if names := opened(row):
                ledger.show(entry, row, names)


def _rows(model: type[Any], entries: dict[tuple[str, int], LedgerEntry]) -> Iterator[tuple[LedgerEntry, Any]]:
    key = key_of(model)
    ids = [record_id for kind, record_id in entries if kind == key]
    for row in session().scalars(select(model).where(model.id.in_(ids)).order_by(model.id)) if ids else ():
        yield entries[key, row.id], row
