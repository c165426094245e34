"""A company's public replies: one to each published outcome of its cases, one to its standing.

Nobody is to be found by a reply either: it goes through the same gate as what is published.
Source: clauses 2.2.4.4, 1.2.3.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.cases.models import Case, Party
from app.cases.queries import case_to_work
from app.core import paging
from app.core.commands import Frozen
from app.core.db import session
from app.core.text import Note
from app.ledger.records import recorded
from app.ledger.service import record
from app.notices.gate import marks_of
from app.notices.models import RegisterEntry, Standing
from app.organisations.models import Organisation
from app.register.models import PublicReply
from workflows.procedure.act import Act
from workflows.procedure.authority import Permission
from workflows.procedure.errors import Invalid, NotPermitted
from workflows.procedure.leaks import Marks, leaks

MOST_CASES = 1_000
"""So many of a company's newest cases are looked through for names before it speaks of its standing."""


class Say(Frozen):
    """What a company says in public, once."""

    text: Note


class Withhold(Frozen):
    """Why a reply is not shown; the company reads it."""

    reason: Note


@recorded("public_reply", PublicReply)
def _reply(row: PublicReply) -> dict[str, object]:
    return {name: getattr(row, name) for name in ("organisation_id", "entry_id", "language", "text", "at")}


# --- reading -------------------------------------------------------------------------------------------------------


def standing_reply(company_id: int) -> PublicReply | None:
    """Return what the company says to its standing, as the public reads it."""
    query = select(PublicReply).where(PublicReply.organisation_id == company_id, PublicReply.entry_id.is_(None))
    return session().scalars(query.where(PublicReply.withheld_at.is_(None))).one_or_none()


def reply_to(entry: RegisterEntry) -> PublicReply | None:
    """Return what the respondent says to a published outcome, as the public reads it."""
    query = select(PublicReply).where(PublicReply.entry_id == entry.id, PublicReply.withheld_at.is_(None))
    return session().scalars(query).one_or_none()


def written_by(company_id: int) -> Sequence[PublicReply]:
    """Return all that the company ever wrote, newest first."""
    query = select(PublicReply).where(PublicReply.organisation_id == company_id).options(joinedload(PublicReply.entry))
    return session().scalars(query.order_by(PublicReply.id.desc()).limit(200)).all()


def outcomes_of(company_id: int) -> Sequence[RegisterEntry]:
    """Return the published outcomes of the company's cases, newest first; what was withdrawn needs no reply."""
    query = select(RegisterEntry).join(Case, Case.id == RegisterEntry.case_id).where(
        Case.respondent_id == company_id, Case.asked_at.is_not(None), RegisterEntry.status != Standing.WITHDRAWN
    )  # fmt: skip
    return (
        session().scalars(query.order_by(RegisterEntry.published_at.desc(), RegisterEntry.id.desc()).limit(200)).all()
    )


def page(*, cursor: str | None = None, limit: int = paging.LIMIT) -> paging.Page[PublicReply]:
    """Return a page of all replies, newest first. Raises BadCursor."""
    query = select(PublicReply).options(joinedload(PublicReply.entry), joinedload(PublicReply.organisation))
    if cursor:
        query = query.where(PublicReply.id < paging.decode(cursor, int)[0])
    rows = list(session().scalars(query.order_by(PublicReply.id.desc()).limit(limit + 1)))
    more, rows = len(rows) > limit, rows[:limit]
    return paging.Page(rows, paging.encode(rows[-1].id) if more else None)


# --- writing -------------------------------------------------------------------------------------------------------


def say(company: Organisation, entry: RegisterEntry | None, command: Say, *, act: Act) -> PublicReply:
    """Publish a reply. Raises Invalid where one stands, or with the words by which somebody could be found."""
    if not act.actor.may(Permission.PENALTY_ANSWER) or act.actor.organisation_id != company.id:
        raise NotPermitted("other_case", permission=Permission.PENALTY_ANSWER)
    if (reply_to(entry) if entry else standing_reply(company.id)) is not None:
        raise Invalid("replied_already", pointer="/text")
    marks = marks_of(case_to_work(entry.case_id)) if entry else _all_marks(company)
    if found := leaks(command.text, marks):
        words = "、".join(dict.fromkeys(leak.text for leak in found))
        raise Invalid("names_in_public_text", pointer="/text", words=words)
    reply = PublicReply(
        organisation_id=company.id, entry_id=entry.id if entry else None, language=act.actor.language,
        text=command.text, at=act.at, written_by=act.actor.user_id,
    )  # fmt: skip
    return record(reply, about=f"organisation/{company.id}", at=act.at)


def _all_marks(company: Organisation) -> Marks:
    """Return what would tell who complained of the company; its own name may stand on its own page."""
    query = select(Party, Case.number).join(Case, Case.id == Party.case_id).where(Case.respondent_id == company.id)
    rows = session().execute(query.order_by(Case.id.desc(), Party.id).limit(MOST_CASES)).all()
    people = {name for party, _ in rows for name in (party.name, party.on_behalf_of) if name}
    numbers = {each for party, number in rows for each in (number, party.phone, party.email) if each}
    return Marks(consumer=tuple(sorted(people)), numbers=tuple(sorted(numbers)))


def withhold(reply: PublicReply, command: Withhold, *, act: Act) -> None:
    """Take a reply out of the public's sight; the company reads why and may write another.

    Raises NotPermitted, also to who belongs to a company; Invalid where it is withheld already.
    """
    if not act.actor.may(Permission.DECISION_PUBLISH) or act.actor.organisation_id is not None:
        raise NotPermitted("role", permission=Permission.DECISION_PUBLISH)
    if reply.withheld_at is not None:
        raise Invalid("not_possible", pointer="/reason")
    reply.withheld_at, reply.withheld_by, reply.withheld_because = act.at, act.actor.user_id, command.reason
