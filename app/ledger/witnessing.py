"""Witnesses: others who looked at the log, saw that it had only grown, and signed its checkpoint too.

What they sign is a checkpoint that the notary signed; whether it is really ours, and they are those whom the operator
trusts, is seen from the signatures alone. Source: clause 3.1.4.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.core.db import session
from app.ledger.models import LedgerCheckpoint
from workflows.procedure.errors import Invalid, NotPermitted
from workflows.verify.notes import BadNote, Key, Note, opened


def take(text: str, *, log: Key, trusted: Sequence[Key]) -> LedgerCheckpoint:
    """Keep what witnesses signed; returns the checkpoint, which the note then stands beside.

    Raises: Invalid for what is no checkpoint of this log, NotPermitted where no trusted witness signed it.
    """
    try:
        checkpoint, note = opened(text, log), Note.read(text)
    except BadNote:
        raise Invalid("not_possible", pointer="/note") from None
    row = session().get(LedgerCheckpoint, checkpoint.size)
    if row is None or row.root != checkpoint.root:
        raise Invalid("not_possible", pointer="/note")
    if not any(key.signs(note) for key in trusted):
        raise NotPermitted("not_permitted")
    _keep(row, note, log, trusted)
    return row


def _keep(row: LedgerCheckpoint, note: Note, log: Key, trusted: Sequence[Key]) -> None:
    """Keep the note with its good lines, together with those kept before where it is the same; else the longer one."""
    before = Note.read(row.cosigned) if row.cosigned else None
    signed = Note(note.body, note.signatures + (before.signatures if before and before.body == note.body else ()))
    lines = [line for key in trusted if (line := key.line_in(signed))]
    if before is None or len(lines) >= row.witnesses:
        row.cosigned, row.witnesses = f"{note.body}\n{log.line_in(signed)}{''.join(lines)}", len(lines)
