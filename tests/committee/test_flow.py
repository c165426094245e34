"""From referral to a signed decision, and what is refused on the way."""

import pytest

from app.accounts.queries import with_role
from app.cases.queries import case_to_work, events
from app.cases.queries_talk import remedies
from app.committee import queries
from app.core.db import session
from app.core.messages import OutboundMessage
from tests.committee.factories import (
    a_case_before_the_committee,
    a_draft,
    bring_to_vote,
    decide,
    declare,
    draft,
    panel_of,
    seated,
    secretary,
    sign,
    take,
    to_a_decision,
    vote,
)
from tests.factories import a_person, acting, saved
from workflows.procedure.authority import Role
from workflows.procedure.clocks import ClockKind, ClockStatus
from workflows.procedure.errors import Invalid, NotPermitted, ProcedureError, StepNotAllowed
from workflows.procedure.states import Action, CaseState


@pytest.fixture
def case(app):
    return saved(a_case_before_the_committee)


def clock_of(case, kind):
    return next(clock for clock in reversed(case_to_work(case.id).clocks) if clock.kind is kind)


def test_a_referred_case_gets_a_panel_issues_a_clock_and_its_members_are_told(case):
    panel = panel_of(case)

    assert (panel.round, panel.size, len(panel.live_seats), panel.tie_rule) == (1, 3, 3, "chair")
    assert [(issue.kind, issue.subject) for issue in panel.issues] == [
        ("liability", "return_refusal"),
        ("remedy", "refund"),
    ]
    assert clock_of(case, ClockKind.VOTING).due_at == panel.closes_at < clock_of(case, ClockKind.RESOLUTION).due_at
    told = {m.address for m in session().query(OutboundMessage) if "panel" in m.subject}
    assert told == {user.email for user in seated(case)}


def test_the_whole_way_to_a_signed_decision(case, time):
    time.go(hours=1)

    decided = to_a_decision(case)

    decision = queries.decision_of(decided)
    assert decided.state is CaseState.DECIDED
    assert (decision.number, decision.status, decision.outcome) == ("〔2026〕1", "in_force", "for_consumer")
    assert [(r.kind, r.amount_minor, r.source, r.status) for r in remedies(decided)] == [
        ("refund", 19900, "decision", "promised")
    ]
    assert clock_of(case, ClockKind.RESOLUTION).status is ClockStatus.MET
    assert clock_of(case, ClockKind.PERFORMANCE).status is ClockStatus.RUNNING


def test_both_sides_are_told_of_the_decision_and_until_when_they_can_ask_for_a_review(case):
    decided = to_a_decision(case)

    letters = [m for m in session().query(OutboundMessage) if "〔2026〕1" in m.body]

    assert {letter.address for letter in letters} == {"lin@example.test", decided.respondent.email}
    assert all("2026-09-08 23:59" in letter.body for letter in letters)


def test_a_decision_for_the_respondent_orders_nothing(case):
    decided = to_a_decision(case, "reject")

    assert queries.decision_of(decided).outcome == "for_respondent"
    assert remedies(decided) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"outcome": "partly"}, "outcome_not_voted"),
        ({"terms": []}, "order_missing"),
        ({"clauses": ["9.9.9"]}, "clause_unknown"),
    ],
)
def test_a_draft_has_to_say_what_was_voted(case, changes, code):
    decide(case)

    with pytest.raises(Invalid) as refused:
        draft(case, **changes)

    assert refused.value.code == code


def test_nothing_is_drafted_before_the_vote_closes(case):
    bring_to_vote(case)

    with pytest.raises(ProcedureError):
        take(case, Action.DRAFT_DECISION, _any_draft(), acting(secretary()))


def _any_draft():
    from app.committee.commands import DraftDecision

    return DraftDecision(outcome="partly", facts_found=["x"], clauses=["2.2.2"], reasons="x")


def test_only_who_presides_signs(case):
    _, member, _ = decide(case)
    draft(case)
    other_chair = next(
        user for user in with_role(Role.CHAIR) if user.id not in {seat.user_id for seat in panel_of(case).live_seats}
    )

    for user in (member, other_chair, secretary()):
        with pytest.raises((NotPermitted, StepNotAllowed)):
            sign(case, user)


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"statements": ["dossier_read"]}, "statement_missing"), ({"password": "wrong"}, "password_wrong")],
)
def test_signing_takes_every_statement_and_the_password(case, changes, code):
    chair, *_ = decide(case)
    draft(case)

    with pytest.raises(Invalid) as refused:
        sign(case, chair, **changes)

    assert refused.value.code == code
    assert case_to_work(case.id).state is CaseState.COMMITTEE


def test_a_decision_is_signed_once(case):
    chair, *_ = decide(case)
    draft(case)
    sign(case, chair)

    with pytest.raises(StepNotAllowed):
        sign(case, chair)

    assert len(remedies(case)) == 1


def test_the_chair_sends_a_draft_back_and_it_cannot_be_signed_until_it_was_written_anew(case):
    from app.committee.commands import ReturnDraft

    chair, *_ = decide(case)
    draft(case)
    take(case, Action.RETURN_DRAFT, ReturnDraft(note="The second fact is missing."), acting(chair))

    with pytest.raises((Invalid, StepNotAllowed)):
        sign(case, chair)
    draft(case)
    sign(case, chair)

    assert queries.decision_of(case).returned_note is None


def test_members_do_not_learn_of_offers(app):
    case = saved(a_case_before_the_committee)
    member = bring_to_vote(case)[1]

    seen = events(case_to_work(case.id), member.actor())

    assert seen
    assert not [event for event in seen if event.walled or event.action in ("propose", "accept", "decline")]


def test_the_history_keeps_that_somebody_voted_and_not_what(case):
    chair, *_ = bring_to_vote(case)
    vote(case, chair, "reject")

    votes = [e for e in events(case_to_work(case.id), a_person(Role.LEAD).actor()) if e.action is Action.VOTE]

    assert [event.detail for event in votes] == [{"round": 1, "changed": False}]


def test_who_judged_does_not_see_a_case_they_do_not_sit_on(case):
    from app.cases.queries import by_number

    chair, *_ = seated(case)

    assert by_number(case.number, chair.actor()) is None
    declare(case, chair)
    assert by_number(case.number, chair.actor()) is not None
    assert by_number(case.number, a_person(Role.CHAIR).actor()) is None
    assert by_number(case.number, secretary().actor()) is not None


def test_the_draft_is_what_the_factory_says(case):
    decide(case, "partly", issue2="reject")

    assert a_draft(case).outcome == "partly"
