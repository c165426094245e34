"""Exhibits of a case: files that prove something, numbered in the order in which they came; and how they are shown."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.cases.models import OfCase
from app.core.db import Model, by_value, session
from app.core.people import Person
from app.core.sealed import sealed
from app.evidence import office

MAY_TELL_PLACE = ("image/", "audio/", "video/")
MAY_TELL_AUTHOR = ("application/pdf", *office.TYPES)


class Standing(StrEnum):
    """Whether an exhibit counts. One that nobody ruled on counts."""

    OPEN = "open"
    ADMITTED = "admitted"
    EXCLUDED = "excluded"


class Evidence(OfCase, Model):
    """One exhibit. The original is in the store under `ref`, never altered; `shared_ref` is what others see."""

    __tablename__ = "evidence"
    __table_args__ = (
        UniqueConstraint("case_id", "number"),
        CheckConstraint("standing != 'excluded' OR standing_reason IS NOT NULL", name="excluded_with_a_reason"),
        Index("ix_evidence_sha256", "sha256"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    number: Mapped[int] = mapped_column(comment="of the exhibit in its case, from 1")
    filename: Mapped[str] = sealed()
    media_type: Mapped[str] = mapped_column(comment="by content")
    size: Mapped[int] = mapped_column(comment="bytes")
    sha256: Mapped[str]
    ref: Mapped[str] = sealed(files=True)
    shared_sha256: Mapped[str | None] = mapped_column(comment="a copy without place and camera")
    shared_ref: Mapped[str | None] = sealed(files=True)
    proves: Mapped[str | None] = mapped_column(comment="what of the checklist it is, as whoever added it says")
    side: Mapped[str] = mapped_column(comment="consumer, respondent, desk: who added it")
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), comment="the respondent's")
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    note: Mapped[str | None] = sealed()
    added_at: Mapped[datetime]
    item_id: Mapped[int | None] = mapped_column(ForeignKey("requested_items.id"), comment="what it was asked for as")
    standing: Mapped[Standing] = mapped_column(by_value(Standing), default=Standing.OPEN, server_default="open")
    standing_reason: Mapped[str | None] = sealed()
    preview: Mapped["Preview | None"] = relationship(lazy="raise_on_sql", viewonly=True)

    @property
    def is_picture(self) -> bool:
        return self.media_type.startswith("image/")

    @property
    def may_tell_place(self) -> bool:
        """Whether files of its kind can hold where they were made."""
        return self.media_type.startswith(MAY_TELL_PLACE)

    def digest_of(self, ref: str) -> str:
        """Return the SHA-256 of the copy that a ref finds."""
        return self.sha256 if ref == self.ref else self.shared_sha256 or ""

    @property
    def copy_is_made(self) -> bool:
        """Whether a copy without its author is still to come."""
        return self.preview is None and self.media_type in MAY_TELL_AUTHOR

    @property
    def known_harm(self) -> str | None:
        """What does harm in it, as far as it was looked at."""
        return self.preview.told.get("harm") if self.preview else None

    @property
    def counts(self) -> bool:
        return self.standing is not Standing.EXCLUDED


class Preview(Model):
    """What pages show of an exhibit: pictures that we made of it (refs of JPEGs, the small one first)."""

    __tablename__ = "previews"

    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), primary_key=True)
    pictures: Mapped[list[str]] = sealed(list, files=True)
    told: Mapped[dict[str, Any]] = mapped_column(comment="pages, seconds, width, height, peaks: what is known")
    why_none: Mapped[str | None] = mapped_column(comment="type, limit, broken: why there is no picture")
    made_at: Mapped[datetime]

    def owner(self) -> Person:
        """Return who complains in the case of the exhibit."""
        return session().get_one(Evidence, self.evidence_id).owner()


class ItemStatus(StrEnum):
    """What became of something that was asked for."""

    OPEN = "open"
    HANDED_IN = "handed_in"
    DECLINED = "declined"
    WAIVED = "waived"


class EvidenceRequest(OfCase, Model):
    """Named things that one side is asked to hand in by a date."""

    __tablename__ = "evidence_requests"
    __table_args__ = (UniqueConstraint("case_id", "n"), CheckConstraint("due_at > asked_at", name="due_after_asked"))

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    n: Mapped[int] = mapped_column(comment="of the request in its case, from 1")
    side: Mapped[str] = mapped_column(comment="consumer, respondent: who is asked")
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    why: Mapped[str | None] = sealed()
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    items: Mapped[list["RequestedItem"]] = relationship(
        back_populates="request", order_by="RequestedItem.n", lazy="raise_on_sql"
    )


class RequestedItem(Model):
    """One thing that is asked for, and what became of it."""

    __tablename__ = "requested_items"
    __table_args__ = (
        UniqueConstraint("request_id", "n"),
        CheckConstraint("(status = 'open') = (ended_at IS NULL)", name="ended_at_when_ended"),
        CheckConstraint("status NOT IN ('declined', 'waived') OR reason IS NOT NULL", name="reason_when_not_given"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("evidence_requests.id"))
    n: Mapped[int] = mapped_column(comment="in the case, from 1")
    what: Mapped[str] = sealed()
    status: Mapped[ItemStatus] = mapped_column(by_value(ItemStatus), default=ItemStatus.OPEN)
    reason: Mapped[str | None] = sealed()
    ended_at: Mapped[datetime | None]
    request: Mapped[EvidenceRequest] = relationship(back_populates="items", lazy="joined", innerjoin=True)

    def owner(self) -> Person:
        """Return who complains in the case of the request."""
        return (self.__dict__.get("request") or session().get_one(EvidenceRequest, self.request_id)).owner()


class Inspection(OfCase, Model):
    """What somebody found who looked at the goods. Source: clause 2.1.5.2 (a flaw, or harm done on the way)."""

    __tablename__ = "inspections"
    __table_args__ = (UniqueConstraint("case_id", "n"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    n: Mapped[int] = mapped_column(comment="of the inspection in its case, from 1")
    inspected_at: Mapped[datetime]
    inspected_by: Mapped[str] = mapped_column(comment="consumer, merchant, platform, logistics_company, independent")
    what: Mapped[str] = sealed()
    packaging: Mapped[str] = mapped_column(comment="a sign of the rulebook")
    damage: Mapped[list[str]] = mapped_column(comment="signs of the rulebook")
    conclusion: Mapped[str] = mapped_column(comment="quality, transit_damage, unclear, none")
    exhibits: Mapped[list[int]] = mapped_column(comment="numbers of the exhibits that show it")
    note: Mapped[str | None] = sealed()
    written_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    written_at: Mapped[datetime]
