"""The transparency log as it is stored: entries that wait for a place in the tree, the tree, its signed checkpoints."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Model, partial_index

WAITING = text("position IS NULL")


class LedgerEntry(Model):
    """One commitment to one record. Without `salt` nobody can ever tell again what it says."""

    __tablename__ = "ledger_entries"
    __table_args__ = (
        UniqueConstraint("kind", "record_id"),
        UniqueConstraint("position"),
        CheckConstraint("salt IS NOT NULL OR forgotten_at IS NOT NULL", name="salt_until_forgotten"),
        partial_index("ix_ledger_entries_waiting", "id", where=WAITING),
        Index("ix_ledger_entries_subject", "subject"),
        Index("ix_ledger_entries_commitment", "commitment"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(comment="of record: act, effect, draw, vote, …")
    record_id: Mapped[int] = mapped_column(comment="the row that it commits to")
    subject: Mapped[str] = mapped_column(comment="whose salts are destroyed together: case/12")
    commitment: Mapped[bytes] = mapped_column(comment="32 bytes: the leaf of the tree")
    salt: Mapped[bytes | None]
    opening: Mapped[dict[str, Any] | None] = mapped_column(
        JSON(none_as_null=True), comment="values shown to anyone; they stay open when the salt is destroyed"
    )
    queued_at: Mapped[datetime]
    forgotten_at: Mapped[datetime | None]
    position: Mapped[int | None] = mapped_column(comment="in the tree, from 0; given by the notary alone")


class LedgerTile(Model):
    """Up to 256 hashes of one level of the tree in a row; `level` counts steps of eight levels from the leaves."""

    __tablename__ = "ledger_tiles"

    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hashes: Mapped[bytes]


class LedgerCheckpoint(Model):
    """The tree at one size, signed: by the notary, and by witnesses as they come."""

    __tablename__ = "ledger_checkpoints"

    size: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    root: Mapped[bytes]
    note: Mapped[str] = mapped_column(comment="the newest signed note of this size")
    made_at: Mapped[datetime]
    signed_at: Mapped[datetime] = mapped_column(comment="when it was last signed: again every half minute")
    cosigned: Mapped[str | None] = mapped_column(comment="the note of this size that witnesses signed too")
    witnesses: Mapped[int] = mapped_column(default=0, comment="how many did")


class Forgetting(Model):
    """That the salts of some subjects were destroyed: entered in the log itself, so that no salt vanishes unsaid."""

    __tablename__ = "ledger_forgettings"

    id: Mapped[int] = mapped_column(primary_key=True)
    subjects: Mapped[list[str]]
    at: Mapped[datetime]
