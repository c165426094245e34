"""The log held against what it is about: the tree, the signatures, and every record in the database.

A row that was altered, taken away or slipped in by any other way than the program's own is found here, with the index
of its entry. Source: clause 3.1.4.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from sqlalchemy import select

from app.core.db import session
from app.ledger import queries, tree
from app.ledger.models import Forgetting, LedgerEntry
from app.ledger.records import Kind, kinds
from workflows.verify import log
from workflows.verify.commitments import commit
from workflows.verify.log import Fault, Log
from workflows.verify.merkle import Levels
from workflows.verify.notes import Checkpoint, Key

AT_ONCE = 1_000


def copy() -> Log:
    """Return the log as it is stored."""
    query = select(LedgerEntry.commitment).where(LedgerEntry.position.is_not(None)).order_by(LedgerEntry.position)
    notes = [note for each in queries.checkpoints() for note in (each.note, each.cosigned) if note]
    return Log(list(session().scalars(query)), tree.whole_level(), notes)


def check(key: Key, *, known: Iterable[Checkpoint] = ()) -> list[Fault]:
    """Return everything that is wrong with the log and with what it is about; empty when all is sound."""
    stored = copy()
    return [*log.check(stored, key, known=known), *_inner(stored), *_places(), *_records()]


def _inner(stored: Log) -> Iterator[Fault]:
    """Yield the levels of the stored tree that do not follow from its leaves."""
    levels = Levels(stored.leaves).levels
    for level in range(1, (len(levels) - 1) // tree.HEIGHT + 1):
        if tree.whole_level(level) != levels[level * tree.HEIGHT]:
            yield Fault(f"level {level} of the tree's tiles does not follow from the leaves")


def _places() -> Iterator[Fault]:
    """Yield the first gap in the places of the entries."""
    query = select(LedgerEntry.position).where(LedgerEntry.position.is_not(None)).order_by(LedgerEntry.position)
    gap = next((n for n, position in enumerate(session().scalars(query)) if n != position), None)
    if gap is not None:
        yield Fault("no entry has this place", gap)


def _records() -> Iterator[Fault]:
    forgotten = set(chain.from_iterable(session().scalars(select(Forgetting.subjects))))
    for kind in kinds().values():
        yield from _missing(kind)
        for entry, row in _pairs(kind):
            if fault := _compared(kind, entry, row, forgotten):
                yield fault


def _pairs(kind: Kind[Any]) -> Iterator[tuple[LedgerEntry, Any]]:
    """Yield each entry of a kind with its row (None where it is gone), a thousand at a time."""
    last = 0
    query = select(LedgerEntry, kind.model).outerjoin(kind.model, kind.model.id == LedgerEntry.record_id)
    query = query.where(LedgerEntry.kind == kind.key).order_by(LedgerEntry.id).limit(AT_ONCE)
    while rows := session().execute(query.where(LedgerEntry.id > last)).all():
        yield from ((row[0], row[1]) for row in rows)
        last = rows[-1][0].id
        session().expunge_all()


def _missing(kind: Kind[Any]) -> Iterator[Fault]:
    """Yield rows that the log knows nothing of."""
    known = select(LedgerEntry.record_id).where(LedgerEntry.kind == kind.key)
    number = kind.model.id
    for row_id in session().scalars(select(number).where(kind.when, number.not_in(known))):
        yield Fault(f"{kind.key} {row_id} is not in the log: it was slipped in")


def _compared(kind: Kind[Any], entry: LedgerEntry, row: Any, forgotten: set[str]) -> Fault | None:
    name = f"{kind.key} {entry.record_id}"
    if entry.salt is None:
        return None if entry.subject in forgotten else Fault(f"the salt of {name} is gone unsaid", entry.position)
    if row is None:
        return Fault(f"{name} was taken away", entry.position)
    try:
        same = commit(entry.salt, kind.read(row)) == entry.commitment
    except (ValueError, TypeError, AttributeError, LookupError):  # what was written there by hand cannot even be read
        same = False
    return None if same else Fault(f"{name} was altered", entry.position)
