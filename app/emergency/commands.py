"""What the duty officer does when somebody cannot wait."""

from typing import Annotated

from pydantic import Field

from app.core.commands import Command
from app.core.text import Line, Note, OptionalLine, OptionalNote


class StartEmergency(Command):
    """Start one of the plans made ready for the anomaly. The note goes to the consumer and the emergency contact."""

    plan: Line
    note: OptionalNote = ""


class AcknowledgeCall(Command):
    """Confirm that the call arrived. Staff note the code that the contact reads to them, and who it was."""

    code: OptionalLine = ""
    name: OptionalLine = ""


class EmergencyStep(Command):
    """Say that a step of the plan is done; both sides read the note."""

    step: Annotated[int, Field(ge=1, le=20, description="its place in the plan, from 1")]
    note: OptionalNote = ""


class EndEmergency(Command):
    """Say what was done; both sides read it."""

    done: Note
