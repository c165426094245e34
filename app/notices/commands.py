"""What can be asked about the publishing of an outcome."""

from typing import Annotated

from pydantic import Field

from app.core.commands import Command, Frozen
from app.core.text import Note, OptionalLine, OptionalNote


class Resolve(Frozen):
    """What becomes of one word that the leak gate found: `accept` it for a reason, or say what stands `instead`."""

    text: Annotated[str, Field(min_length=1, max_length=2_000)]
    accept: OptionalNote = ""
    instead: OptionalLine = ""

    @property
    def accepted(self) -> bool:
        """Whether it is published as it stands."""
        return bool(self.accept)


class Publish(Command):
    """Publish the outcome, once a person resolved every word that would tell who a party is.

    `redact` puts roles in the place of each that was not resolved one by one.
    """

    redact: bool = False
    resolutions: Annotated[list[Resolve], Field(max_length=200, default_factory=list)]


class TakeDown(Command):
    """Take a published outcome out of the public register; `reason` is what the public reads in its place."""

    reason: Note
