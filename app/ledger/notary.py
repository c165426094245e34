"""Giving entries their place in the tree and signing it: what the notary's process does, in two steps.

`next_batch` reads and hashes outside any transaction; `seal` writes places, tiles and the signed checkpoint in one, so
there is never a signed root without its leaves, nor leaves without their root. Source: clause 3.1.4.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from msgspec import Struct
from sqlalchemy import select, update

from app.core.db import session
from app.ledger import queries, service, tree
from app.ledger.models import LedgerCheckpoint, LedgerEntry, LedgerTile
from app.ledger.tree import Place, Tree
from workflows.verify.merkle import leaf_hash, root_at
from workflows.verify.notes import Checkpoint, Signer

AT_ONCE = 1_000
SIGN_AGAIN = timedelta(seconds=30)
"""A checkpoint is at most a minute old, also when nothing happened."""


class Refused(Exception):
    """The stored log is not what was signed before: rolled back or rewritten. A person has to look first."""


class Batch(Struct, frozen=True):
    """The next entries with the tree that they lead to."""

    first: int
    entries: tuple[int, ...]
    tiles: Mapping[Place, bytes]
    size: int
    root: bytes


def next_batch(*, limit: int = AT_ONCE, known: Checkpoint | None = None) -> Batch:
    """Return what comes next, perhaps nothing new. `known` is what the notary signed last, by its own memory.

    Raises: Refused when the stored tree does not begin with what is known.
    """
    first, nodes = queries.size(), Tree()
    if known and (known.size > first or root_at(nodes, known.size) != known.root):
        raise Refused(f"The log of {first} entries is not the one that was signed with {known.size}.")
    query = select(LedgerEntry.id, LedgerEntry.commitment).where(LedgerEntry.position.is_(None))
    waiting = session().execute(query.order_by(LedgerEntry.id).limit(limit)).all()
    tiles = tree.grown(nodes, first, [leaf_hash(row.commitment) for row in waiting])
    size = first + len(waiting)
    return Batch(first, tuple(row.id for row in waiting), tiles, size, root_at(nodes, size))


def signed(batch: Batch, signer: Signer, *, at: datetime) -> str:
    """Return the checkpoint of a batch as a signed note. It says when, so that a log that stands still shows."""
    instant = at.astimezone(UTC).isoformat(timespec="seconds")
    body = Checkpoint(signer.name, batch.size, batch.root, (f"time {instant}",)).body
    return f"{body}\n{signer.line(body)}"


def is_due(batch: Batch, at: datetime) -> bool:
    """Return whether there is something to sign: new entries, or a checkpoint that grows old."""
    last = queries.latest()
    return bool(batch.entries) or last is None or at - last.signed_at >= SIGN_AGAIN


def seal(batch: Batch, note: str, *, at: datetime) -> bool:
    """Write a batch and its signed note. Returns False, and writes nothing, if the tree grew meanwhile."""
    if queries.size() != batch.first:
        return False
    places = [{"id": entry_id, "position": batch.first + n} for n, entry_id in enumerate(batch.entries)]
    if places:
        session().execute(update(LedgerEntry), places)
        _keep(batch.tiles)
    last = session().get(LedgerCheckpoint, batch.size)
    if last is None:
        session().add(LedgerCheckpoint(size=batch.size, root=batch.root, note=note, made_at=at, signed_at=at))
    else:
        last.note, last.signed_at = note, at
    return True


def _keep(tiles: Mapping[Place, bytes]) -> None:
    there = tree.stored(list(tiles))
    for (level, n), hashes in tiles.items():
        if tile := there.get((level, n)):
            tile.hashes = hashes
        else:
            session().add(LedgerTile(level=level, n=n, hashes=hashes))


def sign_now(signer: Signer, *, at: datetime) -> None:
    """Place and sign everything that waits, within the caller's transaction: for the demo, which plays weeks in one."""
    service.queue()
    while True:
        batch = next_batch()
        seal(batch, signed(batch, signer, at=at), at=at)
        session().flush()
        if len(batch.entries) < AT_ONCE:
            return
