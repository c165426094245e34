"""Keeping the pool: who serves, until when, what they know, and whose cases are not theirs. Source: clause 3.3.2."""

from __future__ import annotations

from app.committee.commands import KeepMember
from app.committee.models import PoolMember
from app.core.db import session


def keep(command: KeepMember) -> PoolMember:
    """Write down what is known of somebody who can be drawn; a panel that was drawn already stays as it is."""
    row = session().get(PoolMember, command.user_id)
    if row is None:
        row = PoolMember(user_id=command.user_id)
        session().add(row)
    row.serves_from, row.serves_until = command.serves_from, command.serves_until
    row.expertise, row.ties = list(command.expertise), sorted(command.ties)
    return row
