"""Writing down who saw which case."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import cache
from importlib import import_module
from typing import Any

from app.cases.models_seen import Door, Sighting
from app.core.db import session

SPAN_S = 600


def span_of(at: datetime) -> int:
    """Return which ten minutes the instant is in."""
    return int(at.timestamp()) // SPAN_S


def write_down(user_id: int, case_ids: Collection[int], door: Door, at: datetime) -> None:
    """Write that the person saw these cases; what was written for these ten minutes is left as it is."""
    rows = [{"user_id": user_id, "case_id": each, "door": door, "span": span_of(at), "at": at} for each in case_ids]
    insert = _insert_of(session().get_bind().dialect.name)
    session().execute(insert(Sighting).values(rows).on_conflict_do_nothing())


@cache
def _insert_of(dialect: str) -> Any:
    """Return the database's own INSERT, which knows of conflicts; that of the other database is not loaded."""
    return import_module(f"sqlalchemy.dialects.{dialect}").insert
