"""Whom we may keep no longer: when the time that the rulebook sets is over, people are erased without being asked.

Source: figures `case_kept`, `mail_kept`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import aliased

from app.cases import service_erasure
from app.cases.models import Case
from app.core.db import session
from app.core.people import Person
from workflows.procedure.act import Act
from workflows.regulation import book

AT_ONCE = 50

Source = Callable[[datetime, int], Sequence[Person]]
_sources: list[Source] = []


def kept_too_long(source: Source) -> Source:
    """Register what a room knows of people whose time is over: called with now and how many are wanted."""
    _sources.append(source)
    return source


@kept_too_long
def _complainants(at: datetime, most: int) -> Sequence[Person]:
    """Return people all of whose cases ended long enough ago."""
    before = at - book.current().figure("case_kept", on=at.date()).length
    other = aliased(Case)
    younger = exists().where(other.person_id == Person.id, or_(other.closed_at.is_(None), other.closed_at > before))
    query = select(Person).join(Case, Case.person_id == Person.id).where(Case.closed_at <= before, ~younger)
    return session().scalars(query.where(Person.erased_at.is_(None)).distinct().limit(most)).all()


def sweep(*, act: Act, most: int = AT_ONCE) -> int:
    """Erase whose erasing was agreed to and whom we may keep no longer; return how many, `most` of each kind.

    Twice is harmless: who is erased is not found again.
    """
    done = service_erasure.do_what_is_due(act=act)
    for source in _sources:
        for person in source(act.at, most):
            if person.erased_at is None and not service_erasure.running(person, at=act.at):  # or another came first
                service_erasure.erase(person, act=act)
                done += 1
    return done
