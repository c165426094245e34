"""Who saw which case when."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Model, by_value


class Door(StrEnum):
    """How a case was seen."""

    PAGE = "page"
    FILE = "file"
    API = "api"


class Sighting(Model):
    """Somebody with an account saw a case: one row for ten minutes, however often they turned to it."""

    __tablename__ = "sightings"
    __table_args__ = (
        UniqueConstraint("case_id", "user_id", "door", "span"),
        Index("ix_sightings_user", "user_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    door: Mapped[Door] = mapped_column(by_value(Door))
    span: Mapped[int] = mapped_column(comment="ten minutes since 1970")
    at: Mapped[datetime]
