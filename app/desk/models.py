"""What people of the desk keep for themselves: their own views of the queue."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Model
from app.core.sealed import sealed


class SavedView(Model):
    """A list that somebody saved under a name: the filters of the queue's address."""

    __tablename__ = "saved_views"
    __table_args__ = (UniqueConstraint("user_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    name: Mapped[str]
    filters: Mapped[dict[str, Any]] = sealed(dict, comment="what was searched for may be a name")
    created_at: Mapped[datetime]

    def owner(self) -> None:
        """Return nobody: it is the desk's own."""
