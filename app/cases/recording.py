"""What the transparency log commits to of a case: every entry of its history, and whatever its clocks did.

Each is written once and never changed. Source: clause 3.1.4.
"""

from __future__ import annotations

from typing import Any

from app.cases.models import CaseEvent, ClockEffect
from app.ledger.records import recorded

PLAIN = ("case_id", "seq", "at", "action", "branch", "side", "user_id", "from_state", "to_state", "clause", "audience")


def about(case_id: int) -> str:
    """Return the subject under which all records of a case stand: their salts are destroyed together."""
    return f"case/{case_id}"


@recorded("act", CaseEvent)
def _act(row: CaseEvent) -> dict[str, Any]:
    """Each part of the detail is a value of its own, so that one can be opened without the others."""
    values = {name: getattr(row, name) for name in PLAIN} | {"walled": row.walled}
    return values | {f"detail.{name}": value for name, value in row.detail.items()}


@recorded("effect", ClockEffect)
def _effect(row: ClockEffect) -> dict[str, Any]:
    names = ("clock_id", "level", "effect", "told", "due_at", "at")
    return {name: getattr(row, name) for name in names}
