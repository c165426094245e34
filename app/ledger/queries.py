"""Reading the log: checkpoints, entries, proofs."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from app.core import paging
from app.core.db import session
from app.ledger.models import LedgerCheckpoint, LedgerEntry
from app.ledger.tree import Tree
from workflows.verify.merkle import consistency_proof, inclusion_proof


def latest(*, witnesses: int = 0) -> LedgerCheckpoint | None:
    """Return the newest checkpoint that at least so many witnesses cosigned; None before there is one."""
    query = select(LedgerCheckpoint).where(LedgerCheckpoint.witnesses >= witnesses)
    return session().scalars(query.order_by(LedgerCheckpoint.size.desc()).limit(1)).one_or_none()


def size() -> int:
    """Return how many entries the newest checkpoint covers."""
    return session().scalars(select(func.max(LedgerCheckpoint.size))).one() or 0


def checkpoints() -> Sequence[LedgerCheckpoint]:
    """Return all checkpoints, oldest first."""
    return session().scalars(select(LedgerCheckpoint).order_by(LedgerCheckpoint.size)).all()


def covering(position: int) -> LedgerCheckpoint | None:
    """Return the first checkpoint that covers the entry at `position`; None while it is not signed."""
    query = select(LedgerCheckpoint).where(LedgerCheckpoint.size > position).order_by(LedgerCheckpoint.size).limit(1)
    return session().scalars(query).one_or_none()


def entry_at(position: int) -> LedgerEntry | None:
    """Return the entry at a position of the tree."""
    return session().scalars(select(LedgerEntry).where(LedgerEntry.position == position)).one_or_none()


def entry_with(commitment: bytes) -> LedgerEntry | None:
    """Return the entry with this commitment, if it has its place already."""
    query = select(LedgerEntry).where(LedgerEntry.commitment == commitment, LedgerEntry.position.is_not(None))
    return session().scalars(query.limit(1)).one_or_none()


def page(*, first: int = 0, limit: int = paging.LIMIT) -> paging.Page[tuple[int, bytes]]:
    """Return position and commitment of the entries from `first` on, in the order of the tree."""
    query = select(LedgerEntry.position, LedgerEntry.commitment).where(LedgerEntry.position >= first)
    found = session().execute(query.order_by(LedgerEntry.position).limit(limit + 1))
    rows = [(position, commitment) for position, commitment in found if position is not None]
    more = len(rows) > limit
    return paging.Page(rows[:limit], paging.encode(first + limit) if more else None)


def inclusion(position: int, at_size: int) -> list[bytes]:
    """Return the proof that the tree at a size holds the entry. Raises: ValueError outside the tree."""
    return inclusion_proof(Tree(), position, at_size)


def consistency(old: int, new: int) -> list[bytes]:
    """Return the proof that the tree at `new` only added to the one at `old`. Raises: ValueError."""
    return consistency_proof(Tree(), old, new)
