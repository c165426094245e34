"""What intake keeps: drafts that are not sent yet with their files, and which request made which case."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.cases.models import OfCase
from app.core.db import Model, session
from app.core.people import Person
from app.core.sealed import sealed
from app.core.uploads import Upload


class IdempotencyKey(Model):
    """A request to file, by its sender's key: sent again it finds its case, with other content it is refused."""

    __tablename__ = "idempotency_keys"

    key: Mapped[str] = mapped_column(primary_key=True, comment="keyed hash of what the sender chose")
    request_sha256: Mapped[str]
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), comment="set in the same transaction")
    created_at: Mapped[datetime]


class Draft(Model):
    """A complaint being written. Its tokens, in a cookie and in a link, are stored hashed.

    `version` rises with every change, so that what is sent is what was last seen.
    """

    __tablename__ = "drafts"
    __table_args__ = (
        Index("ix_drafts_expiry", "expires_at"),
        Index("ix_drafts_phone", "phone_trace"),
        Index("ix_drafts_email", "email_trace"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    token_hash: Mapped[str] = mapped_column(unique=True)
    link_hash: Mapped[str | None] = mapped_column(unique=True, comment="of the link that was sent last")
    links_sent: Mapped[int] = mapped_column(default=0)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True, comment="whoever writes it")
    phone_trace: Mapped[bytes | None] = mapped_column(comment="where a link to it can be asked for, as a keyed hash")
    email_trace: Mapped[bytes | None]
    language: Mapped[str]
    answers: Mapped[dict[str, Any] | None] = sealed(dict, begins_empty=True, comment="by step, as they were typed")
    saved_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), comment="what it became")
    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    def owner(self) -> Person:
        """Return who writes it."""
        return self.person


class DraftFile(Model):
    """A file added to a draft; it becomes an exhibit when the complaint is sent."""

    __tablename__ = "draft_files"
    __table_args__ = (UniqueConstraint("draft_id", "sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("drafts.id"))
    filename: Mapped[str] = sealed()
    media_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    ref: Mapped[str] = sealed(files=True)
    shared_sha256: Mapped[str | None]
    shared_ref: Mapped[str | None] = sealed(files=True)
    proves: Mapped[str | None]
    added_at: Mapped[datetime]

    def owner(self) -> Person:
        """Return who writes the draft."""
        return session().get_one(Draft, self.draft_id).person

    def as_upload(self) -> Upload:
        """Return it as intake hands it to the case."""
        shared = (self.shared_sha256, self.shared_ref)
        return Upload(self.filename, self.media_type, self.size, self.sha256, self.ref, *shared, self.proves)


class ShopFacts(OfCase, Model):
    """What a shop signed about the order of a case. One link makes one case: `digest` is of shop, order and nonce."""

    __tablename__ = "shop_facts"

    digest: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), unique=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    order_facts: Mapped[dict[str, Any]] = sealed(dict)
    taken_at: Mapped[datetime]
