"""That a notice says what it says: entered in the log when it is frozen, and printed into the file as a proof.

The file holds what it says as data, and beside it the proof that the log holds a commitment to exactly these bytes,
with the checkpoint that covers it. So anybody who has nothing but the file can check it. Source: clause 3.1.4.
"""

from __future__ import annotations

import json
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import select

from app.cases.recording import about
from app.core.db import session
from app.ledger import keys, queries
from app.ledger.models import LedgerEntry
from app.ledger.records import kind_of, recorded
from app.ledger.service import entry_of, record
from app.ledger.tree import Tree
from app.notices.inside import data_of
from app.notices.models import Notice, NoticeProof
from workflows.procedure.act import Act
from workflows.regulation import book
from workflows.verify.commitments import Opening, open_some
from workflows.verify.merkle import inclusion_proof
from workflows.verify.paper import FORMAT

SHOWN = ("record", "code", "data_sha256", "at")


@recorded("paper", NoticeProof)
def _paper(row: NoticeProof) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("code", "data_sha256", "at")}


def enter(notice: Notice, code: str, *, act: Act) -> None:
    """Have the log commit to what a notice says under its code."""
    digest = sha256(data_of(notice.facts)).hexdigest()
    row = NoticeProof(notice_id=notice.id, code=code, data_sha256=digest, at=act.at)
    record(row, about=about(notice.case_id), at=act.at)


def proof_of(notice_id: int) -> NoticeProof | None:
    """Return what was entered of a notice."""
    return session().scalars(select(NoticeProof).where(NoticeProof.notice_id == notice_id)).one_or_none()


def proved(notice_id: int) -> bytes:
    """Return the proof that goes into the file, the same ever after; empty while no checkpoint covers the entry."""
    row = proof_of(notice_id)
    if row is None:
        return b""
    row.proof = row.proof or _made(row)
    return (row.proof or "").encode()


def worth_waiting(notice: Notice, at: datetime) -> bool:
    """Return whether a checkpoint may still come: there is a notary, and it is not long overdue (`paper_waits`)."""
    patience = book.current().figure("paper_waits_for_checkpoint").length
    return queries.latest() is not None and at < notice.made_at + patience


def _made(row: NoticeProof) -> str | None:
    entry, newest = entry_of(row), queries.latest()
    if entry is None or entry.salt is None or entry.position is None or newest is None or newest.size <= entry.position:
        return None
    opening = open_some(entry.salt, kind_of(row).read(row), SHOWN)
    shown = {
        "format": FORMAT, "key": keys.public(), "checkpoint": newest.note,
        "record": record_of(entry, opening, Tree(), newest.size),
    }  # fmt: skip
    return json.dumps(shown, ensure_ascii=False, indent=1)


def record_of(entry: LedgerEntry, opening: Opening | None, nodes: Tree, size: int) -> dict[str, Any]:
    """Return one entry of the log as a checker takes it: what of it is opened, and the proof that the log holds it."""
    index = entry.position or 0
    proof = [each.hex() for each in inclusion_proof(nodes, index, size)]
    return {"kind": entry.kind, "index": index, "opening": opening, "proof": proof}
