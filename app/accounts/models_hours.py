"""A person's own quiet hours, where they are not the house's."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Model


class OwnHours(Model):
    """When somebody is left in peace, on their own clock; the same hour twice means never."""

    __tablename__ = "own_hours"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    time_zone: Mapped[str]
    begins: Mapped[str] = mapped_column(comment="22:00")
    ends: Mapped[str] = mapped_column(comment="07:00")
    changed_at: Mapped[datetime]
