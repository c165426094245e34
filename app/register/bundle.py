"""A published outcome with everything that proves it, as one file that anybody can check on their own computer.

What is in it was opened when the outcome was published; nothing is opened by asking for it. The program that checks it
is `workflows.verify`. Source: clauses 2.2.4.4, 3.1.4.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any

from sqlalchemy import select

from app.cases.recording import about
from app.core.db import session
from app.core.languages import segment
from app.core.storage import store
from app.ledger import keys, queries
from app.ledger.models import LedgerCheckpoint, LedgerEntry
from app.ledger.tree import Tree
from app.notices.models import Edition, NoticeStatus, RegisterEntry
from app.notices.proving import record_of
from workflows.verify.commitments import values_of
from workflows.verify.merkle import consistency_proof

FORMAT = "heng-bundle/1"
NEVER = (1980, 1, 1, 0, 0, 0)  # the same content gives the same bytes


def bundle(entry: RegisterEntry) -> bytes | None:
    """Return the file, or None while it is not all printed, or the notary has not signed all of it."""
    if any(each.edition is Edition.PUBLIC and each.status is NoticeStatus.PENDING for each in entry.notices):
        return None
    shown = [each for each in _shown(entry) if _belongs(each, entry)]
    newest = _covering(shown)
    if newest is None or not shown:
        return None
    nodes = Tree()
    content = {
        "format": FORMAT, "number": entry.number, "key": keys.public(), "checkpoint": newest.cosigned or newest.note,
        "records": [record_of(each, each.opening, nodes, newest.size) for each in shown],
        "seeds": [_seed(each, nodes, newest) for each in shown if each.kind == "draw"],
    }  # fmt: skip
    files = {"bundle.json": json.dumps(content, ensure_ascii=False, indent=1).encode(), **dict(_papers(entry))}
    return _packed(files)


def _covering(shown: Sequence[LedgerEntry]) -> LedgerCheckpoint | None:
    """Return the newest checkpoint over all of these, one that a witness cosigned before one that none did."""
    for newest in (queries.latest(witnesses=1), queries.latest()):
        if newest and all(each.position is not None and each.position < newest.size for each in shown):
            return newest
    return None


def _shown(entry: RegisterEntry) -> Sequence[LedgerEntry]:
    of_case = select(LedgerEntry).where(LedgerEntry.subject == about(entry.case_id), LedgerEntry.opening.is_not(None))
    return session().scalars(of_case.order_by(LedgerEntry.id)).all()


def _belongs(shown: LedgerEntry, entry: RegisterEntry) -> bool:
    """Return whether a record is about this outcome: of what came after it, only its own notices."""
    values = values_of(shown.opening or {})
    if shown.kind == "notice":
        return bool(values["entry_id"] == entry.id)
    if shown.kind == "publication":
        return bool(values["id"] == entry.id)
    return shown.queued_at <= entry.published_at


def _seed(drawn: LedgerEntry, nodes: Tree, newest: LedgerCheckpoint) -> dict[str, Any]:
    """Return the checkpoint that gave a draw its seed, and the proof that the log only grew since."""
    first = queries.covering(drawn.position or 0) or newest
    grew = [each.hex() for each in consistency_proof(nodes, first.size, newest.size)]
    return {"draw": drawn.position, "checkpoint": first.note, "consistency": grew}


def _papers(entry: RegisterEntry) -> Iterator[tuple[str, bytes]]:
    for notice in entry.notices:
        if notice.edition is Edition.PUBLIC and notice.status is NoticeStatus.ISSUED and notice.pdf_ref:
            yield f"{entry.number}-{segment(notice.language)}.pdf", store().read(notice.pdf_ref)


def _packed(files: dict[str, bytes]) -> bytes:
    with BytesIO() as buffer:
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in files.items():
                archive.writestr(zipfile.ZipInfo(name, NEVER), content, zipfile.ZIP_DEFLATED)
        return buffer.getvalue()
