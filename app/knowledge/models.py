"""Questions that the assistant could not answer, and the answers that staff wrote for everybody."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Model


class StaffAnswer(Model):
    """One question with its answer in three languages, served to all who ask alike until it is withdrawn."""

    __tablename__ = "staff_answers"

    id: Mapped[int] = mapped_column(primary_key=True)
    question_hant: Mapped[str]
    question_hans: Mapped[str]
    question_en: Mapped[str]
    answer_hant: Mapped[str]
    answer_hans: Mapped[str]
    answer_en: Mapped[str]
    clauses: Mapped[list[str]]
    asked: Mapped[list[str]] = mapped_column(default=list, comment="the collected questions that it answers")
    answered_at: Mapped[datetime]
    answered_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    withdrawn_at: Mapped[datetime | None]


class OpenQuestion(Model):
    """A question that nobody answered yet: masked, without a trace of who asked, kept for a set time only."""

    __tablename__ = "open_questions"
    __table_args__ = (Index("ix_open_questions_asked", "last_asked_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(unique=True, comment="of the folded text: the same question is kept once")
    text: Mapped[str]
    language: Mapped[str]
    times: Mapped[int] = mapped_column(default=1)
    first_asked_at: Mapped[datetime]
    last_asked_at: Mapped[datetime]
