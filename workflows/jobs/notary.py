"""The notary: `python -m workflows.jobs.notary`. Gives entries of the log their place and signs checkpoints.

It alone holds the log's secret key. What it signed last it remembers in a file of its own, beside the database: should
the stored log ever be shorter or different, it signs nothing more and says so. A kill at any point is harmless: places,
tree and signature are written in one transaction.
"""

from __future__ import annotations

import logging
from pathlib import Path

from app.core import logs
from app.core.clock import now
from app.core.db import session, transaction
from app.ledger import keys, notary
from app.ledger.notary import AT_ONCE, Batch, Refused
from workflows.jobs import tasks
from workflows.jobs.stop_sign import PATIENCE_S, StopSign, on_signal
from workflows.verify.notes import Checkpoint, Note, Signer

INTERVAL_S = 1.0
REFUSED_S = 30.0

log = logging.getLogger("heng.notary")


def remembered(place: Path) -> Checkpoint | None:
    """Return the checkpoint that this notary signed last."""
    try:
        return Checkpoint.read(Note.read(place.read_text("utf-8")).body)
    except FileNotFoundError:
        return None


def turn(signer: Signer, memory: Path) -> Batch | None:
    """Seal what waits and sign; return what was sealed, None where nothing was due. Raises: Refused."""
    session().rollback()
    batch = notary.next_batch(known=remembered(memory))
    at = now()
    if not notary.is_due(batch, at):
        return None
    note = notary.signed(batch, signer, at=at)
    with transaction():
        sealed = notary.seal(batch, note, at=at)
    if sealed:
        keys.write(memory, note)
    return batch if sealed else None


def run(stopping: StopSign) -> None:
    """Take turns until told to stop. A database that is away for a moment does not end it."""
    with tasks.application().app_context():
        signer, memory = keys.for_signing(), keys.folder() / "last.note"
        while not stopping.is_set():
            pause = INTERVAL_S
            try:
                batch = turn(signer, memory)
                if batch and len(batch.entries) == AT_ONCE:
                    pause = 0.0
            except Refused as reason:
                log.critical("NOTHING IS SIGNED ANY MORE: %s Run `flask ledger verify`.", reason)
                pause = REFUSED_S
            except Exception:
                log.exception("a turn failed; the next one comes")
            stopping.wait(pause)


def main() -> None:
    logs.install()
    stopping = on_signal(patience_s=PATIENCE_S)
    run(stopping)


if __name__ == "__main__":
    main()
