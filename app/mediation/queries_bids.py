"""Reading rounds of blind bidding: how they stand, and whether the reader has entered a figure; never what, by anybody.

The settlement wall stands here too: who judges learns of no round.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import select

from app.cases.models import Case
from app.core.db import session
from app.mediation.models_bids import Bid, BidRound
from workflows.procedure.authority import Actor, sees_offers
from workflows.procedure.clocks import ClockKind
from workflows.regulation import book


class RoundSeen(Struct, frozen=True):
    """A round as one reader may know it: the same, whatever the other side entered and whether it did."""

    n: int
    opened_at: datetime
    closes_at: datetime
    ended_at: datetime | None
    result: str | None
    entered: bool

    @property
    def is_open(self) -> bool:
        return self.ended_at is None


def most_rounds(case: Case) -> int:
    """Return how often the two sides may try. Source: figure `bidding_rounds`."""
    return book.current().figure("bidding_rounds", on=case.law_as_of).value


def rounds_seen(case: Case, actor: Actor) -> list[RoundSeen]:
    """Return the rounds with the present respondent, oldest first; `entered` tells of the reader's own side alone."""
    if not sees_offers(actor):
        return []
    own = select(Bid.round_id).where(Bid.case_id == case.id, Bid.side == actor.side)
    mine = set(session().scalars(own))
    return [
        RoundSeen(each.n, each.opened_at, each.closes_at, each.ended_at, each.result, each.id in mine)
        for each in rounds(case)
    ]


def rounds(case: Case) -> Sequence[BidRound]:
    """Return the rounds with the present respondent, oldest first; asks nothing where no clock of one ever ran."""
    if not ever_opened(case):
        return ()
    query = select(BidRound).where(BidRound.case_id == case.id, BidRound.organisation_id == case.respondent_id)
    return session().scalars(query.order_by(BidRound.n)).all()


def open_round(case: Case) -> BidRound | None:
    """Return the round that is open with the present respondent."""
    return next((each for each in rounds(case) if each.ended_at is None), None)


def ever_opened(case: Case) -> bool:
    """Return whether a round was ever opened in the case: each has a clock."""
    return any(clock.kind is ClockKind.BIDDING for clock in case.clocks)


def unfinished(case: Case) -> Sequence[BidRound]:
    """Return every round of the case that is not over, with whomever."""
    return session().scalars(select(BidRound).where(BidRound.case_id == case.id, BidRound.ended_at.is_(None))).all()


def entered(this: BidRound) -> Sequence[Bid]:
    """Return what was entered in a round, for the service that compares the figures."""
    return session().scalars(select(Bid).where(Bid.round_id == this.id).order_by(Bid.id)).all()
