"""Keys for shops that sign the facts of an order: made, and revoked. A new one beside the old makes a change-over."""

from __future__ import annotations

import secrets

from app.core.db import session
from app.core.ids import new_token
from app.organisations.models_keys import OrderKey
from app.organisations.queries_keys import keys_of
from workflows.procedure.act import Act
from workflows.procedure.errors import Invalid

MOST_KEYS = 3


def make(*, act: Act) -> OrderKey:
    """Make a key for the actor's organisation. Raises Invalid where it has as many as it may."""
    assert act.actor.organisation_id is not None
    if len(keys_of(act.actor.organisation_id)) >= MOST_KEYS:
        raise Invalid("order_keys_too_many", limit=MOST_KEYS)
    key = OrderKey(
        organisation_id=act.actor.organisation_id, name=secrets.token_hex(5), salt=new_token(), created_at=act.at,
        created_by=act.actor.user_id,
    )  # fmt: skip
    session().add(key)
    session().flush()
    return key


def revoke(key: OrderKey, *, act: Act) -> None:
    """Have nothing that it signed believed from now on."""
    key.revoked_at = act.at
