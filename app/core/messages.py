"""Messages that leave the desk: written in the transaction, sent by a job, readable by staff.

Without an SMTP server or an SMS gateway they are kept, and staff read them on the outbox page.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.orm import Mapped, mapped_column

from app.core import outbox, site
from app.core.db import Model, by_value, session
from app.core.ids import new_token
from app.core.masters import trace
from app.core.people import Person
from app.core.sealed import sealed

AN_HOUR = timedelta(hours=1)


class Channel(StrEnum):
    """How a message travels."""

    EMAIL = "email"
    SMS = "sms"


class OutboundMessage(Model):
    """One message to one address, in the reader's language. `message_id` stays the same however often it is sent."""

    __tablename__ = "outbound_messages"
    __table_args__ = (
        Index("ix_outbound_messages_newest", "created_at", "id"),
        Index("ix_outbound_messages_sent_to", "address_trace", "sent_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(unique=True)
    channel: Mapped[Channel] = mapped_column(by_value(Channel))
    person_id: Mapped[str | None] = mapped_column(
        ForeignKey("people.id"), index=True, comment="whose matter it is about; of the house, if nobody's"
    )
    address: Mapped[str] = sealed()
    address_trace: Mapped[bytes] = mapped_column(comment="keyed hash of the address")
    language: Mapped[str]
    subject: Mapped[str] = sealed()
    body: Mapped[str] = sealed()
    case_number: Mapped[str | None]
    reply_to: Mapped[str | None] = sealed(comment="the address at which this reader answers in this case")
    attachments: Mapped[list[dict[str, Any]]] = mapped_column(
        default=list, comment="notices that go with it, or papers still to freeze"
    )
    urgent: Mapped[bool] = mapped_column(default=False, comment="a code, an emergency: no cap keeps it waiting")
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    undelivered_at: Mapped[datetime | None] = mapped_column(comment="refused, or returned by the reader's server")
    undelivered_why: Mapped[str | None] = sealed()

    def owner(self) -> Person | None:
        """Return whose matter it is about."""
        return session().get_one(Person, self.person_id) if self.person_id else None


def addresses_told(case_number: str, subject: str) -> set[str]:
    """Return who was written to about a case under this subject."""
    letters = session().scalars(select(OutboundMessage).where(OutboundMessage.case_number == case_number))
    return {letter.address for letter in letters if letter.subject == subject}


def post(
    *, channel: Channel, address: str, language: str, subject: str, body: str, case_number: str | None, at: datetime,
    not_before: datetime | None = None, reply_to: str | None = None, attachments: Sequence[dict[str, Any]] = (),
    urgent: bool = False, person: Person | None = None,
) -> OutboundMessage:  # fmt: skip
    """Write a message down in the current transaction and have it sent after the commit, or from `not_before` on.

    One that nobody carries stays here, where staff read it: there is nothing left to do.
    """
    message = OutboundMessage(
        message_id=new_token(), channel=channel, address=address, address_trace=trace("address", address),
        person_id=person.id if person else None, language=language, subject=subject, body=body,
        case_number=case_number, created_at=at, reply_to=reply_to, attachments=list(attachments), urgent=urgent,
    )  # fmt: skip
    session().add(message)
    session().flush()
    task = outbox.add(outbox.Task.SEND_MESSAGE, at=at, not_before=not_before, message_id=message.id)
    if not carried(channel):
        outbox.finish(task, at=at)
    return message


def wait_until(message: OutboundMessage, cap: int, *, at: datetime) -> datetime | None:
    """Return when this message may leave if its reader got `cap` in the last hour; None when it may leave now."""
    if message.urgent:
        return None
    query = select(OutboundMessage.sent_at).where(OutboundMessage.address_trace == message.address_trace)
    sent = query.where(OutboundMessage.sent_at > at - AN_HOUR).order_by(OutboundMessage.sent_at.desc())
    earliest = session().scalars(sent.offset(cap - 1).limit(1)).one_or_none()
    return earliest + AN_HOUR if earliest else None


def carried(channel: Channel) -> bool:
    """Return whether there is a server to give messages of this channel to."""
    settings = site.settings()
    return bool(settings.sms_url if channel is Channel.SMS else settings.smtp_url)
