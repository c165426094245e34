"""Writing down who saw which case."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from app.cases.models_seen import Door, Sighting
from app.core.db import insert_into, session

SPAN_S = 600


def span_of(at: datetime) -> int:
    """Return which ten minutes the instant is in."""
    return int(at.timestamp()) // SPAN_S


def write_down(user_id: int, case_ids: Collection[int], door: Door, at: datetime) -> None:
    """Write that the person saw these cases; what was written for these ten minutes is left as it is."""
    rows = [{"user_id": user_id, "case_id": each, "door": door, "span": span_of(at), "at": at} for each in case_ids]
    session().execute(insert_into(Sighting).values(rows).on_conflict_do_nothing())
