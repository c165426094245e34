"""Calls to a company's emergency contacts: who was called when, and who confirmed it."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Model, by_value
from workflows.procedure.on_call import Stage


class EmergencyCall(Model):
    """One call, from the first contact to whoever confirmed it. `n` counts the calls of a case.

    `reached` lists each contact that was written to: name, address and stage. It is for the desk alone.
    """

    __tablename__ = "emergency_calls"
    __table_args__ = (UniqueConstraint("case_id", "n"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    n: Mapped[int]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    plan: Mapped[str]
    stage: Mapped[Stage] = mapped_column(by_value(Stage))
    called_at: Mapped[datetime]
    reached: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[str | None] = mapped_column(comment="who confirmed, by name")
    over_at: Mapped[datetime | None] = mapped_column(comment="when the emergency ended or another company was called")
