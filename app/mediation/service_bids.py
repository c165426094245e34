"""Blind bids: a round is opened, each side enters a secret figure; where they cross, the case settles at the middle.

Source: clause 2.2.4.3, 3.3.2.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.cases import service_clocks
from app.cases.actions import performs
from app.cases.commands import Money, Term
from app.cases.models import Case, Clock
from app.cases.recording import about
from app.cases.service import advance, when_entering
from app.cases.service_letters import local, tell_assignee, tell_consumer, tell_respondent
from app.cases.terms import check_terms
from app.core.db import session
from app.core.sealing import seal, unseal
from app.ledger.records import recorded
from app.ledger.service import record
from app.mediation import queries_bids as queries
from app.mediation.commands import EnterBid, OpenBidding
from app.mediation.models_bids import Bid, BidRound
from app.mediation.service_offers import before_referral, settle_on
from workflows.procedure.act import Act
from workflows.procedure.authority import SYSTEM, Actor, Audience
from workflows.procedure.bidding import middle
from workflows.procedure.clocks import ClockKind
from workflows.procedure.errors import Invalid, TooLate
from workflows.procedure.names import name
from workflows.procedure.states import Action, CaseState

KIND = "partial_refund"
DIGITS = 16
OWN_SIDE = {"consumer": Audience.CONSUMER, "respondent": Audience.RESPONDENT}


@recorded("bid", Bid)
def _bid(row: Bid) -> dict[str, object]:
    return {each: getattr(row, each) for each in ("case_id", "round_id", "side", "sealed", "at")}


# --- opening a round ------------------------------------------------------------------------------------------------


def _may_open(case: Case, actor: Actor) -> bool:
    asked = case.respondent_id is not None and case.asked_at is not None
    done = queries.rounds(case) if asked else ()
    return asked and len(done) < queries.most_rounds(case) and all(each.ended_at for each in done)


@performs(Action.OPEN_BIDDING, OpenBidding, ready=_may_open)
def open_bidding(case: Case, command: OpenBidding, act: Act) -> None:
    """Open a round for both sides, who are told until when it is open."""
    _open(case, act, tell_but=act.actor.side)


def _open(case: Case, act: Act, *, tell_but: str) -> BidRound:
    if not _may_open(case, act.actor):
        raise Invalid("bidding_over", pointer="/amount")
    n = len(queries.rounds(case)) + 1
    closes_at = before_referral(case, "bidding_round", act)
    this = BidRound(
        case_id=case.id, organisation_id=case.respondent_id, n=n, opened_by=act.actor.side, opened_at=act.at,
        closes_at=closes_at,
    )  # fmt: skip
    session().add(this)
    session().flush()
    advance(case, Action.OPEN_BIDDING, act=act, detail={"bidding": n})
    service_clocks.start(case, ClockKind.BIDDING, act=act, figure="bidding_round", due_at=closes_at, subject_id=this.id)
    _tell(case, "bidding_open", act, but=tell_but, until=closes_at)
    return this


# --- entering a figure ----------------------------------------------------------------------------------------------


def _may_bid(case: Case, actor: Actor) -> bool:
    this = queries.open_round(case) if case.asked_at else None
    return actor.side not in {bid.side for bid in queries.entered(this)} if this else _may_open(case, actor)


@performs(Action.BID, EnterBid, ready=_may_bid)
def bid(case: Case, command: EnterBid, act: Act) -> None:
    """Take one side's secret figure; with the second one the case settles at the middle, or both are void.

    What the other side learns is that a round is open, and in the end whether the figures crossed. Raises Invalid
    where this side has entered one already or the rounds are over, TooLate when the round's time is.
    """
    _check(case, command.amount)
    this = queries.open_round(case) or _open(case, Act(SYSTEM, act.at), tell_but=act.actor.side)
    if act.at >= this.closes_at:
        raise TooLate("bidding_closed")
    before = queries.entered(this)
    if act.actor.side in {each.side for each in before}:
        raise Invalid("already_answered", pointer="/amount")
    own = _enter(case, this, command.amount, act)
    if before:
        _compare(case, this, {each.side: _figure(each) for each in (*before, own)}, act)
    else:
        detail = {"bidding": this.n}
        advance(case, Action.BID, act=act, branch="one", detail=detail, audience=OWN_SIDE[act.actor.side])


def _enter(case: Case, this: BidRound, amount: Money, act: Act) -> Bid:
    sealed = seal(_purpose(case.id, this.id), str(amount.amount_minor).zfill(DIGITS).encode())
    entered = Bid(
        case_id=case.id, round_id=this.id, side=act.actor.side, user_id=act.actor.user_id, sealed=sealed, at=act.at
    )  # fmt: skip
    record(entered, about=about(case.id), at=act.at)
    session().flush()
    return entered


def _figure(entered: Bid) -> int:
    return int(unseal(_purpose(entered.case_id, entered.round_id), entered.sealed))


def _purpose(case_id: int, round_id: int) -> str:
    return f"bid/{case_id}/{round_id}"


def _compare(case: Case, this: BidRound, figures: dict[str, int], act: Act) -> None:
    sum_minor = middle(figures["consumer"], figures["respondent"])
    this.ended_at, this.result = act.at, "apart" if sum_minor is None else "met"
    if sum_minor is None:
        advance(case, Action.BID, act=act, branch="apart", detail={"bidding": this.n})
        _tell(case, "bids_apart", act)
    else:
        term = Term(kind=KIND, amount=Money(amount_minor=sum_minor, currency=case.currency))
        settle_on(case, [term], Action.BID, branch="met", detail={"bidding": this.n}, act=act)
    tell_assignee(case, Action.BID, act=act)


def _check(case: Case, amount: Money) -> None:
    """Raise Invalid for a figure that could not be paid: more than the goods cost, in another currency."""
    try:
        check_terms(case, [Term(kind=KIND, amount=amount)])
    except Invalid as refused:
        refused.pointer = "/amount"
        raise


# --- ending ---------------------------------------------------------------------------------------------------------


@service_clocks.when_elapsed(ClockKind.BIDDING)
def _lapse(case: Case, clock: Clock, act: Act) -> None:
    """The time is over before both figures were there: the round is void, and nobody is told who entered one."""
    this = session().get(BidRound, clock.subject_id)
    if this is None or this.ended_at is not None:
        return
    this.ended_at, this.result = act.at, "lapsed"
    if case.state not in (CaseState.ANSWERING, CaseState.MEDIATION) or this.organisation_id != case.respondent_id:
        return
    advance(case, Action.BIDDING_LAPSED, act=Act(SYSTEM, act.at), detail={"bidding": this.n})
    _tell(case, "bidding_lapsed", act)


@when_entering(CaseState.TRIAGE)
@when_entering(CaseState.COMMITTEE)
@when_entering(CaseState.SETTLED)
@when_entering(CaseState.CLOSED)
def _end_with_the_negotiation(case: Case, act: Act) -> None:
    """Let an open round end unfinished when the case is settled otherwise, moves on or closes."""
    for this in queries.unfinished(case) if queries.ever_opened(case) else ():
        this.ended_at, this.result = act.at, "lapsed"


def _tell(case: Case, what: str, act: Act, *, but: str = "", until: datetime | None = None) -> None:
    def words(language: str) -> dict[str, Any]:
        turn = name("next", what, language)
        return {
            "what": name("told", what, language),
            "turn": turn.format(until=local(until, case.time_zone)) if until else turn,
        }

    if but != "consumer":
        tell_consumer(case, "progress", act=act, **words(case.language))
    if but != "respondent" and case.organisation_ids and case.respondent:
        tell_respondent(case, "respondent_news", act=act, **words(case.respondent.language))
