"""What the respondent answered, and what was offered. The committee never reads an offer (the settlement wall)."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.cases.models import TERM_STAYS, OfCase
from app.core.db import Model, by_value, partial_index, session
from app.core.people import Person
from app.core.sealed import Parted, sealed
from app.organisations.models import PartyKind


class Maker(StrEnum):
    """Who makes an offer."""

    CONSUMER = "consumer"
    RESPONDENT = "respondent"
    MEDIATOR = "mediator"


class OfferStatus(StrEnum):
    """Only an open offer can be answered."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"


class Answer(OfCase, Model):
    """What the organisation that was asked answered; `late` when its time was over. Source: clause 2.1.7.1."""

    __tablename__ = "answers"
    __table_args__ = (Index("ix_answers_case", "case_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    position: Mapped[str] = mapped_column(comment="agree, offer, refuse, not_ours")
    text: Mapped[str | None] = sealed()
    clause: Mapped[str | None]
    points_to: Mapped[PartyKind | None] = mapped_column(by_value(PartyKind))
    points_to_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    at: Mapped[datetime]
    late: Mapped[bool]


class Offer(OfCase, Model):
    """Terms on the table. It binds when every side it is made to has accepted; silence lets it lapse."""

    __tablename__ = "offers"
    __table_args__ = (
        UniqueConstraint("case_id", "n"),
        CheckConstraint("(status = 'open') = (ended_at IS NULL)", name="ended_iff_not_open"),
        partial_index("uq_offers_open", "case_id", "by", unique=True, where=text("status = 'open'")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    n: Mapped[int]
    by: Mapped[Maker] = mapped_column(by_value(Maker))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), comment="the respondent it is with")
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    terms_kept: Mapped[list[dict[str, Any]]]
    terms_words: Mapped[list[dict[str, Any]] | None] = sealed(list)
    terms = Parted("terms_kept", "terms_words", TERM_STAYS)
    clause: Mapped[str | None]
    note: Mapped[str | None] = sealed()
    status: Mapped[OfferStatus] = mapped_column(by_value(OfferStatus), default=OfferStatus.OPEN)
    made_at: Mapped[datetime]
    lapses_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    replies: Mapped[list["OfferReply"]] = relationship(order_by="OfferReply.id", lazy="raise_on_sql")

    @property
    def sides(self) -> frozenset[str]:
        """The sides whose word it needs."""
        both = frozenset({Maker.CONSUMER.value, Maker.RESPONDENT.value})
        return both - {self.by.value}

    @property
    def waits_for(self) -> frozenset[str]:
        """The sides that have not answered yet; nobody once it is no longer open."""
        return self.sides - {reply.side for reply in self.replies} if self.status is OfferStatus.OPEN else frozenset()


class OfferReply(Model):
    """One side's answer to one offer, given once."""

    __tablename__ = "offer_replies"
    __table_args__ = (UniqueConstraint("offer_id", "side"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    offer_id: Mapped[int] = mapped_column(ForeignKey("offers.id"))
    side: Mapped[str] = mapped_column(comment="consumer or respondent")
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    accepted: Mapped[bool]
    reason: Mapped[str | None] = sealed()
    at: Mapped[datetime]

    def owner(self) -> Person:
        """Return who complains in the case of the offer."""
        return session().get_one(Offer, self.offer_id).owner()
