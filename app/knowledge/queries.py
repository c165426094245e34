"""Reading questions and the answers that staff gave."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from app.core import paging
from app.core.db import session
from app.knowledge.models import OpenQuestion, StaffAnswer
from workflows.regulation import book


def given_answers() -> Sequence[StaffAnswer]:
    """Return the answers that are served, oldest first."""
    served = select(StaffAnswer).where(StaffAnswer.withdrawn_at.is_(None))
    return session().scalars(served.order_by(StaffAnswer.id)).all()


def given_answer(answer_id: int) -> StaffAnswer | None:
    """Return an answer that is served."""
    found = session().get(StaffAnswer, answer_id)
    return found if found and found.withdrawn_at is None else None


def open_questions(now: datetime) -> Sequence[OpenQuestion]:
    """Return the questions that wait for an answer and are not too old to be kept, the most asked first."""
    kept = OpenQuestion.last_asked_at > now - book.current().figure("question_kept").length
    order = (OpenQuestion.times.desc(), OpenQuestion.last_asked_at.desc(), OpenQuestion.id)
    return session().scalars(select(OpenQuestion).where(kept).order_by(*order).limit(paging.LIMIT)).all()


def open_question(question_id: int) -> OpenQuestion | None:
    """Return a question that waits for an answer."""
    return session().get(OpenQuestion, question_id)


def how_many_open() -> int:
    """Return how many questions are kept."""
    return session().scalar(select(func.count()).select_from(OpenQuestion)) or 0
