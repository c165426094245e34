"""What was proposed to be changed in the rulebook, and what became of it."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models_watch import Approval
from app.core.db import Model, by_value, partial_index

APPROVED = text("approved_at IS NOT NULL")


class Amendment(Model):
    """A change of the rulebook: the files that it says otherwise, and the day from which it holds.

    The approved ones, one after another, are the rulebook in force. The first of them is nobody's: it is what was
    shipped when the first own one was approved, whole and without a day, so that a release cannot change the law of
    earlier cases.
    """

    __tablename__ = "rulebook_amendments"
    __table_args__ = (
        # Two that rest on the same one cannot both be approved: the second one never saw the first.
        partial_index("uq_rulebook_amendments_succession", "rests_on", unique=True, where=APPROVED),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    since: Mapped[date | None]
    files: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    sha256: Mapped[str] = mapped_column(comment="of the files")
    version: Mapped[str] = mapped_column(comment="of the rulebook once it is in force")
    rests_on: Mapped[int | None] = mapped_column(comment="the one approved last when it was proposed, 0 for none")
    against: Mapped[str] = mapped_column(comment="the rulebook with which it was compared")
    release: Mapped[str] = mapped_column(comment="the rulebook that the product shipped then")
    changes: Mapped[list[dict[str, Any]]] = mapped_column(deferred=True, comment="what holds otherwise from its day")
    examples: Mapped[int] = mapped_column(comment="worked examples that agree with it")
    replay: Mapped[dict[str, Any] | None] = mapped_column(comment="what it would have altered in past findings")
    approval_id: Mapped[int | None] = mapped_column(ForeignKey("approvals.id"), unique=True)
    approved_at: Mapped[datetime | None]

    approval: Mapped[Approval | None] = relationship(lazy="joined")


class Step(StrEnum):
    """What happened to an amendment."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    DECLINED = "declined"


class AmendmentEvent(Model):
    """One thing that happened to an amendment, as the public log knows it: never changed."""

    __tablename__ = "rulebook_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    amendment_id: Mapped[int] = mapped_column(ForeignKey("rulebook_amendments.id"), index=True)
    step: Mapped[Step] = mapped_column(by_value(Step))
    at: Mapped[datetime]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    since: Mapped[date]
    version: Mapped[str]
    sha256: Mapped[str]
