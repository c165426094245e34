"""What the duty officer does when somebody cannot wait."""

from __future__ import annotations

from app.core.commands import Command
from app.core.text import Line, Note, OptionalNote


class StartEmergency(Command):
    """Start one of the plans made ready for the anomaly. The note goes to the consumer and the emergency contact."""

    plan: Line
    note: OptionalNote = ""


class EndEmergency(Command):
    """Say what was done; both sides read it."""

    done: Note
