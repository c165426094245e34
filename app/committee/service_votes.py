"""Voting: each member's votes, the close, and what happens when the quorum is missed. Source: clause 3.3.2."""

from __future__ import annotations

from sqlalchemy import update

from app.cases import service_clocks
from app.cases.actions import performs
from app.cases.models import Case, Clock
from app.cases.recording import about
from app.cases.service import advance
from app.committee import queries
from app.committee.commands import CastVotes, IssueVote
from app.committee.models import Issue, Panel, PanelSeat, Vote
from app.committee.service import LIMIT, hold, hold_at_work, open_vote, replace, seat_of
from app.committee.service_draw import fill_seats, substitutes, tell_secretaries
from app.committee.service_reading import require_read
from app.core.db import session
from app.ledger.service import record
from workflows.procedure.act import Act
from workflows.procedure.authority import SYSTEM, Actor
from workflows.procedure.clocks import ClockKind
from workflows.procedure.errors import Invalid, NotPermitted, Repeated, TooLate
from workflows.procedure.states import Action
from workflows.procedure.voting import Choice, all_in, quorum_met


def _may_vote(case: Case, actor: Actor) -> bool:
    panel = queries.panel_of(case)
    seat = panel.seat_of(actor.user_id) if panel else None
    return panel is not None and panel.sealed and seat is not None and seat.declared_free


@performs(Action.VOTE, CastVotes, ready=_may_vote)
def vote(case: Case, command: CastVotes, act: Act) -> None:
    """Take a member's votes on all issues; with the last member's the vote closes.

    A changed vote replaces the counted one and leaves it on record; the same vote sent again (a second click) changes
    nothing and says so. Nobody reads any of them before the close.
    """
    panel = hold_at_work(case)
    seat = seat_of(panel, act.actor)
    if not seat.declared_free:
        raise NotPermitted("undeclared")
    if not panel.sealed or act.at > panel.closes_at:
        raise TooLate("voting_closed")
    require_read(case, panel, act)
    asked = _paired(panel, seat, command)
    before = queries.own_votes(panel, act.actor)
    if all(issue.n in before and _same(before[issue.n], said) for issue, said in asked):
        raise Repeated("voted_so")
    for issue, said in asked:
        _cast(case, panel, seat, issue, said, before.get(issue.n), act)
    advance(case, Action.VOTE, act=act, detail={"round": panel.round, "changed": bool(before)})
    session().flush()
    seated = {each.user_id for each in panel.live_seats}
    if all_in(queries.voters(panel), seated=seated, quorum=panel.quorum, chair_id=_chair_id(panel)):
        _close(case, panel, act)


def _paired(panel: Panel, seat: PanelSeat, command: CastVotes) -> list[tuple[Issue, IssueVote]]:
    issues = {issue.n: issue for issue in panel.issues}
    if sorted(vote.issue for vote in command.votes) != sorted(issues):
        raise Invalid("votes_incomplete", pointer="/votes", issues=len(issues))
    for place, said in enumerate(command.votes):
        if seat.is_chair and said.choice == Choice.ABSTAIN:
            raise Invalid("chair_abstains", pointer=f"/votes/{place}/choice")
    return [(issues[said.issue], said) for said in command.votes]


def _same(before: Vote, said: IssueVote) -> bool:
    return (before.choice, before.reason) == (said.choice, said.reason)


def _cast(
    case: Case, panel: Panel, seat: PanelSeat, issue: Issue, said: IssueVote, before: Vote | None, act: Act
) -> None:
    if before is not None:
        if _same(before, said):
            return
        session().execute(update(Vote).where(Vote.id == before.id).values(counts=False))
    cast = Vote(
        panel_id=panel.id, issue_id=issue.id, user_id=seat.user_id, ballot=seat.ballot, choice=Choice(said.choice),
        reason=said.reason, at=act.at, counts=True,
    )  # fmt: skip
    record(cast, about=about(case.id), at=act.at)


def _chair_id(panel: Panel) -> int | None:
    return panel.chair.user_id if panel.chair else None


def _close(case: Case, panel: Panel, act: Act) -> None:
    panel.closed_at = act.at
    counted = queries.counted(panel)
    advance(case, Action.VOTING_ENDED, act=Act(SYSTEM, act.at), detail={"round": panel.round, "votes": counted})
    tell_secretaries(case, "draft_wanted", act=act)


@service_clocks.when_elapsed(ClockKind.VOTING)
def _time_is_up(case: Case, clock: Clock, act: Act) -> None:
    """Close the vote if it counts; else replace those who did not vote and give their substitutes time.

    While a challenge waits for its ruling nobody can vote, so nobody is silent: there is more time for all.
    """
    panel = hold(case)
    if panel.id != clock.subject_id or not panel.sealed or case.state not in LIMIT:
        return
    if panel.halted:
        _go_on(case, panel, "challenge_overdue", act)
        return
    voted = queries.voters(panel)
    if quorum_met(voted, quorum=panel.quorum, chair_id=_chair_id(panel)):
        _close(case, panel, act)
        return
    _go_on(case, panel, "vote_again", act)
    fill_seats(case, panel, act=act)
    silent = [seat for seat in panel.live_seats if seat.user_id not in voted and seat.seated_at <= clock.started_at]
    replace(case, panel, _replaceable(panel, silent), because="silent", act=act)


def _go_on(case: Case, panel: Panel, news: str, act: Act) -> None:
    advance(case, Action.VOTING_EXTENDED, act=Act(SYSTEM, act.at), detail={"round": panel.round})
    open_vote(case, panel, "voting_substitutes", act=act)
    tell_secretaries(case, news, act=act)


def _replaceable(panel: Panel, silent: list[PanelSeat]) -> list[PanelSeat]:
    """Return those for whom the pool still has a substitute; the others keep their seats and get more time."""
    found = substitutes(panel, [seat.place for seat in silent])
    return [seat for seat in silent if seat.place in found]
