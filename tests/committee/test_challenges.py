"""Challenges by a party: they halt the panel, somebody outside it rules, and the draw gives the replacement."""

from datetime import timedelta

import pytest

from app.cases import queries as cases
from app.cases import service_clocks
from app.cases.service import advance
from app.committee import queries
from app.committee.commands import ChallengeMember, RuleChallenge
from app.committee.service_draw import candidates
from app.core.db import session, transaction
from app.core.messages import OutboundMessage
from tests.committee.factories import (
    a_case_before_the_committee,
    bring_to_vote,
    decide,
    declare,
    draft,
    panel_of,
    person,
    seated,
    secretary,
    sign,
    take,
    vote,
)
from tests.factories import a_person, acting, an_act, complaining, link_of, saved, sign_in
from workflows.procedure.authority import Role
from workflows.procedure.errors import Invalid, NotPermitted, StepNotAllowed, TooLate
from workflows.procedure.panel import draw
from workflows.procedure.states import Action, CaseState


@pytest.fixture
def case(app):
    return saved(a_case_before_the_committee)


def challenge(case, place=2, act=None):
    panel_of(case)  # drawn
    command = ChallengeMember(place=place, grounds=["relation"], text="他在这家店的母公司工作。")
    take(case, Action.CHALLENGE, command, act or complaining(case))
    return panel_of(case).challenges[-1]


def answering(case):
    """An act by somebody of the company that answers."""
    return acting(saved(a_person, Role.RESPONDENT, organisation_id=cases.case_to_work(case.id).respondent_id))


def rule(case, ruling, user=None, n=1):
    made = panel_of(case).challenges[n - 1]
    who = user or person(made.ruler_id)
    take(case, Action.RULE_CHALLENGE, RuleChallenge(challenge=n, ruling=ruling, reason="Weighed."), acting(who))


def sweep():
    for clock_id in cases.due_clocks(an_act().at):
        with transaction():
            service_clocks.fire(clock_id, act=an_act())


def told(user):
    letters = session().query(OutboundMessage)
    return [each.subject + each.body for each in letters if each.address == user.email]


def test_while_a_challenge_waits_nothing_is_voted_drafted_or_signed(case):
    chair, member, _ = bring_to_vote(case)
    challenge(case)

    for act in (lambda: vote(case, chair), lambda: vote(case, member)):
        with pytest.raises(Invalid) as refused:
            act()
        assert refused.value.code == "challenge_pending"


def test_a_chair_who_does_not_sit_rules_and_reads_nothing_else_of_the_case(case):
    made = challenge(case)
    ruler = person(made.ruler_id)

    assert Role.CHAIR in ruler.roles
    assert ruler.id not in {seat.user_id for seat in panel_of(case).seats}
    assert cases.by_number(case.number, ruler.actor()) is None
    assert cases.by_number(case.number, ruler.actor(), to_act=True) is not None
    assert any(f"/committee/{case.number}/challenges/1" in each for each in told(ruler))


def test_upheld_the_next_in_the_same_draw_takes_the_seat_and_the_votes_of_who_left_count_no_more(case):
    member = bring_to_vote(case)[1]
    vote(case, member)
    before = panel_of(case)
    [lots] = before.draws
    expected = draw(lots.seed, candidates(lots), places=[2], taken=[seat.user_id for seat in before.seats])[2]
    challenge(case)

    rule(case, "upheld")

    after = panel_of(case)
    assert (after.live_seats[1].user_id, after.live_seats[1].interest) == (expected, None)
    assert next(seat for seat in after.seats if seat.user_id == member.id).left_because == "challenged"
    assert queries.voters(after) == set()
    assert not after.halted


def test_rejected_the_member_stays_and_the_work_goes_on(case):
    people = bring_to_vote(case)
    challenge(case)

    rule(case, "rejected")
    for user in people:
        vote(case, user)

    assert [user.id for user in people] == [seat.user_id for seat in panel_of(case).live_seats]
    assert not panel_of(case).sealed


def test_only_who_was_drawn_to_rule_rules_and_a_secretary_once_it_is_overdue(case, time):
    made = challenge(case)
    for user in (seated(case)[0], secretary()):
        with pytest.raises((NotPermitted, StepNotAllowed)):
            rule(case, "upheld", user)

    time.go(hours=13)
    assert an_act().at > made.rule_by
    rule(case, "rejected", secretary())

    assert panel_of(case).challenges[0].outcome == "rejected"


def test_without_another_chair_the_secretary_rules_at_once(app):
    case = saved(a_case_before_the_committee, chairs=1, members=4)

    assert challenge(case).ruler_id is None
    rule(case, "upheld", secretary())

    assert panel_of(case).challenges[0].outcome == "upheld"


def test_the_clocks_run_on_and_nobody_is_taken_for_silent_while_it_waits(case, time):
    people = bring_to_vote(case)
    challenge(case)
    limits = {c.kind: c.due_at for c in cases.case_to_work(case.id).clocks if c.kind != "voting"}
    time.go(hours=48)

    sweep()

    panel = panel_of(case)
    assert {c.kind: c.due_at for c in cases.case_to_work(case.id).clocks if c.kind != "voting"} == limits
    assert [seat.user_id for seat in panel.live_seats] == [user.id for user in people]
    assert (panel.sealed, panel.closes_at - an_act().at) == (True, timedelta(hours=24))


def test_a_challenge_after_the_vote_seals_it_again_and_the_draft_goes_back(case):
    chair, *_ = decide(case)
    draft(case)
    challenge(case, act=answering(case))

    with pytest.raises((Invalid, StepNotAllowed)):
        sign(case, chair)
    rule(case, "upheld")

    panel = panel_of(case)
    assert panel.sealed
    assert queries.rulings(panel) == ()
    substitute = seated(case)[1]
    declare(case, substitute)
    vote(case, substitute, "reject")
    draft(case)
    sign(case, chair)
    assert cases.case_to_work(case.id).state is CaseState.DECIDED


def test_each_member_once_no_more_than_two_and_within_the_window(case, time):
    challenge(case, 2)
    with pytest.raises(Invalid) as again:
        challenge(case, 2)
    challenge(case, 3)
    with pytest.raises(Invalid) as third:
        challenge(case, 1)
    challenge(case, 1, answering(case))
    time.go(hours=25)
    with pytest.raises(TooLate):
        challenge(case, 3, answering(case))

    assert (again.value.code, third.value.code) == ("already_challenged", "too_many")


def test_a_member_who_stands_aside_meanwhile_leaves_nothing_to_rule(case):
    member = bring_to_vote(case)[1]
    challenge(case)

    declare(case, member, "conflict", "It is true.")

    assert panel_of(case).challenges[0].outcome == "moot"
    assert not panel_of(case).halted


def test_every_clock_is_still_what_the_history_makes_of_it(app, time):
    from app.cases.deadlines import explained
    from tests.committee.factories import a_pool
    from tests.intake.complaints import a_submission, file

    saved(a_pool)
    case = file(a_submission()).case
    with transaction():
        advance(cases.case_to_work(case.id), Action.REFER, act=an_act())
    decide(case)
    challenge(case)
    rule(case, "upheld")
    challenge(case, 3)
    time.go(hours=25)
    sweep()

    known = explained(cases.case_to_work(case.id))
    assert known.differences == []
    assert not known.due_at_differs
    assert sum(each.kind == "voting" for each in known.accounts) == 3


# --- the screens ---------------------------------------------------------------------------------------------------


def test_the_company_challenges_on_a_page_and_the_ruling_is_told_there(app, client, case):
    company = saved(a_person, Role.RESPONDENT, organisation_id=cases.case_to_work(case.id).respondent_id)
    panel_of(case)
    sign_in(client, company)
    address = f"/r/cases/{case.number}/panel"

    empty = client.post(address, data={})
    sent = client.post(address, data={"place": "2", "grounds": ["took_part"], "text": "He advised them on it."})

    assert (empty.status_code, sent.status_code) == (422, 303)
    rule(case, "rejected")
    shown = client.get(address).text
    assert "Rejected: the member stays" in shown
    assert "Weighed." in shown


def test_who_rules_does_so_on_a_page_and_others_do_not_find_it(app, case):
    made = challenge(case)
    ruler, outsider = app.test_client(), app.test_client()
    sign_in(ruler, person(made.ruler_id))
    sign_in(outsider, saved(a_person, Role.CHAIR))
    address = f"/committee/{case.number}/challenges/1"

    assert outsider.get(address).status_code == 404
    assert "To rule on a challenge" in ruler.get("/committee").text
    assert "他在这家店的母公司工作。" in ruler.get(address).text
    assert ruler.post(address, data={"ruling": "upheld", "reason": ""}).status_code == 422
    assert ruler.post(address, data={"ruling": "upheld", "reason": "Close to one side."}).status_code == 303
    assert ruler.get(address).status_code == 404


def test_a_stranger_with_the_link_sees_no_member(client, case):
    answer = client.get(f"/en/c/{link_of(case)}/panel")

    assert answer.status_code == 303
    assert "verify" in answer.headers["Location"]
