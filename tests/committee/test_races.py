"""Votes that race with each other and with the close: one counted each, and the tally is what the record says."""

import os
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from app.cases import actions, queries, service_clocks
from app.cases.models import CaseEvent, Clock
from app.cases.service import advance
from app.committee import queries as committee
from app.committee.models import Vote
from app.core.db import session, transaction
from app.ledger.models import LedgerEntry
from tests.committee.factories import a_case_before_the_committee, ballots, bring_to_vote, panel_of, seated
from tests.factories import an_act, saved
from workflows.procedure.act import Act
from workflows.procedure.errors import ProcedureError
from workflows.procedure.states import Action

CHOICES = ("uphold", "partly", "reject")
ROUNDS, VOTES = map(int, os.environ.get("VOTE_RACES", "4x12").split("x"))
"""`VOTE_RACES=50x200 pytest tests/committee/test_races.py` races two hundred votes, fifty times."""


def attempt(app, case_id, command, act, action=Action.VOTE):
    """Vote as a request would; returns whether it was taken."""
    with app.app_context():
        try:
            with transaction():
                actions.carry_out(queries.case_to_work(case_id), action, command, act=act)
        except ProcedureError:
            return False
        return True


def end_the_time(app, clock_id, act):
    """Fire the voting clock as the sweeper would."""
    with app.app_context(), transaction():
        return service_clocks.fire(clock_id, act=act)


def test_racing_votes_count_once_each_and_none_after_the_close(app, time):
    for n in range(ROUNDS):
        case = saved(a_case_before_the_committee, chairs=1, members=2)
        people = bring_to_vote(case)
        clock_id = session().scalar(select(Clock.id).where(Clock.case_id == case.id, Clock.kind == "voting"))
        at = panel_of(case).closes_at
        jobs = [
            (attempt, app, case.id, ballots(case, CHOICES[(n + k) % 3]), Act(people[k % len(people)].actor(), at))
            for k in range(VOTES)
        ]
        jobs.insert(len(jobs) // 2, (end_the_time, app, clock_id, Act(an_act().actor, at)))
        session().rollback()

        with ThreadPoolExecutor(8) as threads:
            taken = [task.result() for task in [threads.submit(job[0], *job[1:]) for job in jobs]]

        check(case, taken)


def test_the_planted_vote_that_looks_before_it_locks_is_found(app, time):
    """Planted: it sees an open vote, is overtaken by the close, and writes all the same."""
    case = saved(a_case_before_the_committee, chairs=1, members=2)
    people = bring_to_vote(case)
    clock_id = session().scalar(select(Clock.id).where(Clock.case_id == case.id, Clock.kind == "voting"))
    at = panel_of(case).closes_at
    taken = [attempt(app, case.id, ballots(case), Act(user.actor(), at)) for user in people[:2]]
    unlocked = panel_of(case)
    assert unlocked.sealed
    taken.append(attempt(app, case.id, ballots(case), Act(people[2].actor(), at)))
    end_the_time(app, clock_id, Act(an_act().actor, at))

    with transaction():
        late = Act(people[0].actor(), at)
        for issue in unlocked.issues:
            row = {"panel_id": unlocked.id, "issue_id": issue.id, "user_id": late.actor.user_id, "ballot": "late"}
            session().add(Vote(**row, choice="reject", reason="Too late.", at=at, counts=False))
        advance(queries.case_to_work(case.id), Action.VOTE, act=late)

    with pytest.raises(AssertionError):
        check(case, [*taken, True])


def entered_in_the_log():
    return set(session().scalars(select(LedgerEntry.record_id).where(LedgerEntry.kind == "vote")))


def check(case, taken):
    panel = panel_of(case)
    rows = session().scalars(select(Vote).where(Vote.panel_id == panel.id)).all()
    counted = [(row.user_id, row.issue_id) for row in rows if row.counts]
    events = session().scalars(select(CaseEvent).where(CaseEvent.case_id == case.id).order_by(CaseEvent.seq)).all()
    voted = [event for event in events if event.action is Action.VOTE]

    assert len(counted) == len(set(counted))
    assert {row.id for row in rows} <= entered_in_the_log()
    assert sum(taken) >= len(voted)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    if not panel.sealed:
        ended = [event.seq for event in events if event.action is Action.VOTING_ENDED]
        assert len(ended) == 1
        assert sorted(row.id for row in rows if row.counts) == events[ended[0] - 1].detail["votes"]
        assert max(event.seq for event in voted) < ended[0]
        assert len(counted) == len(panel.live_seats) * len(panel.issues)
        assert [sum(r.tally.counts.values()) for r in committee.rulings(panel)] == [len(seated(case))] * len(
            panel.issues
        )
