"""Votes that race with each other and with the close: one counted each, and the tally is what the record says.

    python -m tests.committee.races [--database postgresql] [--rounds 50] [--votes 200]

races two hundred votes around the close, fifty times, on a database of its own, and prints what became of them. The
suite runs a few of them on both databases (`test_races.py`).
"""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier, Event

import pytest
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from app.cases import actions, queries, service_clocks
from app.cases.models import Case, CaseEvent, Clock
from app.cases.service import advance
from app.committee import queries as committee
from app.committee.models import Vote
from app.committee.service_votes import _cast
from app.core.db import session, transaction
from app.ledger.models import LedgerEntry
from tests.committee.factories import a_case_before_the_committee, ballots, bring_to_vote, panel_of
from tests.factories import an_act, saved
from workflows.procedure.act import Act
from workflows.procedure.errors import ProcedureError
from workflows.procedure.states import Action

CHOICES = ("uphold", "partly", "reject")
THREADS = 8
WANTED = "VOTE_RACES"


def sizes() -> tuple[int, int]:
    """Return (rounds, votes): a few for the suite, as many as the command asked for otherwise."""
    rounds, votes = os.environ.get(WANTED, "4x12").split("x")
    return int(rounds), int(votes)


def attempt(app, case_id, command, act) -> str:
    """Vote as a request would; returns `taken`, or the code of the refusal."""
    with app.app_context():
        try:
            with transaction():
                actions.carry_out(queries.case_to_work(case_id), Action.VOTE, command, act=act)
        except ProcedureError as refused:
            return refused.code
        return "taken"


def attempt_without_a_lock(app, case_id, command, act, looked: Barrier, closed: Event) -> str:
    """Planted: it looks whether the vote is open, lets go of the case, and then writes without looking again."""
    with app.app_context():
        panel = committee.panel_of(queries.case_to_work(case_id))
        is_open, before = panel.sealed, committee.own_votes(panel, act.actor)
        issues = {issue.n: issue for issue in panel.issues}
        session().rollback()
        looked.wait()
        closed.wait()
        if not is_open:
            return "voting_closed"
        with transaction():
            case = queries.case_to_work(case_id)
            for said in command.votes:
                _cast(
                    case, panel, panel.seat_of(act.actor.user_id), issues[said.issue], said, before.get(said.issue), act
                )
            advance(case, Action.VOTE, act=act)
        return "taken"


def race_without_a_lock(app, votes: int) -> tuple[Case, Counter]:
    """Have as many planted votes look while the vote is open, and write when the last proper one has closed it."""
    case = saved(a_case_before_the_committee, chairs=1, members=2)
    people = [Act(user.actor(), panel_of(case).closes_at) for user in bring_to_vote(case)]
    first, changed = ballots(case, "uphold"), ballots(case, "reject")
    answers = [attempt(app, case.id, first, act) for act in people[:2]]
    looked, closed = Barrier(votes + 1), Event()
    session().rollback()
    with ThreadPoolExecutor(votes) as pool:
        planted = [
            pool.submit(attempt_without_a_lock, app, case.id, changed, people[k % 2], looked, closed)
            for k in range(votes)
        ]
        looked.wait()
        answers.append(attempt(app, case.id, first, people[2]))
        closed.set()
        for task in planted:
            try:
                answers.append(task.result())
            except SQLAlchemyError:  # the database still refuses a second vote that counts
                answers.append("refused by the database")
    return case, Counter(answers)


def end_the_time(app, clock_id, act) -> str:
    """Fire the voting clock as the sweeper would."""
    with app.app_context(), transaction():
        return "closed" if service_clocks.fire(clock_id, act=act) else "was closed"


def race(app, votes: int, n: int, *, same: bool = False) -> tuple[Case, Counter]:
    """Have the members vote `votes` times between them, the close in the middle; returns the case and the answers.

    Two of the three change their minds in the first half; the third joins when the time is over as well.
    With `same`, everybody repeats one vote word for word.
    """
    case = saved(a_case_before_the_committee, chairs=1, members=2)
    people = bring_to_vote(case)
    with transaction():
        panel_of(case).quorum = 2  # so that the end of the time can close it before the third has voted
    clock_id = session().scalar(select(Clock.id).where(Clock.case_id == case.id, Clock.kind == "voting"))
    at = panel_of(case).closes_at
    commands = {choice: ballots(case, choice) for choice in CHOICES}
    jobs = [
        (
            attempt,
            app,
            case.id,
            commands["uphold" if same else CHOICES[(n + k) % 3]],
            Act(people[k % 3 if same or k >= votes // 2 else k % 2].actor(), at),
        )
        for k in range(votes)
    ]
    jobs.insert(len(jobs) // 2, (end_the_time, app, clock_id, Act(an_act().actor, at)))
    session().rollback()
    with ThreadPoolExecutor(THREADS) as pool:
        answers = [task.result() for task in [pool.submit(job[0], *job[1:]) for job in jobs]]
    return case, Counter(answers)


def entered_in_the_log(case: Case) -> set[int]:
    about = select(LedgerEntry.record_id).where(LedgerEntry.kind == "vote", LedgerEntry.subject == f"case/{case.id}")
    return set(session().scalars(about))


def check(case: Case, answers: Counter) -> int:
    """Assert what always holds; returns how many votes count."""
    panel = panel_of(case)
    rows = session().scalars(select(Vote).where(Vote.panel_id == panel.id)).all()
    counted = [(row.user_id, row.issue_id) for row in rows if row.counts]
    events = session().scalars(select(CaseEvent).where(CaseEvent.case_id == case.id).order_by(CaseEvent.seq)).all()
    voted = [event for event in events if event.action is Action.VOTE]

    assert len(counted) == len(set(counted)), "somebody counts twice"
    assert {row.id for row in rows} == entered_in_the_log(case), "a vote is not in the log"
    assert answers["taken"] == len(voted), "an answer and the record disagree"
    assert [event.seq for event in events] == list(range(1, len(events) + 1)), "the history has a gap"
    if not panel.sealed:
        ended = [event.seq for event in events if event.action is Action.VOTING_ENDED]
        assert len(ended) == 1, "it closed more than once"
        assert sorted(row.id for row in rows if row.counts) == events[ended[0] - 1].detail["votes"], "another tally"
        assert max(event.seq for event in voted) < ended[0], "a vote came after the close"
        voters = {user_id for user_id, _ in counted}
        assert len(voters) >= panel.quorum, "it closed without a quorum"
        assert len(counted) == len(voters) * len(panel.issues), "a vote is missing"
        tallies = [sum(ruling.tally.counts.values()) for ruling in committee.rulings(panel)]
        assert tallies == [len(voters)] * len(panel.issues), "the tally is not what was voted"
    return len(counted)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.committee.races", description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--votes", type=int, default=200)
    asked = parser.parse_args()
    os.environ[WANTED] = f"{asked.rounds}x{asked.votes}"
    tests = str(Path(__file__).with_name("test_races.py"))
    return int(pytest.main([tests, "--database", asked.database, "-q", "-s", "-p", "no:cacheprovider"]))


if __name__ == "__main__":
    sys.exit(main())
