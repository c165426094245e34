"""Offers: made, answered, replaced, lapsed. Silence is never consent. Source: clause 2.2.4.3."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.cases import service_clocks
from app.cases.actions import performs
from app.cases.commands import Term
from app.cases.models import Case, Clock
from app.cases.service import advance, when_entering
from app.cases.service_letters import local, tell_assignee, tell_consumer, tell_respondent
from app.cases.service_performance import promise
from app.cases.terms import check_clause, check_terms, in_words, restored, stored
from app.core.db import session
from app.mediation.commands import Accept, Decline, Propose
from app.mediation.models import Maker, Offer, OfferReply, OfferStatus
from app.mediation.queries import last_number, offers, open_offers, waiting_for
from app.mediation.service_record import write_record
from workflows.procedure.act import Act
from workflows.procedure.authority import SYSTEM, Actor
from workflows.procedure.clocks import ClockKind, ClockStatus
from workflows.procedure.errors import Invalid, TooLate
from workflows.procedure.names import name
from workflows.procedure.states import Action, CaseState
from workflows.regulation import book

NEGOTIATING = (CaseState.ANSWERING, CaseState.MEDIATION)


# --- making ---------------------------------------------------------------------------------------------------------


def _asked(case: Case, actor: Actor) -> bool:
    return case.respondent_id is not None and case.asked_at is not None


@performs(Action.PROPOSE, Propose, ready=_asked)
def propose(case: Case, command: Propose, act: Act) -> None:
    """Put terms on the table: a mediator's need both sides, a party's the other side."""
    side = act.actor.side
    maker = Maker(side) if side in ("consumer", "respondent") else Maker.MEDIATOR
    branch = "mediator" if maker is Maker.MEDIATOR else "party"
    check_clause(case, command.clause)
    advance(case, Action.PROPOSE, act=act, branch=branch, detail={"offer": last_number(case) + 1, "by": maker})
    put_on_the_table(case, maker, command.terms, clause=command.clause, note=command.note, act=act)
    if maker is not Maker.MEDIATOR:
        tell_assignee(case, Action.PROPOSE, act=act)


def put_on_the_table(case: Case, maker: Maker, terms: Sequence[Term], *, clause: str, note: str, act: Act) -> Offer:
    """Make an offer in place of the maker's open one, start its clock, write to those who must answer."""
    if case.respondent_id is None or not _asked(case, act.actor):
        raise Invalid("party_not_asked")
    check_terms(case, terms)
    for earlier in open_offers(case):
        if earlier.by is maker:
            _end(case, earlier, OfferStatus.REPLACED, act)
    session().flush()  # the old one must be closed before the new one opens: one open offer a maker
    offer = Offer(
        case_id=case.id, n=last_number(case) + 1, by=maker, organisation_id=case.respondent_id,
        user_id=act.actor.user_id, terms=stored(terms), clause=clause or None, note=note or None, made_at=act.at,
        status=OfferStatus.OPEN, lapses_at=before_referral(case, "offer_lapse", act), replies=[],
    )  # fmt: skip
    session().add(offer)
    session().flush()
    service_clocks.start(
        case, ClockKind.OFFER, act=act, figure="offer_lapse", due_at=offer.lapses_at, subject_id=offer.id
    )
    _tell_of_offer(case, offer, act)
    return offer


def before_referral(case: Case, figure: str, act: Act) -> datetime:
    """Return when what begins now ends: by its own figure, and no later than the case goes to the committee."""
    own = act.at + book.current().figure(figure, on=case.law_as_of).length
    running = [c for c in case.clocks if c.kind is ClockKind.REFERRAL and c.status is ClockStatus.RUNNING]
    return min([own, *(clock.due_at for clock in running if clock.due_at > act.at)])


def _tell_of_offer(case: Case, offer: Offer, act: Act) -> None:
    terms, due = restored(offer.terms), local(offer.lapses_at, case.time_zone)
    if "consumer" in offer.waits_for:
        maker = name("maker", offer.by, case.language)
        tell_consumer(case, "offer_made", act=act, maker=maker, terms=in_words(terms, case.language), due=due)
    if "respondent" in offer.waits_for and case.respondent:
        language = case.respondent.language
        maker = name("maker", offer.by, language)
        tell_respondent(case, "offer_put", act=act, maker=maker, terms=in_words(terms, language), due=due)


# --- answering ------------------------------------------------------------------------------------------------------


def _something_waits(case: Case, actor: Actor) -> bool:
    return bool(waiting_for(case, actor))


@performs(Action.ACCEPT, Accept, ready=_something_waits)
def accept(case: Case, command: Accept, act: Act) -> None:
    """Say yes. With the last yes that is needed the case is settled, and the terms are owed from now on."""
    offer = _open(case, command.offer, act)
    _reply(offer, act, accepted=True)
    if offer.waits_for:
        advance(case, Action.ACCEPT, act=act, branch="one", detail={"offer": offer.n})
        _tell_the_other_side(case, act, "one_accepted")
    else:
        _settle(case, offer, act)
    tell_assignee(case, Action.ACCEPT, act=act)


def _settle(case: Case, offer: Offer, act: Act) -> None:
    _end(case, offer, OfferStatus.ACCEPTED, act)
    session().flush()
    settle_on(case, restored(offer.terms), Action.ACCEPT, branch="all", detail={"offer": offer.n}, act=act)


def settle_on(
    case: Case, terms: Sequence[Term], by: Action, *, branch: str, detail: dict[str, Any], act: Act
) -> None:  # fmt: skip
    """Settle the case on these terms: what is still on the table is replaced, what was agreed is owed from now on."""
    for other in open_offers(case):
        _end(case, other, OfferStatus.REPLACED, act)
    owed = promise(case, terms, source="settlement", act=act)
    advance(case, by, act=act, branch=branch, detail=detail | {"owed": owed})
    until = write_record(case, "bidding" if by is Action.BID else "offer", act=act).sign_until

    def words(language: str) -> dict[str, Any]:
        sign = name("next", "to_sign", language).format(until=local(until, case.time_zone))
        return {"what": name("outcome", "settled", language), "turn": f"{in_words(terms, language)}\n\n{sign}"}

    tell_consumer(case, "progress", act=act, **words(case.language))
    if case.respondent:
        tell_respondent(case, "respondent_news", act=act, **words(case.respondent.language))


@performs(Action.DECLINE, Decline, ready=_something_waits)
def decline(case: Case, command: Decline, act: Act) -> None:
    """Say no; the mediator goes on with the case."""
    offer = _open(case, command.offer, act)
    _reply(offer, act, accepted=False, reason=command.reason)
    _end(case, offer, OfferStatus.DECLINED, act)
    advance(case, Action.DECLINE, act=act, detail={"offer": offer.n})
    _tell_the_other_side(case, act, "declined")
    tell_assignee(case, Action.DECLINE, act=act)


def _open(case: Case, n: int, act: Act) -> Offer:
    """Return the offer that is meant, if it can still be answered by this side; raise TooLate or Invalid."""
    offer = next((each for each in offers(case, act.actor) if each.n == n), None)
    if offer is None or act.actor.side not in offer.sides:
        raise Invalid("not_possible", pointer="/offer")
    if offer.status is OfferStatus.REPLACED and any(each.by is offer.by for each in open_offers(case)):
        raise TooLate("offer_changed")
    over = offer.status is not OfferStatus.OPEN or act.at > offer.lapses_at
    if over or offer.organisation_id != case.respondent_id:
        raise TooLate("offer_gone")
    if act.actor.side not in offer.waits_for:
        raise Invalid("already_answered", pointer="/offer")
    return offer


def _reply(offer: Offer, act: Act, *, accepted: bool, reason: str = "") -> None:
    offer.replies.append(
        OfferReply(
            offer_id=offer.id, side=act.actor.side, user_id=act.actor.user_id, accepted=accepted,
            reason=reason or None, at=act.at,
        )
    )  # fmt: skip


def _tell_the_other_side(case: Case, act: Act, what: str) -> None:
    if act.actor.is_consumer and case.respondent:
        language = case.respondent.language
        tell_respondent(
            case, "respondent_news", act=act, what=name("told", what, language), turn=name("next", what, language)
        )
    elif not act.actor.is_consumer:
        language = case.language
        tell_consumer(case, "progress", act=act, what=name("told", what, language), turn=name("next", what, language))


# --- ending ---------------------------------------------------------------------------------------------------------


def _end(case: Case, offer: Offer, status: OfferStatus, act: Act) -> None:
    offer.status, offer.ended_at = status, act.at
    service_clocks.end(case, {ClockKind.OFFER}, by=Action.PROPOSE, act=act, subject_id=offer.id)


@service_clocks.when_elapsed(ClockKind.OFFER)
def _lapse(case: Case, clock: Clock, act: Act) -> None:
    """Nobody's silence is a yes: the offer lapses, and the case goes on in mediation."""
    offer = next((each for each in open_offers(case) if each.id == clock.subject_id), None)
    if offer is None:
        return
    offer.status, offer.ended_at = OfferStatus.LAPSED, act.at
    if case.state not in NEGOTIATING or offer.organisation_id != case.respondent_id:
        return
    advance(case, Action.OFFER_LAPSED, act=Act(SYSTEM, act.at), detail={"offer": offer.n, "by": offer.by})
    what, turn = (name(group, "lapsed", case.language) for group in ("told", "next"))
    tell_consumer(case, "progress", act=act, what=what, turn=turn)
    if case.organisation_ids and case.respondent:
        what, turn = (name(group, "lapsed", case.respondent.language) for group in ("told", "next"))
        tell_respondent(case, "respondent_news", act=act, what=what, turn=turn)


@when_entering(CaseState.TRIAGE)
@when_entering(CaseState.COMMITTEE)
@when_entering(CaseState.CLOSED)
def _clear_the_table(case: Case, act: Act) -> None:
    """Let what is still open end with the negotiation."""
    ever_offered = any(clock.kind is ClockKind.OFFER for clock in case.clocks)
    for offer in open_offers(case) if ever_offered else ():
        _end(case, offer, OfferStatus.LAPSED, act)
