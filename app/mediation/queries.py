"""Reading answers and offers; the settlement wall stands here, in the query."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from app.cases.models import Case
from app.cases.pleadings import Pleading, tells_pleadings
from app.core.db import session
from app.mediation.models import Answer, Offer, OfferStatus
from workflows.procedure.authority import Actor, sees_offers

REFUSALS = ("refuse", "not_ours")


def answers(case: Case, actor: Actor) -> Sequence[Answer]:
    """Return what was answered, oldest first: a respondent's own; behind the wall, refusals only."""
    query = select(Answer).where(Answer.case_id == case.id)
    if actor.is_respondent:
        query = query.where(Answer.organisation_id == actor.organisation_id)
    if not sees_offers(actor):
        query = query.where(Answer.position.in_(REFUSALS))
    return session().scalars(query.order_by(Answer.id)).all()


@tells_pleadings
def pleadings(case: Case) -> list[Pleading]:
    """Return the refusals for the committee's dossier, whoever opens it."""
    query = select(Answer).where(Answer.case_id == case.id, Answer.position.in_(REFUSALS)).order_by(Answer.id)
    return [Pleading(each.at, each.position, each.clause, each.text, each.late) for each in session().scalars(query)]


def answered(case: Case) -> bool:
    """Return whether the respondent has answered since it was last asked."""
    if case.asked_at is None:
        return False
    query = select(Answer.id).where(
        Answer.case_id == case.id, Answer.organisation_id == case.respondent_id, Answer.at >= case.asked_at
    )
    return session().scalar(query.limit(1)) is not None


def offers(case: Case, actor: Actor) -> Sequence[Offer]:
    """Return what was offered, oldest first: to a respondent its own; nothing to whoever stands behind the wall."""
    if not sees_offers(actor):
        return ()
    query = select(Offer).where(Offer.case_id == case.id)
    if actor.is_respondent:
        query = query.where(Offer.organisation_id == actor.organisation_id)
    return session().scalars(query.options(selectinload(Offer.replies)).order_by(Offer.n)).all()


def offer(case: Case, n: int, actor: Actor) -> Offer | None:
    """Return the offer with this number."""
    return next((each for each in offers(case, actor) if each.n == n), None)


def open_offers(case: Case) -> Sequence[Offer]:
    """Return what is on the table, whoever it is with."""
    query = select(Offer).where(Offer.case_id == case.id, Offer.status == OfferStatus.OPEN)
    return session().scalars(query.options(selectinload(Offer.replies)).order_by(Offer.n)).all()


def waiting_for(case: Case, actor: Actor) -> list[Offer]:
    """Return the open offers with the present respondent that wait for the actor's side."""
    return [
        each
        for each in offers(case, actor)
        if actor.side in each.waits_for and each.organisation_id == case.respondent_id
    ]


def last_number(case: Case) -> int:
    """Return the number of the newest offer, 0 before the first."""
    return session().scalar(select(func.max(Offer.n)).where(Offer.case_id == case.id)) or 0
