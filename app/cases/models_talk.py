"""What is said, promised and judged in a case: messages, remedies, ratings, and the codes that let a person act."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.cases.models import OfCase
from app.core.db import Model, Money, by_value
from app.core.sealed import sealed
from app.organisations.models import PartyKind
from workflows.procedure.authority import Audience


class Message(OfCase, Model):
    """A message inside a case; `audience` says who may ever read it."""

    __tablename__ = "messages"
    __table_args__ = (Index("ix_messages_case", "case_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    audience: Mapped[Audience] = mapped_column(by_value(Audience))
    side: Mapped[str] = mapped_column(comment="consumer, respondent, desk, system: who wrote it")
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    language: Mapped[str]
    body: Mapped[str] = sealed()
    reader: Mapped[str | None] = mapped_column(comment="consumer, respondent: whose version of a message to both it is")
    at: Mapped[datetime]


class Remedy(OfCase, Model):
    """One thing owed after a settlement or a decision: what, how much, by whom, until when."""

    __tablename__ = "remedies"
    __table_args__ = (
        UniqueConstraint("case_id", "n"),
        CheckConstraint("amount_minor IS NULL OR amount_minor > 0", name="amount_is_positive"),
        Index("ix_remedies_case", "case_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    n: Mapped[int]
    source: Mapped[str] = mapped_column(comment="settlement or decision")
    kind: Mapped[str] = mapped_column(comment="a remedy kind of the rulebook")
    amount_minor: Mapped[int | None] = mapped_column(Money)
    currency: Mapped[str] = mapped_column(default="CNY")
    party_kind: Mapped[PartyKind] = mapped_column(by_value(PartyKind))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    freight_by: Mapped[str | None] = mapped_column(comment="who bears the freight: consumer or a kind of party")
    note: Mapped[str | None] = sealed()
    due_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(
        default="promised", comment="promised, proved, disputed, stayed, confirmed, void"
    )
    proof: Mapped[str | None] = sealed()
    proved_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    breached_at: Mapped[datetime | None]


class Rating(OfCase, Model):
    """What the consumer thinks of how the case went: 1 to 5 each. Source: clause 2.1.7.3."""

    __tablename__ = "ratings"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    solved: Mapped[int]
    fair: Mapped[int]
    effort: Mapped[int]
    comment: Mapped[str | None] = sealed()
    at: Mapped[datetime]


class OneTimeCode(Model):
    """A code sent to the contact that was given; a keyed hash of it, spent once, within minutes."""

    __tablename__ = "one_time_codes"
    __table_args__ = (Index("ix_one_time_codes_case", "case_id", "sent_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    code_hash: Mapped[str]
    sent_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    spent_at: Mapped[datetime | None]


class Confirmation(Model):
    """A browser that has proved, by code, that it is the complainant's; it lives a while, on the server."""

    __tablename__ = "confirmations"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    expires_at: Mapped[datetime]
