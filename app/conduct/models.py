"""Penalties: each a breach that was recorded once, and what came of it."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.cases.models import Case
from app.core.db import Model, Money, by_value
from app.organisations.models import Organisation
from workflows.procedure.penalties import PenaltyStatus, Stage, stage


class Penalty(Model):
    """One breach of a company and the penalty that the table has for it, as it stands now.

    What was said, by whom and when stands in the history of the case, from which all of this can be worked out again.
    """

    __tablename__ = "penalties"
    __table_args__ = (
        UniqueConstraint("case_id", "n"),
        CheckConstraint(
            "status NOT IN ('in_force', 'lifted') OR decided_at IS NOT NULL", name="decided_at_when_decided"
        ),
        Index("ix_penalties_company", "organisation_id", "proposed_at"),
        Index("ix_penalties_public", "decided_at", "id"),
        Index("ix_penalties_work", "status", "proposed_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    n: Mapped[int] = mapped_column(comment="in the case, from 1")
    number: Mapped[str] = mapped_column(unique=True, comment="P2026-12")
    cause: Mapped[str] = mapped_column(unique=True, comment="how it is known: nothing is a breach twice")
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    breach: Mapped[str] = mapped_column(comment="entry of the table")
    clause: Mapped[str] = mapped_column(comment="what was offended")
    decision: Mapped[str | None] = mapped_column(comment="number of the decision that it rests on")
    round: Mapped[int | None] = mapped_column(comment="of that decision")
    law_as_of: Mapped[date]
    repetition: Mapped[int] = mapped_column(comment="which time it is, from 1")
    measure: Mapped[str]
    points: Mapped[int]
    fine_minor: Mapped[int] = mapped_column(Money)
    days: Mapped[int]
    status: Mapped[PenaltyStatus] = mapped_column(by_value(PenaltyStatus), default=PenaltyStatus.PROPOSED)
    breached_at: Mapped[datetime]
    proposed_at: Mapped[datetime]
    hear_by: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    until_at: Mapped[datetime | None] = mapped_column(comment="when the measure ends; empty for good")
    points_until_at: Mapped[datetime | None]
    appeal_by: Mapped[datetime | None]
    appealed_at: Mapped[datetime | None]
    ruled_at: Mapped[datetime | None]
    ruled_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    stayed: Mapped[bool] = mapped_column(default=False, comment="a review of its decision runs")
    halted_at: Mapped[datetime | None] = mapped_column(comment="since when a review or an appeal keeps it from biting")

    organisation: Mapped[Organisation] = relationship(lazy="raise_on_sql")
    case: Mapped[Case] = relationship(lazy="raise_on_sql")

    @property
    def appeal_runs(self) -> bool:
        """Whether an appeal waits for its ruling."""
        return self.appealed_at is not None and self.ruled_at is None

    def stage(self, at: datetime) -> Stage:
        """Return where it stands at `at`."""
        ends = [self.until_at, self.points_until_at]
        return stage(
            self.status, at=at, hear_by=self.hear_by, answered=self.answered_at is not None, stayed=self.stayed,
            appealed=self.appeal_runs, until=None if None in ends else max(end for end in ends if end),
        )  # fmt: skip
