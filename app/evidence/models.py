"""Exhibits of a case: files that prove something, numbered in the order in which they came."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Model


class Evidence(Model):
    """One exhibit. The original is in the store under `sha256`, never altered; `shared_sha256` is what others see."""

    __tablename__ = "evidence"
    __table_args__ = (UniqueConstraint("case_id", "number"), Index("ix_evidence_sha256", "sha256"))

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    number: Mapped[int] = mapped_column(comment="of the exhibit in its case, from 1")
    filename: Mapped[str]
    media_type: Mapped[str] = mapped_column(comment="by content")
    size: Mapped[int] = mapped_column(comment="bytes")
    sha256: Mapped[str]
    shared_sha256: Mapped[str | None] = mapped_column(comment="a picture's copy without place and camera")
    side: Mapped[str] = mapped_column(comment="consumer, respondent, desk: who added it")
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    note: Mapped[str | None]
    added_at: Mapped[datetime]

    @property
    def is_picture(self) -> bool:
        return self.media_type.startswith("image/")
