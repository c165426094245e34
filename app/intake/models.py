"""What intake keeps: drafts that are not sent yet with their files, and which request made which case."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Model


class IdempotencyKey(Model):
    """A request to file, by its sender's key: sent again it finds its case, with other content it is refused."""

    __tablename__ = "idempotency_keys"

    key: Mapped[str] = mapped_column(primary_key=True)
    request_sha256: Mapped[str]
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), comment="set in the same transaction")
    created_at: Mapped[datetime]


class Draft(Model):
    """A complaint being written. Its token, in a cookie or a link, is stored hashed; it lives for `draft_lifetime`."""

    __tablename__ = "drafts"
    __table_args__ = (Index("ix_drafts_expiry", "expires_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict, comment="one entry for each step that was answered")
    language: Mapped[str]
    saved_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), comment="what it became")


class DraftFile(Model):
    """A file added to a draft; it becomes an exhibit when the complaint is sent."""

    __tablename__ = "draft_files"
    __table_args__ = (Index("ix_draft_files_draft", "draft_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("drafts.id"))
    filename: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    shared_sha256: Mapped[str | None]
    added_at: Mapped[datetime]
