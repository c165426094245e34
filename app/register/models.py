"""What companies say in public."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Model, partial_index
from app.notices.models import RegisterEntry
from app.organisations.models import Organisation

STANDS = "withheld_at IS NULL AND entry_id IS {}"


class PublicReply(Model):
    """A company's reply to a published outcome of a case of its own, or (no entry) to its standing.

    One of each stands at a time; what staff withheld stays, and the company may write another.
    """

    __tablename__ = "public_replies"
    __table_args__ = (
        partial_index("uq_public_replies_entry", "entry_id", unique=True, where=text(STANDS.format("NOT NULL"))),
        partial_index("uq_public_replies_company", "organisation_id", unique=True, where=text(STANDS.format("NULL"))),
        Index("ix_public_replies_company", "organisation_id"),
        CheckConstraint("(withheld_at IS NULL) = (withheld_because IS NULL)", name="reason_when_withheld"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("register_entries.id"))
    language: Mapped[str]
    text: Mapped[str]
    at: Mapped[datetime]
    written_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    withheld_at: Mapped[datetime | None]
    withheld_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    withheld_because: Mapped[str | None]

    organisation: Mapped[Organisation] = relationship(lazy="raise_on_sql")
    entry: Mapped[RegisterEntry | None] = relationship(lazy="raise_on_sql")
