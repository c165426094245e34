"""What the parties and the mediator say to each other's terms."""

from typing import Annotated, Literal

from pydantic import Field

from app.cases.commands import Money, PartyKey, Term
from app.core.commands import Command, RowId
from app.core.text import Note, OptionalLine, OptionalNote

Position = Literal["agree", "offer", "refuse", "not_ours"]
OfferNumber = Annotated[int, Field(ge=1, le=999, description="number of the offer in the case")]


class SendAnswer(Command):
    """The respondent's answer.

    `agree` takes the consumer's wishes as terms unless `terms` are given; `offer` needs terms; `refuse` needs clause
    and reasons; `not_ours` needs reasons and whose it is.
    """

    position: Position
    text: OptionalNote = ""
    clause: OptionalLine = ""
    terms: list[Term] = Field(default_factory=list)
    points_to: PartyKey | None = None
    organisation_id: RowId | None = None


class Propose(Command):
    """Terms, by the mediator to both sides or by one party to the other. A new offer replaces the maker's open one."""

    terms: list[Term]
    clause: OptionalLine = ""
    note: OptionalNote = ""


class Accept(Command):
    """Say yes to the very offer that was read."""

    offer: OfferNumber


class Decline(Command):
    """Say no to the very offer that was read."""

    offer: OfferNumber
    reason: OptionalNote = ""


class Refer(Command):
    """Hand the case to the committee. What was offered must not stand in the summary."""

    summary: Note


class OpenBidding(Command):
    """Open a round of blind bids: each side may enter one secret figure while it is open."""


class EnterBid(Command):
    """A secret figure: the least the consumer would take, or the most the company would pay. Nobody is shown it."""

    amount: Money
