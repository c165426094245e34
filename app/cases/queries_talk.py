"""Reading what was said and promised in a case."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from app.cases.models import Case, CaseEvent
from app.cases.models_talk import Message, Rating, Remedy
from app.cases.queries import first_asked
from app.core.db import session
from workflows.procedure.authority import Actor, audiences_seen


def messages(case: Case, actor: Actor) -> Sequence[Message]:
    """Return the messages `actor` may read, oldest first; the audience is enforced here, in the query.

    Of a message to both sides in two languages, each side gets its own version.
    """
    query = select(Message).where(Message.case_id == case.id, Message.audience.in_(audiences_seen(actor)))
    if actor.is_consumer or actor.is_respondent:
        query = query.where(Message.reader.is_(None) | (Message.reader == actor.side))
    if actor.is_respondent:
        asked = first_asked(case, actor, CaseEvent.at)
        query = query.where(asked.is_(None) | (Message.at >= asked))
    return session().scalars(query.order_by(Message.id)).all()


def remedies(case: Case) -> Sequence[Remedy]:
    """Return what is or was owed, in order."""
    return session().scalars(select(Remedy).where(Remedy.case_id == case.id).order_by(Remedy.n)).all()


def rating(case: Case) -> Rating | None:
    """Return the consumer's rating."""
    return session().get(Rating, case.id)
