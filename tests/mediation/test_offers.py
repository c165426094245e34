"""Offers: who may make and answer them, what replaces what, and that silence is never consent."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.cases import queries as cases
from app.cases import service_clocks
from app.cases.models import Case
from app.cases.queries_talk import remedies
from app.core.db import session, transaction
from app.core.messages import OutboundMessage
from app.mediation import queries
from app.mediation.commands import Propose
from app.mediation.models import Offer, OfferReply
from tests.factories import an_act
from tests.mediation.conftest import HALF, REFUND, sweep
from workflows.procedure.authority import SYSTEM
from workflows.procedure.clocks import ClockKind, ClockStatus
from workflows.procedure.errors import Invalid, NotPermitted, StepNotAllowed, TooLate
from workflows.procedure.states import Action, CaseState


def status(table, n=1):
    return queries.offer(table.case, n, SYSTEM).status.value


def letters_to(address):
    return [each.subject for each in session().scalars(select(OutboundMessage)) if each.address == address]


# --- who may ---------------------------------------------------------------------------------------------------------

MAY_PROPOSE = {"consumer": True, "respondent": True, "mediator": True, "lead": True}
EVERYBODY = ("consumer", "respondent", "stranger", "mediator", "lead", "operator", "member", "supervisor")


@pytest.mark.parametrize("who", EVERYBODY)
def test_parties_and_mediators_may_propose_and_nobody_else(mediated, who):
    if MAY_PROPOSE.get(who):
        mediated.propose(who)
        assert len(queries.offers(mediated.case, SYSTEM)) == 1
    else:
        with pytest.raises(NotPermitted):
            mediated.propose(who)


MAY_ANSWER = {
    "consumer": {"respondent"},
    "respondent": {"consumer"},
    "mediator": {"consumer", "respondent"},
}


@pytest.mark.parametrize("answer", ["accept", "decline"])
@pytest.mark.parametrize("who", EVERYBODY)
@pytest.mark.parametrize("maker", MAY_ANSWER)
def test_only_those_an_offer_is_made_to_may_answer_it(mediated, maker, who, answer):
    mediated.propose(maker)
    say = getattr(mediated, answer)
    if who in MAY_ANSWER[maker]:
        say(who)
        assert [reply.side for reply in queries.offer(mediated.case, 1, SYSTEM).replies] == [who]
    else:
        with pytest.raises((NotPermitted, StepNotAllowed)):
            say(who)
        assert status(mediated) == "open"


@pytest.mark.parametrize("state", [s for s in CaseState if s not in (CaseState.ANSWERING, CaseState.MEDIATION)])
@pytest.mark.parametrize("action", ["propose", "accept", "decline"])
def test_nothing_is_offered_or_answered_outside_answering_and_mediation(mediated, state, action):
    mediated.propose("respondent")
    with transaction():
        case = session().get(Case, mediated.case.id)
        case.state, case.settled_at, case.decided_at, case.closed_at = state, *[an_act().at] * 3

    with pytest.raises(StepNotAllowed):
        getattr(mediated, action)("consumer")


# --- making ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("term", "pointer"),
    [
        (None, "/terms"),
        ({"kind": "gold"}, "/terms/0/kind"),
        ({"kind": "refund"}, "/terms/0/amount"),
        ({"kind": "apology", "amount": {"amount_minor": 1, "currency": "CNY"}}, "/terms/0/amount"),
        ({"kind": "refund", "amount": {"amount_minor": 1, "currency": "USD"}}, "/terms/0/amount"),
        ({"kind": "other"}, "/terms/0/note"),
        ({"kind": "refund", "amount": {"amount_minor": 20000, "currency": "CNY"}}, "/terms/0/amount"),
    ],
)
def test_terms_that_are_not_sound_are_refused_and_nothing_is_kept(mediated, term, pointer):
    command = Propose.model_validate({"terms": [term] if term else []})
    with transaction():
        session().get(Case, mediated.case.id).order_facts = {"goods_total_minor": 19900}

    with pytest.raises(Invalid) as refused:
        mediated.do("mediator", Action.PROPOSE, command)

    assert refused.value.pointer == pointer
    assert queries.offers(mediated.case, SYSTEM) == []


def test_a_clause_that_is_not_in_the_rules_is_refused(mediated):
    with pytest.raises(Invalid, match="clause_unknown"):
        mediated.propose("mediator", clause="9.9.9")


def test_an_offer_stays_open_for_its_time_and_starts_a_clock(mediated):
    case = mediated.propose("mediator", REFUND)

    offer = queries.offer(case, 1, SYSTEM)
    (clock,) = [clock for clock in case.clocks if clock.kind is ClockKind.OFFER]

    assert offer.lapses_at - offer.made_at == timedelta(hours=48)
    assert (clock.due_at, clock.subject_id) == (offer.lapses_at, offer.id)


def test_an_offer_is_open_no_longer_than_until_the_committee_takes_the_case(mediated):
    with transaction():
        case = cases.case_to_work(mediated.case.id)
        due_at = an_act().at + timedelta(hours=10)
        service_clocks.start(case, ClockKind.REFERRAL, act=an_act(), figure="committee_referral", due_at=due_at)

    offer = queries.offer(mediated.propose("mediator"), 1, SYSTEM)

    assert offer.lapses_at == due_at


def test_a_new_offer_replaces_the_makers_open_one_and_no_other(mediated):
    mediated.propose("respondent", HALF)
    mediated.propose("consumer", REFUND)
    mediated.propose("respondent", REFUND)

    assert [status(mediated, n) for n in (1, 2, 3)] == ["replaced", "open", "open"]
    running = [c for c in mediated.case.clocks if c.kind is ClockKind.OFFER and c.status is ClockStatus.RUNNING]
    assert len(running) == 2


def test_the_other_party_is_told_of_an_offer_and_a_mediators_goes_to_both(mediated):
    mediated.propose("respondent")
    mediated.propose("mediator")

    assert sum("提出了解决方案" in subject for subject in letters_to("lin@example.test")) == 2
    assert sum("提出了解决方案" in subject for subject in letters_to("answers@shop.test")) == 1


# --- answering -------------------------------------------------------------------------------------------------------


def test_a_partys_offer_is_settled_by_the_other_partys_yes(mediated):
    mediated.propose("respondent", REFUND, {"kind": "apology", "days": 3})

    case = mediated.accept("consumer")

    assert case.state is CaseState.SETTLED
    assert case.settled_at == an_act().at
    assert [(r.kind, r.amount_minor, r.source) for r in remedies(case)] == [
        ("refund", 19900, "settlement"),
        ("apology", None, "settlement"),
    ]
    assert [r.due_at - an_act().at for r in remedies(case)] == [timedelta(days=7), timedelta(days=3)]
    resolution = next(clock for clock in case.clocks if clock.kind is ClockKind.RESOLUTION)
    assert resolution.status is ClockStatus.MET


@pytest.mark.parametrize("order", [("consumer", "respondent"), ("respondent", "consumer")])
def test_a_mediators_offer_needs_both(mediated, order):
    mediated.propose("mediator")

    first = mediated.accept(order[0]).state
    second = mediated.accept(order[1]).state

    assert (first, second) == (CaseState.MEDIATION, CaseState.SETTLED)


def test_settling_takes_everything_else_off_the_table(mediated):
    mediated.propose("consumer", REFUND)
    mediated.propose("respondent", HALF)

    mediated.accept("consumer", 2)

    assert [status(mediated, n) for n in (1, 2)] == ["replaced", "accepted"]
    assert all(c.status is not ClockStatus.RUNNING for c in mediated.case.clocks if c.kind is ClockKind.OFFER)


def test_a_side_answers_once(mediated):
    mediated.propose("mediator")
    mediated.accept("consumer")

    with pytest.raises(StepNotAllowed):
        mediated.decline("consumer")
    mediated.propose("respondent")
    with pytest.raises(Invalid, match="already_answered"):
        mediated.decline("consumer", 1)
    assert len(session().scalars(select(OfferReply)).all()) == 1


def test_declining_ends_the_offer_and_leads_to_mediation(table):
    table.answer("offer", terms=[HALF])

    case = table.decline("consumer", reason="太少")

    assert (case.state, status(table)) == (CaseState.MEDIATION, "declined")


def test_declining_one_offer_leaves_the_others_clock_running(mediated):
    mediated.propose("consumer", REFUND)
    mediated.propose("respondent", HALF)

    mediated.decline("consumer", 2)

    running = [c for c in mediated.case.clocks if c.kind is ClockKind.OFFER and c.status is ClockStatus.RUNNING]
    assert [c.subject_id for c in running] == [queries.offer(mediated.case, 1, SYSTEM).id]


def test_an_offer_that_was_replaced_while_it_was_read_is_not_accepted(mediated):
    mediated.propose("respondent", REFUND)
    mediated.propose("respondent", HALF)

    with pytest.raises(TooLate, match="offer_changed"):
        mediated.accept("consumer", 1)
    assert mediated.case.state is CaseState.MEDIATION


def test_an_offer_that_ended_while_it_was_read_is_gone(mediated):
    mediated.propose("mediator", REFUND)
    mediated.decline("respondent", 1)
    mediated.propose("respondent", HALF)

    with pytest.raises(TooLate, match="offer_gone"):
        mediated.accept("consumer", 1)


def test_an_offer_can_be_accepted_to_the_last_instant_and_not_after(mediated, time):
    mediated.propose("respondent", REFUND)
    mediated.propose("consumer", REFUND)
    time.go(hours=48)
    assert mediated.decline("respondent", 2).state is CaseState.MEDIATION

    time.go(microseconds=1)
    with pytest.raises(TooLate, match="offer_gone"):
        mediated.accept("consumer", 1)


def test_an_offer_of_a_respondent_who_is_no_longer_asked_is_gone(mediated):
    mediated.propose("respondent", REFUND)
    with transaction():
        case = cases.case_to_work(mediated.case.id)
        case.respondent_id = mediated.people["stranger"].organisation_id

    with pytest.raises(StepNotAllowed):
        mediated.accept("consumer", 1)


@pytest.mark.parametrize("state", ["answering", "mediation"])
def test_silence_lets_an_offer_lapse_and_never_settles(request, state, time):
    table = request.getfixturevalue("table" if state == "answering" else "mediated")
    table.propose("respondent", REFUND)
    time.go(hours=48, seconds=1)
    sweep()

    assert (table.case.state, status(table)) == (CaseState.MEDIATION, "lapsed")
    assert remedies(table.case) == []
    assert any("已失效" in subject for subject in letters_to("lin@example.test"))
    assert sweep() == 0


def test_a_case_that_leaves_mediation_clears_the_table(mediated, time):
    from app.cases.commands import Close

    mediated.propose("mediator")
    mediated.do("mediator", Action.CLOSE, Close(reason="inadmissible", explanation="No contract."))

    assert status(mediated) == "lapsed"


# --- the wall --------------------------------------------------------------------------------------------------------


def test_what_was_offered_never_reaches_the_committee(mediated):
    mediated.propose("respondent", REFUND)
    mediated.decline("consumer", 1, reason="太少")
    case, member = mediated.case, mediated.people["member"].actor()

    assert queries.offers(case, member) == ()
    seen = {event.action for event in cases.events(case, member)}
    assert not seen & {Action.PROPOSE, Action.DECLINE, Action.ACCEPT, Action.OFFER_LAPSED}
    everything = {event.action for event in cases.events(case, SYSTEM)}
    assert {Action.PROPOSE, Action.DECLINE} <= everything


def test_another_organisation_sees_no_offer(mediated):
    mediated.propose("respondent", REFUND)

    assert queries.offers(mediated.case, mediated.people["stranger"].actor()) == []
    assert len(session().scalars(select(Offer)).all()) == 1
