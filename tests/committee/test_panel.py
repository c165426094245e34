"""Seats: drawn, declared, left, and taken again by the next in the draw."""

import pytest
from sqlalchemy.exc import IntegrityError

from app.cases.queries import by_number, case_to_work
from app.committee.models import PanelSeat
from app.committee.service_draw import candidates
from app.core.db import session, transaction
from app.core.messages import OutboundMessage
from tests.committee.factories import (
    a_case_before_the_committee,
    a_pool,
    ballots,
    bring_to_vote,
    declare,
    panel_of,
    person,
    seated,
    take,
    vote,
)
from tests.factories import a_case, a_person, acting, an_act, an_organisation, saved
from workflows.procedure.authority import Role
from workflows.procedure.errors import Invalid, NotPermitted, ProcedureError, StepNotAllowed
from workflows.procedure.panel import draw
from workflows.procedure.states import Action, CaseState


@pytest.fixture
def case(app):
    return saved(a_case_before_the_committee)


def test_anyone_can_run_the_draw_again_from_what_was_frozen(case):
    panel = panel_of(case)
    [lots] = panel.draws

    again = draw(lots.seed, candidates(lots), places=range(1, panel.size + 1))

    assert again == {seat.place: seat.user_id for seat in panel.live_seats}
    assert Role.CHAIR in person(again[1]).roles


def test_people_of_a_party_and_people_who_worked_on_the_case_are_not_drawn(app):
    def make():
        shop = an_organisation()
        theirs = [a_person(Role.MEMBER, organisation_id=shop.id) for _ in range(3)]
        mediator = a_person(Role.MEDIATOR, Role.MEMBER)
        namesake = a_person(Role.MEMBER, email="lin@example.test")
        a_pool(chairs=1, members=2)
        case = a_case(CaseState.MEDIATION, respondent=shop, assignee_id=mediator.id)
        from app.cases.service import advance

        advance(case, Action.REFER, act=an_act())
        return case, {mediator.id, namesake.id, *[each.id for each in theirs]}

    case, excluded = saved(make)

    assert not excluded & {each["id"] for each in panel_of(case).draws[0].candidates}
    assert len(panel_of(case).live_seats) == 3


def test_a_member_with_an_interest_is_replaced_by_the_next_in_the_draw(case):
    before = panel_of(case)
    member = person(before.live_seats[1].user_id)
    [lots] = before.draws
    expected = draw(lots.seed, candidates(lots), places=[2], taken=[seat.user_id for seat in before.seats])[2]

    declare(case, member, "conflict", "My sister works there.")

    after = panel_of(case)
    left = next(seat for seat in after.seats if seat.user_id == member.id)
    assert (left.left_because, left.replaced_by, after.live_seats[1].user_id) == ("conflict", expected, expected)
    letters = [m for m in session().query(OutboundMessage) if m.address == person(expected).email]
    assert len(letters) == 1


def test_the_chair_is_replaced_by_somebody_who_may_preside(case):
    chair = seated(case)[0]

    declare(case, chair, "conflict", "I bought there.")

    assert Role.CHAIR in seated(case)[0].roles
    assert seated(case)[0].id != chair.id


def test_an_interest_needs_its_reason(case):
    with pytest.raises(Invalid) as refused:
        declare(case, seated(case)[1], "conflict")

    assert refused.value.code == "reason_missing"


def test_who_stood_aside_reads_nothing_and_can_do_nothing_more(case):
    member = seated(case)[1]
    declare(case, member)
    declare(case, member, "conflict", "I remember now.")

    assert by_number(case.number, member.actor(), to_act=True) is None
    with pytest.raises(ProcedureError):
        vote(case, member)


def test_an_interest_that_shows_after_voting_takes_the_vote_out(case):
    from app.committee.queries import voters

    member = bring_to_vote(case)[1]
    vote(case, member)
    assert voters(panel_of(case)) == {member.id}

    declare(case, member, "conflict", "I remember now.")

    assert voters(panel_of(case)) == set()


def test_the_dossier_is_locked_and_no_vote_is_taken_until_interests_are_declared(case):
    member = seated(case)[1]

    assert by_number(case.number, member.actor()) is None
    assert by_number(case.number, member.actor(), to_act=True) is not None
    with pytest.raises((NotPermitted, StepNotAllowed)):
        vote(case, member)


def test_somebody_who_was_not_drawn_neither_declares_nor_votes(case):
    outsider = saved(a_person, Role.MEMBER)

    for command, action in ((ballots(case), Action.VOTE),):
        with pytest.raises((NotPermitted, StepNotAllowed)):
            take(case, action, command, acting(outsider))
    with pytest.raises((NotPermitted, StepNotAllowed)):
        declare(case, outsider)


def test_a_pool_that_is_too_small_leaves_a_seat_empty_and_the_secretary_is_told(app):
    case = saved(a_case_before_the_committee, chairs=1, members=1)

    assert len(panel_of(case).live_seats) == 2
    told = [m for m in session().query(OutboundMessage) if "short of members" in m.subject]
    assert len(told) == 1


def test_a_case_can_be_referred_when_there_is_no_pool_at_all(app):
    case = saved(a_case_before_the_committee, chairs=0, members=0)

    assert case_to_work(case.id).state is CaseState.COMMITTEE
    assert panel_of(case).live_seats == []


def test_who_joins_the_pool_later_takes_an_empty_seat_at_the_next_occasion(app):
    case = saved(a_case_before_the_committee, chairs=1, members=2)
    newcomer = saved(a_person, Role.MEMBER)

    declare(case, seated(case)[1], "conflict", "A friend.")

    assert seated(case)[1].id == newcomer.id


def test_one_place_is_held_by_one_person(case):
    panel = panel_of(case)
    stranger = saved(a_person, Role.MEMBER)

    with pytest.raises(IntegrityError), transaction():
        session().add(PanelSeat(panel_id=panel.id, user_id=stranger.id, place=2, seated_at=panel.opened_at))
