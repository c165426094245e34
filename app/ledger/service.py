"""Writing into the log: `record` is the one call. It costs a filing one statement and never waits for the tree.

The row is kept, and as the last thing in the same transaction a salted commitment to what it then says is queued. The
notary, a process of its own, gives it a place in the tree. Source: clause 3.1.4 (nobody can alter it).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import insert, select, update

from app.core.db import Model, before_commit, session
from app.ledger.models import Forgetting, LedgerEntry
from app.ledger.records import kind_of, recorded
from workflows.procedure.act import Act
from workflows.verify.commitments import commit, new_salt, open_some

Row = TypeVar("Row", bound=Model)
WAITING = "ledger"


def record(row: Row, *, about: str, at: datetime) -> Row:
    """Keep a new row and have the log commit to it when the transaction ends; returns the row.

    `about` is the subject whose salts are destroyed together (`case/12`), `at` the instant of the act. The row's kind
    must be named by `records.recorded`.
    """
    session().add(row)
    session().info.setdefault(WAITING, []).append((row, about, at))
    before_commit(queue)
    return row


def queue() -> None:
    """Write the commitments to all rows of this transaction: one statement, however many."""
    session().flush()
    waiting = [_entry(*each) for each in session().info.pop(WAITING, []) if each[0] in session()]
    if waiting:
        session().execute(insert(LedgerEntry), waiting)


def _entry(row: Any, about: str, at: datetime) -> dict[str, Any]:
    kind, salt = kind_of(row), new_salt()
    return {
        "kind": kind.key, "record_id": row.id, "subject": about, "salt": salt, "queued_at": at,
        "commitment": commit(salt, kind.read(row)),
    }  # fmt: skip


# --- showing, forgetting -------------------------------------------------------------------------------------------


def entry_of(row: Model) -> LedgerEntry | None:
    """Return the log's entry about a row; None before its transaction ended."""
    query = select(LedgerEntry).where(LedgerEntry.kind == kind_of(row).key, LedgerEntry.record_id == row.id)  # type: ignore[attr-defined]
    return session().scalars(query).one_or_none()


def show(entry: LedgerEntry, row: Model, names: Collection[str]) -> None:
    """Open these values of a record to anyone, for ever: they stay open when its salt is destroyed."""
    if entry.salt is not None:
        opened = {name for name, part in (entry.opening or {}).items() if "text" in part}
        entry.opening = open_some(entry.salt, kind_of(row).read(row), opened | {"record", *names})


def forget(subjects: Collection[str], *, act: Act) -> int:
    """Destroy the salts of all records about these subjects (`case/12`); returns how many.

    The log stays whole and every proof stays good, but what was not opened can never be tied to anything again. That
    it was done is itself entered in the log.
    """
    destroyed = session().execute(
        update(LedgerEntry)
        .where(LedgerEntry.subject.in_(subjects), LedgerEntry.salt.is_not(None))
        .values(salt=None, forgotten_at=act.at)
        .execution_options(synchronize_session=False)
    )
    record(Forgetting(subjects=sorted(subjects), at=act.at), about="ledger", at=act.at)
    session().expire_all()
    return int(destroyed.rowcount)  # type: ignore[attr-defined]


@recorded("forgetting", Forgetting)
def _forgetting(row: Forgetting) -> dict[str, Any]:
    return {"subjects": row.subjects, "at": row.at}
