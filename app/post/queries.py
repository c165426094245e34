"""Finding mail: what waits, what came before, and what it may belong to."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select

from app.cases.models import Case
from app.core import paging
from app.core.db import session, writing
from app.core.masters import trace
from app.core.messages import OutboundMessage
from app.organisations.models import Organisation
from app.post.models import InboundMail, MailStatus

WAITING = (MailStatus.HELD, MailStatus.RECEIVED)
READ_WITHIN = timedelta(minutes=2)


def by_id(mail_id: int) -> InboundMail | None:
    """Return the message; in a writing transaction, ours alone until its end."""
    query = select(InboundMail).where(InboundMail.id == mail_id).execution_options(populate_existing=True)
    if writing():
        query = query.with_for_update()
    return session().scalars(query).one_or_none()


def to_place(mail_id: int) -> InboundMail:
    """Return the message for a job that was handed its id."""
    mail = by_id(mail_id)
    if mail is None:
        raise LookupError(f"There is no message {mail_id}.")
    return mail


def page(*, waiting: bool, at: datetime, cursor: str | None) -> paging.Page[InboundMail]:
    """Return what waits for a person, oldest first, or all mail, newest first."""
    key = InboundMail.received_at
    query = select(InboundMail)
    if waiting:
        stuck = (InboundMail.status == MailStatus.RECEIVED) & (key <= at - READ_WITHIN)
        query = query.where(InboundMail.status.in_(WAITING), stuck | (InboundMail.status == MailStatus.HELD))
    if cursor:
        last = paging.decode(cursor, datetime, int)
        query = query.where(paging.beyond((key, InboundMail.id), last, newest=not waiting))
    order = (key, InboundMail.id) if waiting else (key.desc(), InboundMail.id.desc())
    rows = list(session().scalars(query.order_by(*order).limit(paging.LIMIT + 1)))
    more, rows = len(rows) > paging.LIMIT, rows[: paging.LIMIT]
    return paging.Page(rows, paging.encode(rows[-1].received_at, rows[-1].id) if more else None)


def waiting(*, at_most: int = 99) -> int:
    """Return how many messages wait for a person, counted no further than `at_most` + 1."""
    inner = select(InboundMail.id).where(InboundMail.status == MailStatus.HELD).limit(at_most + 1).subquery()
    return session().scalar(select(func.count()).select_from(inner)) or 0


def same_as(mail: InboundMail, message_id: str | None, content_sha256: str) -> InboundMail | None:
    """Return an earlier message of the same mailbox, id and content: the same one, delivered again."""
    known_as = trace("message_id", message_id) if message_id else None
    query = select(InboundMail).where(
        InboundMail.mailbox == mail.mailbox, InboundMail.content_sha256 == content_sha256,
        InboundMail.message_id_trace == known_as, InboundMail.id != mail.id, InboundMail.status != MailStatus.DUPLICATE,
    )  # fmt: skip
    return session().scalars(query.order_by(InboundMail.id).limit(1)).one_or_none()


def opened_by(sender: str, since: datetime) -> int:
    """Return how many cases a sender's mail opened since then."""
    query = select(func.count()).where(
        InboundMail.sender_trace == trace("address", sender), InboundMail.received_at > since
    )
    return session().scalar(query.where(InboundMail.status == MailStatus.CASE)) or 0


def told_since(since: datetime, *, apart_from: int) -> bool:
    """Return whether the desk was told since then of another message that still waits."""
    query = select(InboundMail.id).where(
        InboundMail.status == MailStatus.HELD, InboundMail.told_at > since, InboundMail.id != apart_from
    )
    return session().scalar(query.limit(1)) is not None


def letter_by_id(letter_id: int) -> OutboundMessage | None:
    """Return the letter of ours with this row."""
    return session().get(OutboundMessage, letter_id)


def letter_named(message_ids: list[str], domain: str) -> OutboundMessage | None:
    """Return the letter of ours among these Message-IDs; each holds a token that nobody can guess."""
    ours = [each[1:-1].rpartition("@")[0] for each in message_ids if each.lower().endswith(f"@{domain}>".lower())]
    if not ours:
        return None
    query = select(OutboundMessage).where(OutboundMessage.message_id.in_(ours))
    return session().scalars(query.order_by(OutboundMessage.id.desc()).limit(1)).one_or_none()


def answered_by(letter: OutboundMessage) -> str | None:
    """Return the Message-ID of the last mail of this reader in this case, which the letter answers."""
    if letter.case_number is None:
        return None
    query = select(InboundMail).join(Case, Case.id == InboundMail.case_id)
    query = query.where(Case.number == letter.case_number, InboundMail.sender_trace == letter.address_trace)
    query = query.where(InboundMail.status.in_((MailStatus.CASE, MailStatus.REPLY)))
    mail = session().scalars(query.order_by(InboundMail.id.desc()).limit(1)).one_or_none()
    return mail.message_id if mail else None


def is_a_company(address: str) -> bool:
    """Return whether an organisation is known by this address."""
    query = select(Organisation.id).where(func.lower(Organisation.email) == address)
    return session().scalar(query.limit(1)) is not None


def numbers_of(mails: list[InboundMail]) -> dict[int, str]:
    """Return the numbers of the cases that these messages belong to, in one query."""
    ids = {mail.case_id for mail in mails if mail.case_id}
    rows = session().execute(select(Case.id, Case.number).where(Case.id.in_(ids))) if ids else ()
    return {row.id: row.number for row in rows}
