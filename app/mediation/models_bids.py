"""Blind bidding: rounds, and what was entered in them. No query hands a figure out; only the middle is ever known."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Model, partial_index

OPEN = text("ended_at IS NULL")


class BidRound(Model):
    """One round with one organisation: open until both figures are there, its time is over, or the case moves on."""

    __tablename__ = "bid_rounds"
    __table_args__ = (
        UniqueConstraint("case_id", "organisation_id", "n"),
        CheckConstraint("(ended_at IS NULL) = (result IS NULL)", name="result_iff_ended"),
        partial_index("uq_bid_rounds_open", "case_id", "organisation_id", unique=True, where=OPEN),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    n: Mapped[int] = mapped_column(comment="from 1, with this organisation")
    opened_by: Mapped[str] = mapped_column(comment="consumer, respondent, desk, or system with the first figure")
    opened_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    result: Mapped[str | None] = mapped_column(comment="met, apart, lapsed")


class Bid(Model):
    """One side's secret figure in one round, sealed: the database alone gives none away, nor does its length."""

    __tablename__ = "bids"
    __table_args__ = (UniqueConstraint("round_id", "side"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    round_id: Mapped[int] = mapped_column(ForeignKey("bid_rounds.id"))
    side: Mapped[str] = mapped_column(comment="consumer or respondent")
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    sealed: Mapped[str] = mapped_column(comment="minor units of the case's currency, always as many digits")
    at: Mapped[datetime]
