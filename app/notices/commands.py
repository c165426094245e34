"""What can be asked about the publishing of an outcome."""

from __future__ import annotations

from app.core.commands import Command
from app.core.text import Note


class Publish(Command):
    """Publish the outcome. `redact` puts roles in the place of every name and number found in the public text."""

    redact: bool = False


class TakeDown(Command):
    """Take a published outcome out of the public register; `reason` is what the public reads in its place."""

    reason: Note
