"""Which cases are worked on together, which might be, and where complaints of one kind are on the rise."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, case, func, or_, select

from app.cases.models import Case
from app.cases.models_joint import Joint
from app.cases.queries import seen_by
from app.cases.traces import with_any
from app.core.db import session
from app.organisations.models import Organisation
from workflows.procedure.authority import Actor
from workflows.procedure.states import CaseState
from workflows.regulation import book

MOST = 5


def links_of(this: Case) -> list[Joint]:
    """Return what keeps a case together with others, directly."""
    query = select(Joint).where(or_(Joint.case_id == this.id, Joint.other_id == this.id), Joint.parted_at.is_(None))
    return list(session().scalars(query.order_by(Joint.id)))


def joined_with(this: Case, actor: Actor) -> list[Case]:
    """Return the cases that are worked on together with this one, directly or through others, oldest first."""
    query = select(Case).where(Case.id.in_(_together(this)), Case.id != this.id, seen_by(actor)).order_by(Case.id)
    return list(session().scalars(query))


def are_together(one: Case, other: Case) -> bool:
    """Return whether two cases are worked on together, directly or through others."""
    return session().scalar(select(Case.id).where(Case.id == other.id, Case.id.in_(_together(one)))) is not None


def _together(this: Case) -> Select[tuple[int]]:
    """Return the ids of the case and of all that are joined with it, and with those, and so on."""
    found = select(Case.id).where(Case.id == this.id).cte("together", recursive=True)
    partner = case((Joint.case_id == found.c.id, Joint.other_id), else_=Joint.case_id)
    meets = or_(Joint.case_id == found.c.id, Joint.other_id == found.c.id)
    found = found.union(select(partner).join(found, meets).where(Joint.parted_at.is_(None)))
    return select(found.c.id)


def belonging(this: Case, actor: Actor) -> tuple[list[Case], list[Case]]:
    """Return the joined cases and those of the same person or about the same order: likely duplicates, newest first.

    All in one query; of likely duplicates at most five.
    """
    partner = Case.id.in_(_together(this))
    ways = (partner, *_same_person(this), *_same_order(this))
    query = select(Case, partner).where(or_(*ways), Case.id != this.id, seen_by(actor))
    rows = session().execute(query.order_by(partner.desc(), Case.id.desc()).limit(MOST * 4)).all()
    joined = [each for each, together in rows if together]
    return joined, [each for each, together in rows if not together][:MOST]


def _same_person(this: Case) -> Iterator[ColumnElement[bool]]:
    reached = [address for party in this.parties for address in (party.phone, party.email) if address]
    if reached:
        yield with_any("contact", reached)


def _same_order(this: Case) -> Iterator[ColumnElement[bool]]:
    if order_id := this.order_facts.get("id"):
        yield with_any("order", [str(order_id)])


class Rise(Struct, frozen=True):
    """Complaints about one thing at one company: how many lately, and how many would be usual in that time."""

    organisation: Organisation
    anomaly: str
    lately: int
    usual: float


def rises(at: datetime) -> list[Rise]:
    """Return where complaints of one kind are on the rise at `at`, steepest first.

    Source: figures `rise_window`, `rise_compared`, `rise_least`, `rise_factor`.
    """
    rules = book.current()
    window, compared, least, factor = (
        rules.figure(key, on=at.date()) for key in ("rise_window", "rise_compared", "rise_least", "rise_factor")
    )
    begins = at - window.length
    lately = func.count().filter(Case.received_at > begins)
    query = (
        select(Case.respondent_id, Case.anomaly, lately, func.count())
        .where(Case.received_at > begins - compared.length, Case.received_at <= at, Case.state != CaseState.RECEIVED)
        .where(Case.respondent_id.is_not(None), Case.anomaly.is_not(None))
        .group_by(Case.respondent_id, Case.anomaly)
        .having(lately >= least.value)
    )
    rows = session().execute(query).all()
    named = {row[0] for row in rows}
    known = {each.id: each for each in session().scalars(select(Organisation).where(Organisation.id.in_(named)))}
    found = [
        Rise(known[party], anomaly, recent, (every - recent) * (window.length / compared.length))
        for party, anomaly, recent, every in rows
        if party and anomaly
    ]
    steep = [each for each in found if each.lately >= each.usual * factor.value]
    return sorted(steep, key=lambda each: (each.usual - each.lately, each.organisation.name))
