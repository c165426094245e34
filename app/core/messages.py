"""Messages that leave the desk: written in the transaction, sent by a job, readable by staff.

Without an SMTP server they are kept, and staff read them on the outbox page.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, select
from sqlalchemy.orm import Mapped, mapped_column

from app.core import outbox
from app.core.db import Model, by_value, session
from app.core.ids import new_token


class Channel(StrEnum):
    """How a message travels."""

    EMAIL = "email"
    SMS = "sms"


class OutboundMessage(Model):
    """One message to one address, in the reader's language. `message_id` stays the same however often it is sent."""

    __tablename__ = "outbound_messages"
    __table_args__ = (Index("ix_outbound_messages_newest", "created_at", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(unique=True)
    channel: Mapped[Channel] = mapped_column(by_value(Channel))
    address: Mapped[str]
    language: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    case_number: Mapped[str | None]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]


def addresses_told(case_number: str, subject: str) -> set[str]:
    """Return who was written to about a case under this subject."""
    query = select(OutboundMessage.address).where(OutboundMessage.case_number == case_number)
    return set(session().scalars(query.where(OutboundMessage.subject == subject)))


def post(
    *, channel: Channel, address: str, language: str, subject: str, body: str, case_number: str | None, at: datetime,
    not_before: datetime | None = None,
) -> OutboundMessage:  # fmt: skip
    """Write a message down in the current transaction and have it sent after the commit, or from `not_before` on."""
    message = OutboundMessage(
        message_id=new_token(), channel=channel, address=address, language=language, subject=subject, body=body,
        case_number=case_number, created_at=at,
    )  # fmt: skip
    session().add(message)
    session().flush()
    outbox.add(outbox.Task.SEND_MESSAGE, at=at, not_before=not_before, message_id=message.id)
    return message
