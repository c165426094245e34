"""What a company and the desk do about a penalty."""

from typing import Annotated, Literal

from pydantic import Field

from app.core.commands import Command
from app.core.text import Note

Number = Annotated[int, Field(ge=1, le=999, description="the number of the penalty in the case, from 1")]


class AnswerPenalty(Command):
    """Say what speaks against a proposed penalty, once, within the time for it."""

    penalty: Number
    text: Note


class DecidePenalty(Command):
    """Impose what the table has for the breach, or drop it; the company reads the reason."""

    penalty: Number
    outcome: Literal["imposed", "dropped"]
    reason: Note


class AppealPenalty(Command):
    """Ask somebody else to look at a penalty in force."""

    penalty: Number
    text: Note


class RulePenalty(Command):
    """Uphold a penalty on appeal, or lift it; the company reads the reason."""

    penalty: Number
    outcome: Literal["upheld", "lifted"]
    reason: Note
