"""Collecting what the assistant could not answer, and answering it once for all. Source: clause 3.1.2."""

from __future__ import annotations

import re
from datetime import datetime
from functools import cache

from sqlalchemy import delete, update

from app.core.db import session
from app.core.ids import digest
from app.knowledge.commands import GiveAnswer
from app.knowledge.models import OpenQuestion, StaffAnswer
from app.knowledge.queries import how_many_open
from app.portal.masking import STARS, mask_text
from workflows.procedure.act import Act
from workflows.procedure.authority import Permission
from workflows.procedure.errors import Invalid, NotPermitted
from workflows.regulation import book
from workflows.triage.normalising import fold

_NUMBER = re.compile(r"[A-Za-z]{0,4}\d[\d -]{3,40}\d")


@cache
def _named() -> re.Pattern[str]:
    return re.compile(
        r"(我叫|我是|叫做|[Mm]y name is |I am |I'm )"
        r"([\u4e00-\u9fff]{2,4}(?=[，,。.！!\s]|$)|[A-Z][a-z]+(?: [A-Z][a-z]+)?)"
    )


def without_people(text: str) -> str:
    """Return a question without names that introduce themselves, numbers, and addresses."""
    return _named().sub(rf"\1{STARS}", mask_text(_NUMBER.sub(STARS, text)))


def collect(text: str, language: str, *, at: datetime) -> None:
    """Keep a question that was not answered, or count it once more; old ones are forgotten on the way.

    Nothing is kept of who asked. When as many are kept as the rulebook allows, a new one is not.
    """
    rules, masked = book.current(), without_people(text)
    mark = digest(fold(masked).text)
    oldest = at - rules.figure("question_kept").length
    session().execute(delete(OpenQuestion).where(OpenQuestion.last_asked_at <= oldest))
    again = update(OpenQuestion).where(OpenQuestion.digest == mark)
    counted = session().execute(again.values(times=OpenQuestion.times + 1, last_asked_at=at))
    if counted.rowcount == 0 and how_many_open() < rules.figure("questions_kept").value:  # type: ignore[attr-defined]
        session().add(OpenQuestion(digest=mark, text=masked, language=language, first_asked_at=at, last_asked_at=at))


def answer(question: OpenQuestion | None, command: GiveAnswer, *, act: Act) -> StaffAnswer:
    """Answer a question for everybody who asks it from now on; the collected one is then no longer kept.

    Raises: Invalid where no clause is cited, or one that the rulebook does not have.
    """
    _allowed(act)
    known = {clause.number for clause in book.current().clauses()}
    if not command.clauses or not known.issuperset(command.clauses):
        raise Invalid("clause_unknown", pointer="/clauses")
    given = StaffAnswer(
        **command.model_dump(), asked=[question.text] if question else [], answered_at=act.at,
        answered_by=act.actor.user_id,
    )  # fmt: skip
    session().add(given)
    if question:
        session().delete(question)
    session().flush()
    return given


def forget(question: OpenQuestion, *, act: Act) -> None:
    """Drop a question that no rule can answer."""
    _allowed(act)
    session().delete(question)


def withdraw(given: StaffAnswer, *, act: Act) -> None:
    """Serve an answer no longer; what was answered stays on record."""
    _allowed(act)
    given.withdrawn_at = act.at


def _allowed(act: Act) -> None:
    if not act.actor.may(Permission.QUESTION_ANSWER):
        raise NotPermitted("role", permission=Permission.QUESTION_ANSWER)
