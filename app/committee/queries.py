"""Reading panels, votes (once they are unsealed) and decisions."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true
from sqlalchemy import case as case_when
from sqlalchemy.orm import joinedload, selectinload

from app.cases.models import Case, CaseEvent
from app.cases.queries import scope, scope_to_act, seen_by
from app.committee.models import (
    Challenge,
    Decision,
    DossierReading,
    ExhibitReading,
    Issue,
    Panel,
    PanelSeat,
    PoolMember,
    ReviewRequest,
    Vote,
)
from app.core.db import session
from workflows.procedure.authority import Actor, Permission, Role
from workflows.procedure.issues import BACK, IssueKind, Outcome, outcome, sent_back
from workflows.procedure.panel import CHAIR_PLACE, may_send_back
from workflows.procedure.states import CaseState
from workflows.procedure.voting import Choice, Tally, tally

BEFORE = (CaseState.COMMITTEE, CaseState.REVIEW)


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


@scope_to_act
def ruling(actor: Actor) -> ColumnElement[bool] | None:
    """Who rules on a challenge sees it, and nothing else of the case."""
    if not actor.may(Permission.CHALLENGE_RULE):
        return None
    doubted = select(Panel.case_id).join(Challenge, Challenge.panel_id == Panel.id)
    return Case.id.in_(doubted.where(Challenge.ruler_id == actor.user_id, Challenge.outcome == "pending"))


def _whole() -> Select[Panel]:
    seats = joinedload(Panel.seats).joinedload(PanelSeat.user)
    loaded = (seats, joinedload(Panel.draws), joinedload(Panel.challenges), joinedload(Panel.issues))
    return select(Panel).options(*loaded).execution_options(populate_existing=True)


def panel_of(case: Case, *, round_: int | None = None, opened_at: datetime | None = None) -> Panel | None:
    """Return the panel of a round, or the one convened at that instant, whole; the latest by default."""
    query = _whole().where(Panel.case_id == case.id).order_by(Panel.round.desc())
    if round_:
        query = query.where(Panel.round == round_)
    if opened_at:
        query = query.where(Panel.opened_at == opened_at)
    return session().scalars(query).unique().first()


def panel_for(case: Case, actor: Actor) -> Panel | None:
    """Return the panel whose work the actor sees: the latest on which they sit, or the latest of all."""
    panels = session().scalars(_whole().where(Panel.case_id == case.id).order_by(Panel.round.desc())).unique().all()
    if Role.SECRETARY not in actor.roles and not actor.may(Permission.CASE_READ_ALL):
        return next((panel for panel in panels if panel.seat_of(actor.user_id)), None)
    return next(iter(panels), None)


def at_work(actor: Actor) -> Sequence[tuple[Panel, Case]]:
    """Return the cases before the committee that concern the actor, each with its latest panel, nearest end first."""
    mine = select(PanelSeat.panel_id).where(PanelSeat.user_id == actor.user_id, PanelSeat.left_at.is_(None))
    sees_all = Role.SECRETARY in actor.roles or actor.may(Permission.CASE_READ_ALL)
    latest = select(func.max(Panel.id)).group_by(Panel.case_id)
    query = (
        _whole()
        .add_columns(Case)
        .join(Case, Case.id == Panel.case_id)
        .where(Case.state.in_(BEFORE), Panel.id.in_(latest), true() if sees_all else Panel.id.in_(mine))
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


def counted(panel: Panel) -> list[int]:
    """Return the numbers of the votes that count now; not whose they are, nor what they say."""
    return list(session().scalars(select(Vote.id).where(Vote.panel_id == panel.id, Vote.counts).order_by(Vote.id)))


def voters(panel: Panel) -> set[int]:
    """Return who has voted; not what they said."""
    return voters_of([panel]).get(panel.id, set())


def voters_of(panels: Collection[Panel]) -> Mapping[int, set[int]]:
    """Return who has voted on each of these panels, by the panel's id."""
    ids = [panel.id for panel in panels]
    found: dict[int, set[int]] = {}
    cast = select(Vote.panel_id, Vote.user_id).where(Vote.panel_id.in_(ids), Vote.counts).distinct()
    for panel_id, user_id in session().execute(cast):
        found.setdefault(panel_id, set()).add(user_id)
    return found


class Ruling(Struct, frozen=True):
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


def outcome_of(found: Sequence[Ruling]) -> Outcome:
    """Return what the results of all issues come to together. Raises: ValueError without any."""
    return outcome([(ruling.issue.kind, ruling.tally.result) for ruling in found])


def rests_on(found: Sequence[Ruling]) -> Sequence[Ruling]:
    """Return the results that a decision rests on: where the case is sent back, that one alone."""
    if found and outcome_of(found) is Outcome.SENT_BACK:
        return [ruling for ruling in found if ruling.issue.kind is IssueKind.REMIT]
    return found


def decided_before(panel: Panel, case: Case) -> Panel | None:
    """Return the panel whose case this is again, since its review sent the case back to those who had decided it."""
    review = panel_of(case, round_=panel.round - 1) if may_send_back(panel.round - 1) else None
    found = rulings(review) if review else ()
    if sent_back([(ruling.issue.kind, ruling.tally.result) for ruling in found]) != BACK[Choice.PARTLY]:
        return None
    return panel_of(case, round_=panel.round - 2)


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


def rounds(case: Case) -> Mapping[int, tuple[Decision, ReviewRequest | None]]:
    """Return the decision of each round, signed or not, with the request to review it."""
    asked = and_(ReviewRequest.case_id == Decision.case_id, ReviewRequest.round == Decision.round)
    query = select(Decision, ReviewRequest).outerjoin(ReviewRequest, asked).where(Decision.case_id == case.id)
    return {row[0].round: (row[0], row[1]) for row in session().execute(query.order_by(Decision.round))}


def drafts_of(panels: Collection[Panel]) -> Mapping[int, Decision]:
    """Return the decisions of these panels, signed or not, by the panel's id."""
    of_panel = and_(Decision.case_id == Panel.case_id, Decision.round == Panel.round)
    query = select(Panel.id, Decision).join(Panel, of_panel).where(Panel.id.in_([panel.id for panel in panels]))
    return {row[0]: row[1] for row in session().execute(query)}


def unpublished(actor: Actor) -> Sequence[Case]:
    """Return the cases that were decided or sent back, whose outcome waits to be published by the actor."""
    back = select(Decision.case_id).where(Decision.outcome == Outcome.SENT_BACK, Decision.signed_at.is_not(None))
    anew = and_(Case.state == CaseState.COMMITTEE, Case.id.in_(back.where(Decision.published_at.is_(None))))
    query = select(Case).where(or_(Case.state == CaseState.DECIDED, anew), seen_by(actor)).order_by(Case.decided_at)
    return session().scalars(query.options(joinedload(Case.respondent), selectinload(Case.clocks))).all()


def review_of(case: Case, round_: int) -> ReviewRequest | None:
    """Return the request to review the decision of this round."""
    query = select(ReviewRequest).where(ReviewRequest.case_id == case.id, ReviewRequest.round == round_)
    return session().scalars(query).one_or_none()


def reviews_of(case: Case) -> Sequence[ReviewRequest]:
    """Return every request for a review in the case."""
    return session().scalars(select(ReviewRequest).where(ReviewRequest.case_id == case.id)).all()


def load() -> Mapping[int, tuple[int, int]]:
    """Return for each member on how many panels they sit now, and on how many they sat or sit in all."""
    now = func.sum(case_when((Panel.closed_at.is_(None), 1), else_=0))
    query = select(PanelSeat.user_id, now, func.count()).join(Panel, Panel.id == PanelSeat.panel_id)
    rows = session().execute(query.where(PanelSeat.left_at.is_(None)).group_by(PanelSeat.user_id))
    return {row[0]: (row[1], row[2]) for row in rows}


def pool() -> Mapping[int, PoolMember]:
    """Return what is kept of those who can be drawn, by person."""
    return {each.user_id: each for each in session().scalars(select(PoolMember))}


# --- challenges ----------------------------------------------------------------------------------------------------


def to_rule(actor: Actor, now: datetime) -> Sequence[tuple[Challenge, Case]]:
    """Return the challenges that wait for the actor's ruling: their own, and for a secretary those overdue."""
    mine = Challenge.ruler_id == actor.user_id
    if Role.SECRETARY in actor.roles:
        mine = or_(mine, Challenge.ruler_id.is_(None), Challenge.rule_by < now)
    query = select(Challenge, Case).join(Panel, Panel.id == Challenge.panel_id).join(Case, Case.id == Panel.case_id)
    query = query.where(Challenge.outcome == "pending", mine, Case.state.in_(BEFORE)).order_by(Challenge.rule_by)
    loaded = (joinedload(Case.respondent), selectinload(Case.clocks))
    return [(row[0], row[1]) for row in session().execute(query.options(*loaded)).unique()]


def presiding_elsewhere(panel: Panel) -> set[int]:
    """Return those who preside over another panel that is at work."""
    query = select(PanelSeat.user_id).join(Panel, Panel.id == PanelSeat.panel_id).where(
        PanelSeat.place == CHAIR_PLACE, PanelSeat.left_at.is_(None), Panel.closed_at.is_(None), Panel.id != panel.id
    )  # fmt: skip
    return set(session().scalars(query))


# --- reading -------------------------------------------------------------------------------------------------------


class Receipts(Struct, frozen=True):
    """Who opened which exhibit (by its id) and when first; and what the dossier held when the reader last read it."""

    opened: Mapping[int, Mapping[int, datetime]]
    held: Mapping[str, str] | None


def receipts(panel: Panel, reader_id: int | None) -> Receipts:
    """Return the receipts of a panel, in one query."""
    mine = select(func.max(DossierReading.id)).where(
        DossierReading.panel_id == panel.id, DossierReading.user_id == reader_id
    )  # fmt: skip
    query = select(ExhibitReading, DossierReading).select_from(Panel).where(Panel.id == panel.id)
    query = query.outerjoin(ExhibitReading, ExhibitReading.panel_id == Panel.id)
    rows = session().execute(query.outerjoin(DossierReading, DossierReading.id == mine.scalar_subquery())).all()
    opened: dict[int, dict[int, datetime]] = {}
    for row, _last in rows:
        if row is not None:
            opened.setdefault(row.user_id, {})[row.exhibit_id] = row.at
    last = rows[0][1] if rows else None
    return Receipts(opened, last.held if last else None)


def panels_read_by(case_id: int, user_id: int | None) -> Sequence[Panel]:
    """Return the panels of the case on which this person sits and has declared to be free."""
    return session().scalars(
        select(Panel).join(PanelSeat, PanelSeat.panel_id == Panel.id).where(
            Panel.case_id == case_id, PanelSeat.user_id == user_id, PanelSeat.left_at.is_(None),
            PanelSeat.interest == "none",
        )
    ).all()  # fmt: skip
