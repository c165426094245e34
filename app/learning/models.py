"""What people made of triage's proposals, and the weights taught from it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Model, by_value


class Label(Model):
    """A person's classification of a case beside what triage had read. Holds no words: the text stays in the case.

    A later classification of the same case adds a label; the last one counts.
    """

    __tablename__ = "labels"
    __table_args__ = (Index("ix_labels_at", "at"), Index("ix_labels_case", "case_id", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]
    language: Mapped[str]
    anomaly: Mapped[str] = mapped_column(comment="what the person said went wrong")
    party: Mapped[str | None] = mapped_column(comment="the kind of company that the person said answers for it")
    emergency: Mapped[bool]
    read_anomaly: Mapped[str] = mapped_column(comment="what triage had read")
    read_party: Mapped[str | None]
    read_emergency: Mapped[bool]
    percent_sure: Mapped[int] = mapped_column(comment="how sure triage was, 0 to 100")
    by_itself: Mapped[bool] = mapped_column(comment="triage would have acted without a person")
    by_fact: Mapped[bool] = mapped_column(comment="a fact decides or is missing, so the text teaches nothing")
    model_version: Mapped[str]


class Stage(StrEnum):
    """How far weights have come. `approved` ones were in use and can be used again."""

    TEACHING = "teaching"
    CANDIDATE = "candidate"
    APPROVED = "approved"
    REJECTED = "rejected"
    FAILED = "failed"


class Weights(Model):
    """Weights taught from our texts and people's labels, measured beside those in use, and what was decided on them."""

    __tablename__ = "triage_weights"
    __table_args__ = (
        CheckConstraint("stage NOT IN ('candidate', 'approved', 'rejected') OR sha256 IS NOT NULL", name="taught"),
        CheckConstraint("stage NOT IN ('approved', 'rejected') OR decided_at IS NOT NULL", name="decided"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    stage: Mapped[Stage] = mapped_column(by_value(Stage), default=Stage.TEACHING)
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    asked_at: Mapped[datetime]
    taught_at: Mapped[datetime | None]
    sha256: Mapped[str | None] = mapped_column(comment="names the file in DATA_DIR/triage")
    version: Mapped[str | None]
    against: Mapped[str | None] = mapped_column(comment="the version in use when it was measured")
    ground: Mapped[str | None] = mapped_column(comment="the release's words and texts it was taught on")
    texts: Mapped[int] = mapped_column(default=0, comment="own texts it was taught from")
    labels: Mapped[int] = mapped_column(default=0, comment="cases it was taught from")
    held_back: Mapped[int] = mapped_column(default=0, comment="cases it was measured on and not taught")
    figures: Mapped[dict[str, Any]] = mapped_column(default=dict)
    changed: Mapped[list[dict[str, Any]]] = mapped_column(default=list, comment="answers that differ from those in use")
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="")
