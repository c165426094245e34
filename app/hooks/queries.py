"""Reading endpoints and what was sent to them, always within one organisation."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from app.core.db import session
from app.hooks.models import HookDelivery, HookEndpoint

SHOWN = 50


def endpoints(organisation_id: int | None) -> Sequence[HookEndpoint]:
    """Return the organisation's addresses, oldest first."""
    query = select(HookEndpoint).where(HookEndpoint.organisation_id == organisation_id)
    return session().scalars(query.where(HookEndpoint.removed_at.is_(None)).order_by(HookEndpoint.id)).all()


def endpoint(endpoint_id: int, organisation_id: int | None) -> HookEndpoint | None:
    """Return an address of this organisation; another's does not exist."""
    return next((each for each in endpoints(organisation_id) if each.id == endpoint_id), None)


def deliveries(organisation_id: int | None) -> Sequence[HookDelivery]:
    """Return the last messages to this organisation's addresses, newest first."""
    query = select(HookDelivery).join(HookDelivery.endpoint).where(HookEndpoint.organisation_id == organisation_id)
    return session().scalars(query.order_by(HookDelivery.id.desc()).limit(SHOWN)).all()


def delivery(delivery_id: int, organisation_id: int | None) -> HookDelivery | None:
    """Return a message to this organisation; another's does not exist."""
    query = select(HookDelivery).join(HookDelivery.endpoint).where(HookDelivery.id == delivery_id)
    return session().scalars(query.where(HookEndpoint.organisation_id == organisation_id)).one_or_none()
