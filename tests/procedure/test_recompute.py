"""Clocks are worked out from the history alone, and any stored clock that says otherwise is found."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import pytest

from workflows.procedure.clocks import ClockKind, ClockStatus
from workflows.procedure.recompute import Entry, differences, due_again, nearest_end, recompute
from workflows.procedure.states import Action, CaseState
from workflows.regulation import book

NOON = datetime(2026, 9, 1, 4, 0, tzinfo=UTC)
ON = date(2026, 9, 1)
A, S, K = Action, CaseState, ClockKind


class History:
    """A history that is written entry by entry."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.state: CaseState | None = None

    def add(self, action, target=None, *, after, branch="", side="desk", **detail):
        """Add what happened `after` so many hours."""
        target, at = target or self.state, NOON + timedelta(hours=after)
        self.entries.append(Entry(len(self.entries) + 1, at, action, branch, self.state, target, side, detail))
        self.state = target

    def clocks(self):
        return recompute(self.entries, book.current(), on=ON)

    def clock(self, kind, generation=1):
        return next(each for each in self.clocks() if (each.kind, each.generation) == (kind, generation))


@pytest.fixture
def received():
    history = History()
    history.add(A.RECEIVE, S.RECEIVED, after=0, side="consumer", important=False)
    history.add(A.TRIAGE, S.TRIAGE, after=0, side="system")
    return history


@pytest.fixture
def asked(received):
    received.add(A.REQUEST_ANSWER, S.ANSWERING, after=1, organisation_id=1)
    return received


def hours(account):
    return (account.due_at - account.started_at) / timedelta(hours=1)


def test_receipt_begins_four_clocks_by_the_figures_in_force(received):
    assert {each.kind: (hours(each), each.clause) for each in received.clocks()} == {
        K.EMERGENCY_START: (2, "2.2.3.2"), K.FIRST_REPLY: (48, "2.1.7.1"), K.RESOLUTION: (168, "2.2.4.3"),
        K.REFERRAL: (96, "2.2.4.3"),
    }  # fmt: skip


def test_what_is_important_is_answered_within_a_day():
    history = History()
    history.add(A.RECEIVE, S.RECEIVED, after=0, important=True)

    assert hours(history.clock(K.FIRST_REPLY)) == 24


@pytest.mark.parametrize(("after", "status"), [(47.9, "met"), (48, "met"), (48.0001, "met_late"), (60, "met_late")])
def test_a_reply_meets_its_clock_up_to_the_very_end(received, after, status):
    received.add(A.REPLY, after=after, branch="consumer")

    reply = received.clock(K.FIRST_REPLY)

    assert (reply.status, reply.ended_by.action) == (status, A.REPLY)


def test_a_reply_to_the_other_side_meets_nothing(received):
    received.add(A.REPLY, after=1, branch="other")

    assert received.clock(K.FIRST_REPLY).is_open


def test_a_clock_that_is_asked_anew_is_another_one(asked):
    asked.add(A.REQUEST_ANSWER, S.ANSWERING, after=5, organisation_id=2)

    assert asked.clock(K.RESPONDENT_ANSWER).status is ClockStatus.STOPPED
    assert asked.clock(K.RESPONDENT_ANSWER, 2).is_open


def test_an_offer_ends_with_the_time_for_mediation_if_that_is_sooner(asked):
    asked.add(A.PROPOSE, S.MEDIATION, after=90, branch="mediator", offer=1, by="mediator")

    assert hours(asked.clock(K.OFFER)) == 6


def test_a_new_offer_replaces_only_the_makers_own(asked):
    asked.add(A.ANSWER, after=2, branch="offer", side="respondent", offer=1)
    asked.add(A.PROPOSE, after=3, branch="party", side="consumer", offer=2, by="consumer")
    asked.add(A.PROPOSE, after=4, branch="party", side="respondent", offer=3, by="respondent")

    assert [asked.clock(K.OFFER, n).is_open for n in (1, 2, 3)] == [False, True, True]


@pytest.fixture
def settled(asked):
    asked.add(A.ANSWER, after=2, branch="offer", side="respondent", offer=1)
    owed = [{"remedy": 1, "days": 7}, {"remedy": 2, "days": 3}]
    asked.add(A.ACCEPT, S.SETTLED, after=10, branch="all", side="consumer", offer=1, owed=owed)
    asked.add(A.PUBLISH, S.PERFORMING, after=11, branch="remedies")
    return asked


def test_a_settlement_ends_the_dispute_and_begins_a_clock_for_each_remedy(settled):
    assert settled.clock(K.RESOLUTION).status is ClockStatus.MET
    assert settled.clock(K.OFFER).status is ClockStatus.STOPPED
    assert [hours(settled.clock(K.PERFORMANCE, n)) for n in (1, 2)] == [168, 72]


def test_a_disputed_proof_ends_its_time_and_the_remedys_own_clock_goes_on(settled):
    settled.add(A.PERFORM, after=20, side="respondent", remedy=2)
    settled.add(A.DISPUTE_PERFORMANCE, after=30, side="consumer", remedy=2)

    assert settled.clock(K.PROOF).status is ClockStatus.STOPPED
    assert settled.clock(K.PERFORMANCE, 2).is_open


def test_what_was_proved_before_the_outcome_was_published_can_be_challenged_for_its_whole_time(asked):
    asked.add(A.ANSWER, after=2, branch="offer", side="respondent", offer=1)
    owed = [{"remedy": 1, "days": 7}]
    asked.add(A.ACCEPT, S.SETTLED, after=10, branch="all", side="consumer", offer=1, owed=owed)
    asked.add(A.PERFORM, after=11, side="respondent", remedy=1)
    asked.add(A.PUBLISH, S.PERFORMING, after=20, branch="remedies")

    assert [asked.clock(K.PROOF, n).status for n in (1, 2)] == [ClockStatus.STOPPED, ClockStatus.RUNNING]
    assert asked.clock(K.PROOF, 2).started_at == NOON + timedelta(hours=20)


def test_each_remedy_is_met_by_its_own_confirmation(settled):
    settled.add(A.CONFIRM_PERFORMANCE, after=20, branch="some", side="consumer", remedy=2)
    settled.add(A.CONFIRM_PERFORMANCE, S.CLOSED, after=200, branch="all", side="consumer", remedy=1)

    assert [settled.clock(K.PERFORMANCE, n).status for n in (1, 2)] == [ClockStatus.MET_LATE, ClockStatus.MET]


@pytest.fixture
def referred(asked):
    asked.add(A.ELAPSE, after=96, side="system", kind="referral", generation=1)
    asked.add(A.REFER, S.COMMITTEE, after=96, side="system")
    return asked


def test_votes_leave_time_to_write_the_decision_and_begin_again_without_a_quorum(referred):
    vote = referred.clock(K.VOTING)
    writing = book.current().figure("decision_writing", on=ON).length
    assert vote.due_at <= referred.clock(K.RESOLUTION).due_at - writing

    end = (vote.due_at - NOON) / timedelta(hours=1)
    referred.add(A.ELAPSE, after=end, side="system", kind="voting", generation=1)
    referred.add(A.VOTING_EXTENDED, after=end, side="system", round=1)

    assert referred.clock(K.VOTING).status is ClockStatus.ELAPSED
    assert (referred.clock(K.VOTING, 2).figure, referred.clock(K.VOTING, 2).is_open) == ("voting_substitutes", True)


def test_a_review_stays_what_was_ordered_and_brings_its_proofs_back_when_it_is_affirmed(referred):
    owed = [{"remedy": 1, "days": 7}]
    referred.add(A.SIGN_DECISION, S.DECIDED, after=120, owed=owed)
    referred.add(A.PUBLISH, S.PERFORMING, after=121, branch="remedies")
    referred.add(A.PERFORM, after=122, side="respondent", remedy=1)
    referred.add(A.REQUEST_REVIEW, S.REVIEW, after=123, side="consumer")
    assert [referred.clock(kind).status for kind in (K.PERFORMANCE, K.PROOF)] == [ClockStatus.STOPPED] * 2
    assert referred.clock(K.REVIEW).is_open

    referred.add(A.SIGN_DECISION, S.DECIDED, after=150, owed=owed)

    assert referred.clock(K.REVIEW).status is ClockStatus.MET
    assert [referred.clock(kind, 2).is_open for kind in (K.PERFORMANCE, K.PROOF)] == [True, True]


def test_a_case_sent_back_has_its_whole_time_again_and_keeps_its_proofs(referred):
    referred.add(A.SIGN_DECISION, S.DECIDED, after=120, owed=[{"remedy": 1, "days": 7}])
    referred.add(A.PERFORM, after=122, side="respondent", remedy=1)
    referred.add(A.REQUEST_REVIEW, S.REVIEW, after=123, side="consumer")
    referred.add(A.SIGN_DECISION, S.COMMITTEE, after=150, branch="sent_back")

    assert referred.clock(K.REVIEW).status is ClockStatus.MET
    again = referred.clock(K.RESOLUTION, 2)
    assert (again.is_open, again.due_at - again.started_at) == (True, timedelta(days=7))
    assert referred.clock(K.VOTING, 3).due_at < again.due_at
    assert not referred.clock(K.PERFORMANCE).is_open

    referred.add(A.SIGN_DECISION, S.DECIDED, after=200, owed=[{"remedy": 1, "days": 7}])

    assert referred.clock(K.RESOLUTION, 2).status is ClockStatus.MET
    assert [referred.clock(kind, 2).is_open for kind in (K.PERFORMANCE, K.PROOF)] == [True, True]


def test_a_breach_stands_when_the_case_ends_without_its_being_met(asked):
    asked.add(A.BREACH, after=49.001, side="system", kind="respondent_answer", generation=1)
    asked.add(A.WITHDRAW, S.CLOSED, after=60, side="consumer")

    answer = asked.clock(K.RESPONDENT_ANSWER)
    assert (answer.status, answer.is_open) == (ClockStatus.BREACHED, False)
    assert nearest_end(asked.clocks()) is None


# --- comparing -----------------------------------------------------------------------------------------------------


@dataclass
class Stored:
    """A stored clock."""

    kind: ClockKind
    generation: int
    clause: str
    figure: str
    started_at: datetime
    due_at: datetime
    status: ClockStatus
    ended_at: datetime | None


@dataclass
class Done:
    """A stored effect."""

    level: int
    effect: str
    due_at: datetime
    at: datetime


NAMES = {A.WARN: "warning", A.BREACH: "breach", A.ELAPSE: "elapsed"}


@pytest.fixture
def overdue(received):
    received.add(A.WARN, after=1, side="system", kind="emergency_start", generation=1, level=1, desk="mediator")
    received.add(A.BREACH, after=2.001, side="system", kind="emergency_start", generation=1)
    received.add(A.START_EMERGENCY, after=3)
    return received


def stored(history):
    rows = []
    for each in history.clocks():
        row = Stored(*(getattr(each, name) for name in Stored.__dataclass_fields__))
        done = [
            Done(n, NAMES[f.action], due_again(each, f, book.current(), on=ON), f.at)
            for n, f in enumerate(each.firings)
        ]
        rows.append((row, done))
    return rows


def compare(history, rows):
    found = differences(history.clocks(), rows, book.current(), on=ON)
    return [(each.kind, each.what) for each in found]


def test_stored_clocks_that_say_the_same_do_not_differ(overdue):
    assert compare(overdue, stored(overdue)) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("due_at", NOON + timedelta(hours=3)), ("started_at", NOON - timedelta(minutes=1)), ("clause", "2.1.7.1"),
        ("status", ClockStatus.MET), ("ended_at", NOON + timedelta(hours=2)), ("figure", "first_reply"),
    ],
)  # fmt: skip
def test_a_clock_that_was_touched_is_found(overdue, name, value):
    rows = stored(overdue)
    rows[0] = (replace(rows[0][0], **{name: value}), rows[0][1])

    assert compare(overdue, rows) == [(K.EMERGENCY_START, name)]


def test_a_clock_that_is_lost_or_made_up_is_found(overdue):
    rows = stored(overdue)
    made_up = (replace(rows[0][0], generation=2), [])

    assert compare(overdue, [*rows[1:], made_up]) == [(K.EMERGENCY_START, "clock")] * 2


def test_an_effect_that_is_missing_doubled_or_early_is_found(overdue):
    rows = stored(overdue)
    clock, done = rows[0]

    assert compare(overdue, [(clock, done[:1]), *rows[1:]]) == [(K.EMERGENCY_START, "effects")]
    assert compare(overdue, [(clock, [*done, done[0]]), *rows[1:]]) == [(K.EMERGENCY_START, "effects")]


def test_a_firing_before_its_time_is_found(received):
    received.add(A.WARN, after=0.99, side="system", kind="emergency_start", generation=1, level=1, desk="mediator")
    received.add(A.BREACH, after=2, side="system", kind="emergency_start", generation=1)

    assert compare(received, stored(received)) == [(K.EMERGENCY_START, "fired early")] * 2


def test_a_case_in_which_nobody_was_named_in_time_is_referred_soon_after_it_asks(received):
    received.add(A.ELAPSE, after=96, side="system", kind="referral", generation=1)
    received.add(A.REQUEST_ANSWER, S.ANSWERING, after=100, organisation_id=1)

    late = received.clock(K.REFERRAL, 2)
    assert (late.figure, late.due_at) == ("late_referral", NOON + timedelta(hours=112))


def test_a_call_is_waited_for_until_it_goes_to_those_who_watch(received):
    for after, stage in ((1, "on_duty"), (1.25, "fallback"), (1.5, "supervisor")):
        received.add(A.CALL_CONTACT, after=after, side="system", stage=stage, organisation_id=1, call=1)

    assert received.clock(K.ACKNOWLEDGEMENT, 2).due_at == NOON + timedelta(hours=1.5)
    assert [each.generation for each in received.clocks() if each.kind is K.ACKNOWLEDGEMENT] == [1, 2]
