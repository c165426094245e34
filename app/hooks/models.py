"""Where organisations have news of their cases sent to, and every message that was sent."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Model


class HookEndpoint(Model):
    """An address of an organisation. Its signing secret is made from `salt` under our key and stored nowhere."""

    __tablename__ = "hook_endpoints"
    __table_args__ = (Index("ix_hook_endpoints_organisation", "organisation_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    url: Mapped[str]
    salt: Mapped[str] = mapped_column(comment="a new one makes a new secret")
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    removed_at: Mapped[datetime | None]


class HookDelivery(Model):
    """One message to one endpoint. `message_id` stays the same however often it is sent."""

    __tablename__ = "hook_deliveries"
    __table_args__ = (Index("ix_hook_deliveries_endpoint", "endpoint_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    endpoint_id: Mapped[int] = mapped_column(ForeignKey("hook_endpoints.id"))
    message_id: Mapped[str] = mapped_column(unique=True)
    type: Mapped[str]
    payload: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    last_result: Mapped[str | None] = mapped_column(comment="status, or why it was not reached")
    delivered_at: Mapped[datetime | None]
    endpoint: Mapped[HookEndpoint] = relationship(lazy="joined", innerjoin=True)
