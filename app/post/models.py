"""Mail that came in: each message stands here before it is read, and never disappears."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Model, by_value, partial_index
from app.core.people import Person
from app.core.sealed import sealed
from app.core.uploads import Upload


class MailStatus(StrEnum):
    """What became of a message."""

    RECEIVED = "received"
    CASE = "case"
    REPLY = "reply"
    NOTED = "noted"
    DUPLICATE = "duplicate"
    HELD = "held"
    DISCARDED = "discarded"


HELD = text("status IN ('held', 'received')")


class InboundMail(Model):
    """One message as it was delivered. `raw_sha256` is in the store before the sender is told that it was taken."""

    __tablename__ = "inbound_mail"
    __table_args__ = (
        CheckConstraint("status NOT IN ('case', 'reply') OR case_id IS NOT NULL", name="placed_in_a_case"),
        CheckConstraint("status != 'discarded' OR note IS NOT NULL", name="discarded_with_a_reason"),
        CheckConstraint("status != 'held' OR due_at IS NOT NULL", name="held_until"),
        partial_index("ix_inbound_mail_waiting", "received_at", "id", where=HELD),
        Index("ix_inbound_mail_newest", "received_at", "id"),
        Index("ix_inbound_mail_content", "mailbox", "content_sha256"),
        Index("ix_inbound_mail_sender", "sender_trace", "received_at"),
        Index("ix_inbound_mail_case", "case_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(comment="smtp or imap")
    mailbox: Mapped[str] = mapped_column(comment="the address it was delivered to, without what follows a +")
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True, comment="whoever wrote it")
    returns_to: Mapped[str | None] = sealed(comment="the envelope's sender; empty for what must not be answered")
    recipients: Mapped[list[str]] = sealed(list, comment="of the envelope; none by IMAP")
    raw_sha256: Mapped[str]
    raw_ref: Mapped[str] = sealed(files=True)
    size: Mapped[int] = mapped_column(comment="bytes")
    received_at: Mapped[datetime]

    status: Mapped[MailStatus] = mapped_column(by_value(MailStatus), default=MailStatus.RECEIVED)
    reason: Mapped[str | None] = mapped_column(comment="why it is held or noted: a key of mail_reason")
    message_id: Mapped[str | None] = sealed()
    message_id_trace: Mapped[bytes | None]
    content_sha256: Mapped[str | None] = mapped_column(comment="of what the sender wrote, whatever a delivery added")
    sender: Mapped[str | None] = sealed(comment="the one address in From; it proves nothing")
    sender_trace: Mapped[bytes | None]
    sender_name: Mapped[str | None] = sealed()
    subject: Mapped[str | None] = sealed()
    body: Mapped[str | None] = sealed(comment="what is new in it, as plain text")
    rest: Mapped[str | None] = sealed(comment="what it quotes, and the signature")
    marks: Mapped[list[str]] = mapped_column(default=list, comment="charset, headers_cut, text_cut")
    files: Mapped[list[dict[str, Any]]] = sealed(
        list, begins_empty=True, files=True, comment="attachments in the store"
    )
    refused_files: Mapped[list[dict[str, Any]]] = sealed(
        list, begins_empty=True, comment="name and why; in the raw message"
    )

    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), comment="what it belongs to, or may belong to")
    letter_id: Mapped[int | None] = mapped_column(
        ForeignKey("outbound_messages.id"), comment="the letter that came back"
    )
    due_at: Mapped[datetime | None] = mapped_column(comment="by when a person places it")
    told_at: Mapped[datetime | None] = mapped_column(comment="when the desk was told of it")
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    note: Mapped[str | None] = sealed(comment="why it was set aside")
    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)

    def owner(self) -> Person:
        """Return who wrote it."""
        return self.person

    def uploads(self) -> list[Upload]:
        """Return its attachments as a case takes them."""
        return [Upload(**file) for file in self.files]

    @property
    def waits(self) -> bool:
        """Whether somebody still has to see to it."""
        return self.status in (MailStatus.HELD, MailStatus.RECEIVED)
