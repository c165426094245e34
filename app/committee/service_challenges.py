"""Challenges: a party doubts that a member is impartial. The panel's work halts until somebody outside it has ruled.

The clocks run on: a party cannot gain time by it. Whoever is replaced is replaced by the next in the same public draw.
Source: clause 3.3.2.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.accounts import queries as people
from app.cases.actions import performs
from app.cases.models import Case
from app.cases.recording import about
from app.cases.service import advance
from app.cases.service_letters import local, tell_consumer, tell_respondent
from app.committee import queries
from app.committee.commands import ChallengeMember, RuleChallenge
from app.committee.models import Challenge, Panel, PanelSeat
from app.committee.service import hold, open_vote, replace
from app.committee.service_draw import tell, tell_secretaries
from app.core.db import session
from app.ledger.service import record
from workflows.procedure import panel as lots
from workflows.procedure.act import Act
from workflows.procedure.authority import SYSTEM, Actor, Role
from workflows.procedure.errors import Invalid, NotPermitted, TooLate
from workflows.procedure.names import name
from workflows.procedure.states import Action
from workflows.regulation import book


def challengeable_until(case: Case, seat: PanelSeat) -> datetime:
    """Return the last instant at which this member can be challenged."""
    return seat.seated_at + book.current().figure("challenge_window", on=case.law_as_of).length


def challengeable(case: Case, panel: Panel, side: str, at: datetime) -> list[PanelSeat]:
    """Return the members whom this side can challenge now: in time, each once, no more than the rules allow."""
    made = [each for each in panel.challenges if each.side == side]
    if len(made) >= book.current().figure("challenges_most", on=case.law_as_of).value:
        return []
    known = {each.seat_id for each in made}
    return [
        seat for seat in panel.live_seats if seat.id not in known and at <= challengeable_until(case, seat)
    ]  # fmt: skip


def _has_panel(case: Case, actor: Actor) -> bool:
    panel = queries.panel_of(case)
    return panel is not None and bool(panel.live_seats)


@performs(Action.CHALLENGE, ChallengeMember, ready=_has_panel)
def challenge(case: Case, command: ChallengeMember, act: Act) -> None:
    """Halt the panel's work, and have somebody outside it rule."""
    panel = hold(case)
    seat = next((each for each in panel.live_seats if each.place == command.place), None)
    if seat is None:
        raise Invalid("not_possible", pointer="/place")
    _check(case, panel, seat, act)
    n = len(panel.challenges) + 1
    detail = {"round": panel.round, "challenge": n, "place": seat.place, "grounds": list(command.grounds)}
    advance(case, Action.CHALLENGE, act=act, detail=detail)
    row = Challenge(
        panel_id=panel.id, seat=seat, n=n, side=act.actor.side, grounds=list(dict.fromkeys(command.grounds)),
        text=command.text, language=act.actor.language, at=act.at, ruler_id=_ruler(case, panel, n),
        rule_by=act.at + book.current().figure("challenge_ruling", on=case.law_as_of).length,
    )  # fmt: skip
    panel.challenges.append(row)
    session().flush()
    record(row, about=about(case.id), at=act.at)
    _tell_of_challenge(case, panel, row, act)


def _check(case: Case, panel: Panel, seat: PanelSeat, act: Act) -> None:
    made = [each for each in panel.challenges if each.side == act.actor.side]
    most = book.current().figure("challenges_most", on=case.law_as_of).value
    if any(each.seat_id == seat.id for each in made):
        raise Invalid("already_challenged", pointer="/place")
    if len(made) >= most:
        raise Invalid("too_many", limit=most)
    until = challengeable_until(case, seat)
    if act.at > until:
        raise TooLate("window_closed", until=local(until, case.time_zone))


def _ruler(case: Case, panel: Panel, n: int) -> int | None:
    """Return who rules, by lot: who presides over another panel, else another chair; None leaves it to a secretary."""
    parties = case.known_to | ({case.respondent_id} if case.respondent_id else set())
    barred = queries.barred(case) | {seat.user_id for seat in panel.seats}
    able = {
        each.id
        for each in people.with_role(Role.CHAIR)
        if each.id not in barred and each.organisation_id not in parties
    }
    at_work = able & queries.presiding_elsewhere(panel)
    return lots.ruler(panel.draws[0].seed or "", n, sorted(at_work), sorted(able))


def _tell_of_challenge(case: Case, panel: Panel, made: Challenge, act: Act) -> None:
    for seat in panel.live_seats:
        tell(case, seat.user, "challenged" if seat.id == made.seat_id else "challenge_halts", act=act)
    if made.ruler_id:
        tell(case, people.by_id(made.ruler_id), "challenge_to_rule", act=act, page=f"/challenges/{made.n}")
        tell_secretaries(case, "challenge_halts", act=act)
    else:
        tell_secretaries(case, "challenge_to_rule", act=act, page=f"/challenges/{made.n}")
    _tell_parties(case, Action.CHALLENGE, "pending", act)


def _tell_parties(case: Case, action: Action, outcome: str, act: Act) -> None:
    """Tell both sides, but not the one that acts."""

    def fields(language: str) -> dict[str, Any]:
        return {"what": name("action", action, language), "turn": name("challenge_outcome", outcome, language)}

    if not act.actor.is_consumer:
        tell_consumer(case, "progress", act=act, **fields(case.language))
    if not act.actor.is_respondent and case.organisation_ids and case.respondent:
        tell_respondent(case, "respondent_news", act=act, **fields(case.respondent.language))


# --- the ruling ----------------------------------------------------------------------------------------------------


def may_rule(made: Challenge, actor: Actor, at: datetime) -> bool:
    """Return whether this person rules: who was drawn to, or a secretary where nobody was or the time is over."""
    if actor.user_id == made.ruler_id:
        return True
    return Role.SECRETARY in actor.roles and (made.ruler_id is None or at > made.rule_by)


def _waits(case: Case, actor: Actor) -> bool:
    panel = queries.panel_of(case)
    return panel is not None and any(
        each.outcome == "pending" and (each.ruler_id == actor.user_id or Role.SECRETARY in actor.roles)
        for each in panel.challenges
    )


@performs(Action.RULE_CHALLENGE, RuleChallenge, ready=_waits)
def rule_challenge(case: Case, command: RuleChallenge, act: Act) -> None:
    """Rule: the member stays, or leaves with their votes and the next in the draw takes the seat."""
    panel = hold(case)
    made = next((each for each in panel.challenges if each.n == command.challenge), None)
    if made is None or made.outcome != "pending":
        raise Invalid("not_possible", pointer="/challenge")
    if not may_rule(made, act.actor, act.at):
        raise NotPermitted("not_ruling")
    detail = {"round": panel.round, "challenge": made.n, "place": made.seat.place}
    advance(case, Action.RULE_CHALLENGE, act=act, branch=command.ruling, detail=detail)
    made.outcome, made.reason, made.ruled_by, made.ruled_at = command.ruling, command.reason, act.actor.user_id, act.at
    if command.ruling == "upheld":
        seat = next(each for each in panel.seats if each.id == made.seat_id)
        _reopen(case, panel, act)
        replace(case, panel, [seat], because="challenged", act=act)
    _tell_parties(case, Action.RULE_CHALLENGE, command.ruling, act)
    for seat in panel.live_seats:
        tell(case, seat.user, "challenge_ruled", act=act)


def _reopen(case: Case, panel: Panel, act: Act) -> None:
    """Seal a vote that had closed again: who takes the seat has to vote too, and the others may think again."""
    if panel.sealed:
        return
    panel.closed_at = None
    if (draft := queries.draft_of(case, panel.round)) is not None:
        draft.returned_note = name("left", "challenged", case.language)
        draft.returned_at = act.at
    advance(case, Action.VOTING_EXTENDED, act=Act(SYSTEM, act.at), detail={"round": panel.round})
    open_vote(case, panel, "voting_substitutes", act=act)
