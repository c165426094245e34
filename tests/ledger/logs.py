"""A notary at work, for tests: entries sealed and signed as the running process does it."""

from __future__ import annotations

from app.core.clock import now
from app.core.db import transaction
from app.ledger import keys, notary
from app.ledger.notary import Batch
from workflows.jobs.notary import turn
from workflows.verify.notes import Key, Signer


def a_signer() -> Signer:
    return keys.for_signing()


def sealed(*, signer: Signer | None = None) -> Batch | None:
    """Have the notary take one turn."""
    memory = keys.folder() / "last.note"
    memory.unlink(missing_ok=True)  # each test has a log of its own
    return turn(signer or a_signer(), memory)


def sealed_singly() -> int:
    """Have the notary sign after every single entry; returns how many there are."""
    signer = a_signer()
    while True:
        batch = notary.next_batch(limit=1)
        if not batch.entries:
            return batch.size
        with transaction():
            assert notary.seal(batch, notary.signed(batch, signer, at=now()), at=now())


def the_key() -> Key:
    return a_signer().key
