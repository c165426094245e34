"""Reading panels, votes (once they are unsealed) and decisions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, select, true
from sqlalchemy.orm import joinedload, selectinload

from app.cases.models import Case, CaseEvent
from app.cases.queries import scope, scope_to_act
from app.committee.models import Decision, Issue, Panel, PanelSeat, ReviewRequest, Vote
from app.core.db import session
from workflows.procedure.authority import Actor, Permission, Role
from workflows.procedure.voting import Choice, Tally, tally


@scope
def seated(actor: Actor) -> ColumnElement[bool] | None:
    """The secretary sees the cases that a panel was drawn for; a member those they sit on, once declared free."""
    if Role.SECRETARY in actor.roles:
        return Case.id.in_(select(Panel.case_id))
    if not actor.may(Permission.DOSSIER_READ):
        return None
    seats = select(Panel.case_id).join(PanelSeat, PanelSeat.panel_id == Panel.id).where(
        PanelSeat.user_id == actor.user_id, PanelSeat.left_at.is_(None), PanelSeat.interest == "none"
    )  # fmt: skip
    return Case.id.in_(seats)


@scope_to_act
def drawn(actor: Actor) -> ColumnElement[bool] | None:
    """Who was drawn may declare, before they may read."""
    if not actor.may(Permission.INTEREST_DECLARE):
        return None
    seats = select(Panel.case_id).join(PanelSeat, PanelSeat.panel_id == Panel.id)
    return Case.id.in_(seats.where(PanelSeat.user_id == actor.user_id, PanelSeat.left_at.is_(None)))


def _whole() -> Select[Panel]:
    query = select(Panel).options(selectinload(Panel.seats), selectinload(Panel.issues))
    return query.execution_options(populate_existing=True)


def panel_of(case: Case, *, round_: int | None = None) -> Panel | None:
    """Return the panel of a round, whole; the latest by default."""
    query = _whole().where(Panel.case_id == case.id).order_by(Panel.round.desc())
    return session().scalars(query.where(Panel.round == round_) if round_ else query).first()


def panels_at_work(actor: Actor) -> Sequence[tuple[Panel, Case]]:
    """Return the latest panels of cases before the committee that concern the actor, nearest end first."""
    mine = select(PanelSeat.panel_id).where(PanelSeat.user_id == actor.user_id, PanelSeat.left_at.is_(None))
    sees_all = Role.SECRETARY in actor.roles or actor.may(Permission.CASE_READ_ALL)
    latest = select(func.max(Panel.id)).group_by(Panel.case_id)
    query = (
        _whole()
        .add_columns(Case)
        .join(Case, Case.id == Panel.case_id)
        .where(Case.state.in_(("committee", "review")), Panel.id.in_(latest))
        .where(true() if sees_all else Panel.id.in_(mine))
        .options(joinedload(Case.respondent), selectinload(Case.clocks))
        .order_by(Panel.closes_at, Panel.id)
    )
    return [(row[0], row[1]) for row in session().execute(query).unique()]


def barred(case: Case) -> set[int]:
    """Return the people who had to do with the case: on an earlier panel, at the desk, or in its history."""
    on_panels = select(PanelSeat.user_id).join(Panel, Panel.id == PanelSeat.panel_id).where(Panel.case_id == case.id)
    acted = select(CaseEvent.user_id).where(CaseEvent.case_id == case.id, CaseEvent.user_id.is_not(None))
    found = {user_id for user_id in session().scalars(on_panels.union(acted)) if user_id}
    return found | ({case.assignee_id} if case.assignee_id else set())


# --- votes ---------------------------------------------------------------------------------------------------------


def own_votes(panel: Panel, actor: Actor) -> Mapping[int, Vote]:
    """Return the actor's own counted votes by number of the issue."""
    query = select(Vote, Issue.n).join(Issue, Issue.id == Vote.issue_id)
    query = query.where(Vote.panel_id == panel.id, Vote.user_id == actor.user_id, Vote.counts)
    return {row[1]: row[0] for row in session().execute(query)}


def voters(panel: Panel) -> set[int]:
    """Return who has voted; not what they said."""
    return set(session().scalars(select(Vote.user_id).where(Vote.panel_id == panel.id, Vote.counts).distinct()))


@dataclass(frozen=True, slots=True)
class Ruling:
    """One issue with its result and the votes that count, chair first, then in the order of the seats."""

    issue: Issue
    tally: Tally
    votes: Sequence[Vote]


def rulings(panel: Panel) -> Sequence[Ruling]:
    """Return the results in order of the issues; nothing while the votes are sealed, whoever asks."""
    chair = panel.chair
    if panel.sealed or chair is None:
        return ()
    places = {seat.user_id: seat.place for seat in panel.live_seats}
    cast = session().scalars(select(Vote).where(Vote.panel_id == panel.id, Vote.counts)).all()
    found = []
    for issue in panel.issues:
        votes = sorted((vote for vote in cast if vote.issue_id == issue.id), key=lambda vote: places[vote.user_id])
        said: dict[int, Choice] = {vote.user_id: vote.choice for vote in votes}
        found.append(Ruling(issue, tally(said, chair_id=chair.user_id), votes))
    return found


# --- decisions -----------------------------------------------------------------------------------------------------


def draft_of(case: Case, round_: int) -> Decision | None:
    """Return the decision of a round, signed or not."""
    query = select(Decision).where(Decision.case_id == case.id, Decision.round == round_)
    return session().scalars(query).one_or_none()


def decisions(case: Case) -> Sequence[Decision]:
    """Return the signed decisions of the case, oldest first."""
    query = select(Decision).where(Decision.case_id == case.id, Decision.signed_at.is_not(None))
    return session().scalars(query.order_by(Decision.round)).all()


def decision_of(case: Case) -> Decision | None:
    """Return the latest signed decision of the case, whatever became of it."""
    return next(reversed(decisions(case)), None)


def review_of(case: Case, round_: int) -> ReviewRequest | None:
    """Return the request to review the decision of this round."""
    query = select(ReviewRequest).where(ReviewRequest.case_id == case.id, ReviewRequest.round == round_)
    return session().scalars(query).one_or_none()


def load(user_ids: Sequence[int]) -> Mapping[int, int]:
    """Return on how many open panels each of these people sits now."""
    query = (
        select(PanelSeat.user_id, func.count())
        .join(Panel, Panel.id == PanelSeat.panel_id)
        .where(PanelSeat.user_id.in_(user_ids), PanelSeat.left_at.is_(None), Panel.closed_at.is_(None))
        .group_by(PanelSeat.user_id)
    )
    return {row[0]: row[1] for row in session().execute(query)}
