"""What the complainant's and the respondent's pages look up beyond the case itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import contains_eager

from app.cases.models import Case, CaseEvent, Clock
from app.cases.models_talk import Confirmation, OneTimeCode, Remedy
from app.cases.queries import seen_by
from app.core import paging
from app.core.db import session
from app.core.ids import digest
from app.mediation.models import Maker, Offer, OfferReply
from app.mediation.models_bids import Bid
from app.mediation.models_record import SettlementSignature
from app.notices.facts import NoticeLanguage
from app.notices.models import Edition, Notice, NoticeStatus, RegisterEntry
from workflows.procedure.authority import Actor
from workflows.procedure.clocks import ClockKind
from workflows.procedure.states import Action


def confirmed_until(case: Case, token: str | None, at: datetime) -> datetime | None:
    """Return until when the browser that holds `token` counts as the complainant's, or None."""
    found = session().get(Confirmation, digest(token)) if token else None
    return found.expires_at if found and found.case_id == case.id and found.expires_at > at else None


def newest_code(case: Case) -> OneTimeCode | None:
    """Return the code that was sent last, whatever became of it."""
    query = select(OneTimeCode).where(OneTimeCode.case_id == case.id)
    return session().scalars(query.order_by(OneTimeCode.sent_at.desc(), OneTimeCode.id.desc()).limit(1)).one_or_none()


def codes_since(case: Case, at: datetime) -> int:
    """Return how many codes were sent for the case after `at`."""
    query = select(func.count()).where(OneTimeCode.case_id == case.id, OneTimeCode.sent_at > at)
    return session().scalar(query) or 0


def once_asked(number: str, actor: Actor) -> Case | None:
    """Return the case if the actor's organisation was asked about it earlier, whoever it is with now."""
    query = (
        select(Case)
        .join(CaseEvent, CaseEvent.case_id == Case.id)
        .where(Case.number == number, CaseEvent.action == Action.REQUEST_ANSWER)
        .where(CaseEvent.detail_kept["organisation_id"].as_integer() == actor.organisation_id)
    )
    return session().scalars(query.limit(1)).one_or_none()


def notices_of(case: Case, language: str) -> Sequence[Notice]:
    """Return the printed notices of the case's outcomes for its parties, in a language, oldest first."""
    query = select(Notice).join(Notice.entry).options(contains_eager(Notice.entry))
    query = query.where(
        RegisterEntry.case_id == case.id,
        Notice.edition == Edition.PARTY,
        Notice.language == NoticeLanguage(language),
        Notice.status == NoticeStatus.ISSUED,
    )
    return session().scalars(query.order_by(Notice.id)).all()


# --- what waits for a respondent -----------------------------------------------------------------------------------


def _theirs() -> ColumnElement[bool]:
    """Return the condition under which a clock waits for the respondent: an answer, an offer, a remedy."""
    return or_(
        Clock.kind == ClockKind.RESPONDENT_ANSWER,
        and_(Clock.kind == ClockKind.PERFORMANCE, Remedy.status.in_(("promised", "disputed"))),
        and_(Clock.kind == ClockKind.BIDDING, ~_done(Bid.round_id, Bid.side)),
        and_(Clock.kind == ClockKind.SIGNING, ~_done(SettlementSignature.record_id, SettlementSignature.side)),
        and_(Clock.kind == ClockKind.OFFER, Offer.by != Maker.RESPONDENT, OfferReply.id.is_(None)),
    )


def _done(subject: Any, side: Any) -> ColumnElement[bool]:
    """Return the condition that the company has done its part in what a clock is about."""
    return exists().where(subject == Clock.subject_id, side == Maker.RESPONDENT.value)


def due(actor: Actor, *, cursor: str | None = None, limit: int = paging.LIMIT) -> paging.Page[Clock]:
    """Return a page of what waits for the respondent, each as its clock (with its case), soonest end first."""
    query = (
        select(Clock)
        .join(Clock.case)
        .outerjoin(Remedy, and_(Clock.kind == ClockKind.PERFORMANCE, Remedy.id == Clock.subject_id))
        .outerjoin(Offer, and_(Clock.kind == ClockKind.OFFER, Offer.id == Clock.subject_id))
        .outerjoin(OfferReply, and_(OfferReply.offer_id == Offer.id, OfferReply.side == Maker.RESPONDENT.value))
        .where(seen_by(actor), Clock.ended_at.is_(None), _theirs())
        .options(contains_eager(Clock.case))
    )
    if cursor:
        query = query.where(paging.beyond((Clock.due_at, Clock.id), paging.decode(cursor, datetime, int)))
    rows = list(session().scalars(query.order_by(Clock.due_at, Clock.id).limit(limit + 1)).unique())
    more = len(rows) > limit
    rows = rows[:limit]
    return paging.Page(rows, paging.encode(rows[-1].due_at, rows[-1].id) if more else None)
