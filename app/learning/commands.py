"""What an administrator can decide about weights."""

from __future__ import annotations

from app.core.commands import Frozen
from app.core.text import Note


class Decide(Frozen):
    """Approve or reject weights; the reason is kept."""

    approve: bool
    reason: Note
