"""Whose turn it is, and until when: the first thing on every case page, told to the consumer or to the respondent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from flask_babel import gettext as _
from msgspec import Struct

from app.cases.faces import ClockFace, clock_face, nearest
from app.cases.models import Case, Clock
from app.cases.models_talk import Remedy
from app.mediation.models import Maker, Offer
from app.mediation.models_record import SettlementRecord
from app.mediation.queries_bids import RoundSeen
from app.web.filters import law, named
from workflows.procedure.clocks import ClockKind
from workflows.procedure.states import CaseState

WITH_US = (CaseState.RECEIVED, CaseState.TRIAGE)
NEGOTIATING = (CaseState.ANSWERING, CaseState.MEDIATION)
OUTCOME = (CaseState.SETTLED, CaseState.DECIDED)


class Turn(Struct, frozen=True):
    """What the turn card says.

    `kind` is what the reader can do there: offer, bid, sign, confirm, rate, answer, perform, or ''.
    """

    whose: str
    title: str
    text: str = ""
    clock: ClockFace | None = None
    kind: str = ""
    offer: Offer | None = None

    @property
    def yours(self) -> bool:
        return bool(self.kind)


class Table(Struct, frozen=True):
    """What is open in a case beyond its state: read once for a page."""

    offers: Sequence[Offer] = ()
    remedies: Sequence[Remedy] = ()
    answered: bool = False
    rated: bool = False
    rounds: Sequence[RoundSeen] = ()
    unsigned: SettlementRecord | None = None

    def waiting_for(self, side: str) -> Offer | None:
        """Return the newest open offer that waits for `side`."""
        return next((each for each in reversed(self.offers) if side in each.waits_for), None)

    @property
    def bidding(self) -> RoundSeen | None:
        """Return the open round of blind bidding in which the reader has not entered a figure."""
        return next((each for each in self.rounds if each.is_open and not each.entered), None)

    def of(self, *statuses: str) -> list[Remedy]:
        return [remedy for remedy in self.remedies if remedy.status in statuses]


def company(case: Case) -> str:
    """Return the company as the complainant's pages call it."""
    if case.respondent and case.asked_at:
        return case.respondent.name
    named_by_hand = case.parties[0].respondent_named if case.parties else None
    return named_by_hand or law(case.responsible_kind, "party_kind") or _("the company")


def made_by(offer: Offer, case: Case, side: str) -> str:
    """Return who made an offer, as `side` reads it."""
    if offer.by.value == side:
        return _("You")
    return company(case) if offer.by is Maker.RESPONDENT and side == "consumer" else named(offer.by, "maker")


def of_consumer(case: Case, table: Table, now: datetime) -> Turn:
    """Return the complainant's turn card."""
    return _consumers_own(case, table, now) or _others(case, table, now, company(case))


def _consumers_own(case: Case, table: Table, now: datetime) -> Turn | None:
    yours = _("Your turn")
    if offer := table.waiting_for("consumer"):
        title = _("%(who)s made an offer. Please decide", who=made_by(offer, case, "consumer"))
        return Turn(yours, title, "", _clock(case, now, {ClockKind.OFFER}, {offer.id}), "offer", offer)
    if coming := _coming_to_terms(case, table, now):
        return coming
    if case.state is CaseState.PERFORMING and (proved := table.of("proved")):
        clock = _clock(case, now, {ClockKind.PROOF}, {remedy.id for remedy in proved})
        text = _("If we hear nothing from you, what was reported counts as done when this time is over.")
        return Turn(yours, _("%(who)s says it is done. Is it?", who=company(case)), text, clock, "confirm")
    if case.state is CaseState.CLOSED and not table.rated and case.close_reason in ("performed", "nothing_owed"):
        return Turn(
            yours, _("The case is closed. How did we do?"), named(case.close_reason, "close_reason"), None, "rate"
        )
    return None


def of_respondent(case: Case, table: Table, now: datetime) -> Turn:
    """Return the respondent's turn card."""
    return _respondents_own(case, table, now) or _others(case, table, now, company(case))


def _respondents_own(case: Case, table: Table, now: datetime) -> Turn | None:
    yours = _("Your turn")
    if case.state is CaseState.ANSWERING and not table.answered:
        return to_answer(case, now)
    if offer := table.waiting_for("respondent"):
        title = _("%(who)s made an offer. Please decide", who=made_by(offer, case, "respondent"))
        return Turn(yours, title, "", _clock(case, now, {ClockKind.OFFER}, {offer.id}), "offer", offer)
    if case.state is CaseState.MEDIATION and not table.answered:
        return to_answer(case, now)
    if coming := _coming_to_terms(case, table, now):
        return coming
    if case.state in (*OUTCOME, CaseState.PERFORMING) and (owed := table.of("promised", "disputed")):
        clock = _clock(case, now, {ClockKind.PERFORMANCE}, {remedy.id for remedy in owed})
        text = _("What is not done in time is a breach, and is kept on your record.")
        return Turn(yours, _("Do what was agreed or decided, and show it"), text, clock, "perform")
    return None


def _coming_to_terms(case: Case, table: Table, now: datetime) -> Turn | None:
    """Return the card of either side for an open round of blind bidding, or a settlement record to sign."""
    if table.bidding:
        text = _("Enter a secret figure, or let the round pass. Nobody sees it; if the two meet, the case is settled.")
        clock = _clock(case, now, {ClockKind.BIDDING})
        return Turn(_("Your turn"), _("A round of blind bids is open"), text, clock, "bid")
    if table.unsigned:
        text = _("The settlement stands. Read its words, and sign them.")
        clock = _clock(case, now, {ClockKind.SIGNING})
        return Turn(_("Your turn"), _("Please sign the settlement record"), text, clock, "sign")
    return None


def to_answer(case: Case, now: datetime) -> Turn:
    """Return the card of a company that has not answered yet."""
    clock = _clock(case, now, {ClockKind.RESPONDENT_ANSWER})
    text = _("Without an answer in time the case goes to mediation, and the silence is kept on your record.")
    if case.state is CaseState.MEDIATION or (clock and clock.tone == "over"):
        text = _("The time is over. Your answer is still taken, and marked as late.")
    return Turn(_("Your turn"), _("Please answer this complaint"), text, clock, "answer")


def _others(case: Case, table: Table, now: datetime, who: str) -> Turn:
    """Return the card of somebody who has nothing to do just now: who is at work, on what, until when."""
    state = case.state
    clock = nearest(case, now)
    if state is CaseState.CLOSED:
        return Turn(_("Closed"), _("This case is closed"), named(case.close_reason, "close_reason"))
    if state in WITH_US:
        return Turn(_("With us"), _("We are finding out who must answer"), _nothing(clock), clock)
    if state is CaseState.ANSWERING and not table.offers:
        clock = _clock(case, now, {ClockKind.RESPONDENT_ANSWER}) or clock
        title = _("%(who)s has been asked to answer", who=who)
        return Turn(_("Waiting for the answer"), title, _nothing(clock), clock)
    if state in NEGOTIATING:
        waits = [offer for offer in table.offers if offer.waits_for]
        title = _("An offer waits for the other side") if waits else _("A mediator works on your case")
        clock = _clock(case, now, {ClockKind.OFFER}, {offer.id for offer in waits}) or clock
        return Turn(_("Mediation"), title, _nothing(clock), clock)
    return _after_mediation(case, table, now, clock, who)


def _after_mediation(case: Case, table: Table, now: datetime, clock: ClockFace | None, who: str) -> Turn:
    state = case.state
    if state is CaseState.COMMITTEE:
        return Turn(named(state, "state"), _("The committee hears the case and decides"), _nothing(clock), clock)
    if state is CaseState.REVIEW:
        clock = _clock(case, now, {ClockKind.REVIEW}) or clock
        return Turn(named(state, "state"), _("Other members review the decision"), _nothing(clock), clock)
    if state in OUTCOME:
        title = _("You agreed. We are writing the notice") if state is CaseState.SETTLED else _("The case is decided")
        return Turn(named(state, "state"), title, _("The notice is on its way to you. There is nothing for you to do."))
    clock = _clock(case, now, {ClockKind.PERFORMANCE}) or clock
    title = (
        _("%(who)s carries out what is owed", who=who) if table.of("promised", "disputed") else named(state, "state")
    )
    return Turn(named(state, "state"), title, _nothing(clock), clock)


def _nothing(clock: ClockFace | None) -> str:
    if clock is None:
        return _("There is nothing for you to do.")
    if clock.tone == "over":
        return _("This is late, and we are sorry. The person in charge has been told. There is nothing for you to do.")
    return _("There is nothing for you to do. Next news by %(time)s.", time=clock.due_text)


def _clock(
    case: Case, now: datetime, kinds: Iterable[ClockKind], subjects: Iterable[int] | None = None
) -> ClockFace | None:
    """Return the face of the clock among `kinds` (about `subjects`, where given) that ends first and is open."""
    wanted = set(subjects) if subjects is not None else None
    running = [c for c in case.clocks if c.kind in kinds and c.ended_at is None and _about(c, wanted)]
    return clock_face(min(running, key=lambda clock: clock.due_at), now) if running else None


def _about(clock: Clock, wanted: set[int] | None) -> bool:
    return wanted is None or clock.subject_id in wanted
