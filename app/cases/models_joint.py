"""Complaints that belong together: the same person twice, or many people about one thing."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Model, partial_index

TOGETHER = text("parted_at IS NULL")


class Joint(Model):
    """Two cases that are worked on together until they are parted; each keeps its own clocks and outcome.

    The pair is written with the smaller id first, so that it stands only once.
    """

    __tablename__ = "joint_cases"
    __table_args__ = (
        CheckConstraint("case_id <= other_id", name="smaller_first"),
        partial_index("uq_joint_cases_pair", "case_id", "other_id", unique=True, where=TOGETHER),
        Index("ix_joint_cases_other", "other_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    other_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    joined_at: Mapped[datetime]
    parted_at: Mapped[datetime | None]
