"""The keys by which shops sign the facts of an order."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Model


class OrderKey(Model):
    """A shop's key. Its secret is made from `salt` under our own key and stored nowhere; `name` stands in links."""

    __tablename__ = "order_keys"
    __table_args__ = (Index("ix_order_keys_organisation", "organisation_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    name: Mapped[str] = mapped_column(unique=True)
    salt: Mapped[str]
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    revoked_at: Mapped[datetime | None]
