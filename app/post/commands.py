"""What staff can do with mail that could not be placed by itself."""

from __future__ import annotations

from typing import Literal

from app.core.commands import Frozen
from app.core.text import Line, Note


class PlaceMail(Frozen):
    """Put a message into a case, as what one side wrote or as a note that only the desk reads."""

    number: Line
    side: Literal["consumer", "respondent", "internal"]


class DiscardMail(Frozen):
    """Set a message aside; the reason is kept, and so is the message."""

    reason: Note
