"""Warnings that are gathered: a person gets one letter an interval, however many clocks warn."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Model, by_value
from workflows.procedure.clocks import ClockKind


class GatheredWarning(Model):
    """One warning for one person. It leaves in the letter `message_id`, once: UNIQUE makes twice impossible."""

    __tablename__ = "gathered_warnings"
    __table_args__ = (
        UniqueConstraint("user_id", "clock_id", "level"),
        Index("ix_gathered_open", "user_id", "message_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    clock_id: Mapped[int] = mapped_column(ForeignKey("clocks.id"))
    level: Mapped[int]
    case_number: Mapped[str]
    kind: Mapped[ClockKind] = mapped_column(by_value(ClockKind))
    clause: Mapped[str]
    due_at: Mapped[datetime]
    time_zone: Mapped[str] = mapped_column(comment="of the case")
    at: Mapped[datetime]
    leaves_at: Mapped[datetime]
    message_id: Mapped[int | None] = mapped_column(ForeignKey("outbound_messages.id"))
