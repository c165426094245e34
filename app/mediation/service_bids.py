"""Blind bids: entered once each round, never shown to anybody, compared when both are there. Source: clause 2.2.4.3."""

from __future__ import annotations

from app.cases.actions import performs
from app.cases.commands import Money, Term
from app.cases.models import Case
from app.cases.recording import about
from app.cases.service import advance
from app.cases.service_letters import tell_assignee, tell_consumer, tell_respondent
from app.cases.terms import check_terms
from app.core.db import session
from app.ledger.records import recorded
from app.ledger.service import record
from app.mediation import queries
from app.mediation.commands import EnterBid
from app.mediation.models import Bid
from app.mediation.service_offers import settle_on
from workflows.procedure.act import Act
from workflows.procedure.authority import Actor
from workflows.procedure.bidding import middle
from workflows.procedure.errors import Invalid
from workflows.procedure.names import name
from workflows.procedure.states import Action
from workflows.regulation import book

KIND = "partial_refund"


@recorded("bid", Bid)
def _bid(row: Bid) -> dict[str, object]:
    names = ("case_id", "n", "side", "organisation_id", "amount_minor", "currency", "at")
    return {each: getattr(row, each) for each in names}


def rounds(case: Case) -> int:
    """Return how often the two sides may try."""
    return book.current().figure("bidding_rounds", on=case.law_as_of).value


def _may_bid(case: Case, actor: Actor) -> bool:
    if case.respondent_id is None or case.asked_at is None:
        return False
    n, waiting = queries.bidding(case)
    return n <= rounds(case) and actor.side not in {bid.side for bid in waiting}


@performs(Action.BID, EnterBid, ready=_may_bid)
def bid(case: Case, command: EnterBid, act: Act) -> None:
    """Take one side's secret figure; with the second one the case settles at the middle, or both are void.

    What becomes known is that a figure was entered, and whether they crossed. Raises Invalid where this side has
    entered one already, or the rounds are over.
    """
    n, waiting = queries.bidding(case)
    if n > rounds(case):
        raise Invalid("bidding_over", pointer="/amount")
    if act.actor.side in {each.side for each in waiting}:
        raise Invalid("already_answered", pointer="/amount")
    _check(case, command.amount)
    figure = {"amount_minor": command.amount.amount_minor, "currency": command.amount.currency, "at": act.at}
    whose = {"side": act.actor.side, "organisation_id": case.respondent_id, "user_id": act.actor.user_id}
    entered = Bid(case_id=case.id, n=n, **whose, **figure)
    record(entered, about=about(case.id), at=act.at)
    session().flush()
    if not waiting:
        advance(case, Action.BID, act=act, branch="one", detail={"bidding": n})
        _tell(case, "one_bid", act, but=act.actor.side)
        return
    figures = {each.side: each.amount_minor for each in (*waiting, entered)}
    sum_minor = middle(figures["consumer"], figures["respondent"])
    if sum_minor is None:
        advance(case, Action.BID, act=act, branch="apart", detail={"bidding": n})
        _tell(case, "bids_apart", act)
    else:
        term = Term(kind=KIND, amount=Money(amount_minor=sum_minor, currency=case.currency))
        settle_on(case, [term], Action.BID, branch="met", detail={"bidding": n}, act=act)
    tell_assignee(case, Action.BID, act=act)


def _check(case: Case, amount: Money) -> None:
    """Raise Invalid for a figure that could not be paid: more than the goods cost, in another currency."""
    try:
        check_terms(case, [Term(kind=KIND, amount=amount)])
    except Invalid as refused:
        refused.pointer = "/amount"
        raise


def _tell(case: Case, what: str, act: Act, *, but: str = "") -> None:
    if but != "consumer":
        language = case.language
        tell_consumer(case, "progress", act=act, what=name("told", what, language), turn=name("next", what, language))
    if but != "respondent" and case.respondent:
        language = case.respondent.language
        told, following = name("told", what, language), name("next", what, language)
        tell_respondent(case, "respondent_news", act=act, what=told, turn=following)
