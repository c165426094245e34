"""The trunk: a case, its parties, its clocks, its history, its findings."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Model, Money, by_value
from app.organisations.models import Organisation, PartyKind
from workflows.procedure.authority import Audience
from workflows.procedure.clocks import ClockKind, ClockStatus
from workflows.procedure.states import Action, CaseState

FAR = datetime(9999, 12, 31, tzinfo=UTC)


class Case(Model):
    """One complaint, from receipt to closure. A state implies its columns, and the database says so."""

    __tablename__ = "cases"
    __table_args__ = (
        CheckConstraint("state != 'settled' OR settled_at IS NOT NULL", name="settled_at_when_settled"),
        CheckConstraint("state != 'decided' OR decided_at IS NOT NULL", name="decided_at_when_decided"),
        CheckConstraint("state != 'closed' OR closed_at IS NOT NULL", name="closed_at_when_closed"),
        Index("ix_cases_newest", "received_at", "id"),
        Index("ix_cases_queue", "state", "due_at", "id"),
        Index("ix_cases_assignee", "assignee_id", "state", "due_at"),
        Index("ix_cases_respondent", "respondent_id", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    state: Mapped[CaseState] = mapped_column(by_value(CaseState), default=CaseState.RECEIVED)
    version: Mapped[int] = mapped_column(default=1)
    channel: Mapped[str] = mapped_column(comment="web, api, phone, email, import")
    language: Mapped[str]
    time_zone: Mapped[str] = mapped_column(default="Asia/Shanghai")
    rulebook_version: Mapped[str]
    law_as_of: Mapped[date] = mapped_column(comment="the rules in force on this day govern the case")
    link_hash: Mapped[str] = mapped_column(unique=True, comment="opens the private page, masked")
    access_hash: Mapped[str] = mapped_column(unique=True, comment="the complainant's key to the API")
    original_sha256: Mapped[str] = mapped_column(comment="the submission as it arrived, in the store")

    title: Mapped[str]
    narrative: Mapped[str]
    danger: Mapped[bool] = mapped_column(default=False)
    important: Mapped[bool] = mapped_column(default=False, comment="24 h instead of 48 h, clause 2.1.7.1")
    emergency: Mapped[bool] = mapped_column(default=False, comment="needs the duty officer before anything else")
    emergency_plan: Mapped[str | None]
    emergency_called_id: Mapped[int | None] = mapped_column(comment="whose emergency contact was called")
    emergency_started_at: Mapped[datetime | None]
    emergency_ended_at: Mapped[datetime | None]
    order_facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    order_events: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    remedies_sought: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    amount_minor: Mapped[int | None] = mapped_column(Money)
    currency: Mapped[str] = mapped_column(default="CNY")

    anomaly_claimed: Mapped[str | None]
    anomaly: Mapped[str | None]
    anomaly_status: Mapped[str] = mapped_column(default="needs_person", comment="confirmed, proposed, needs_person")
    others: Mapped[list[dict[str, Any]]] = mapped_column(default=list, comment="further anomalies, with their parties")
    reading: Mapped[dict[str, Any]] = mapped_column(default=dict, comment="what triage read, with its reasons")
    responsible_kind: Mapped[PartyKind | None] = mapped_column(by_value(PartyKind))
    respondent_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    received_at: Mapped[datetime]
    last_seq: Mapped[int] = mapped_column(
        default=0, comment="of the history; every act raises it, so every act bumps `version`"
    )
    due_at: Mapped[datetime] = mapped_column(default=FAR, comment="end of the nearest open statutory clock, or FAR")
    asked_at: Mapped[datetime | None] = mapped_column(comment="when the respondent was last asked to answer")
    settled_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    close_reason: Mapped[str | None]

    respondent: Mapped[Organisation | None] = relationship(lazy="raise_on_sql")
    parties: Mapped[list[Party]] = relationship(back_populates="case", order_by="Party.id", lazy="raise_on_sql")
    clocks: Mapped[list[Clock]] = relationship(back_populates="case", order_by="Clock.id", lazy="raise_on_sql")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def known_to(self) -> frozenset[int]:
        """The organisations that may act in the case: those asked, and one that was called in an emergency."""
        return self.organisation_ids | ({self.emergency_called_id} if self.emergency_called_id else set())

    @property
    def organisation_ids(self) -> frozenset[int]:
        """The respondents that were asked: only they know of the case."""
        return frozenset({self.respondent_id} if self.respondent_id and self.asked_at else ())


class Party(Model):
    """The complainant: who they are, how to reach them. Respondents are organisations (`Case.respondent_id`)."""

    __tablename__ = "parties"
    __table_args__ = (UniqueConstraint("case_id", "role"), Index("ix_parties_phone", "phone"))

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    role: Mapped[str] = mapped_column(default="complainant", comment="complainant, agent")
    name: Mapped[str | None]
    phone: Mapped[str | None]
    email: Mapped[str | None]
    contact_by: Mapped[str | None] = mapped_column(comment="email or phone")
    contact_hours: Mapped[str | None]
    on_behalf_of: Mapped[str | None]
    respondent_named: Mapped[str | None] = mapped_column(comment="the company as the complainant wrote it")
    case: Mapped[Case] = relationship(back_populates="parties", lazy="raise_on_sql")


class Clock(Model):
    """The only clock there is: when it began, when it ends, when it next has something to do.

    A narrow row, because sweeping rewrites it. `level` counts the warnings given.
    """

    __tablename__ = "clocks"
    __table_args__ = (
        UniqueConstraint("case_id", "kind", "generation"),
        CheckConstraint("due_at > started_at", name="ends_after_it_starts"),
        CheckConstraint("status != 'running' OR ended_at IS NULL", name="running_has_not_ended"),
        CheckConstraint("status IN ('running', 'breached') OR ended_at IS NOT NULL", name="ended_at_when_ended"),
        Index("ix_clocks_open", "kind", "due_at", "id", sqlite_where=text("ended_at IS NULL"),
              postgresql_where=text("ended_at IS NULL")),
        Index("ix_clocks_overdue", "kind", sqlite_where=text("status = 'breached' AND ended_at IS NULL"),
              postgresql_where=text("status = 'breached' AND ended_at IS NULL")),
        Index("ix_clocks_next", "next_at", "id", sqlite_where=text("status = 'running'"),
              postgresql_where=text("status = 'running'")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    kind: Mapped[ClockKind] = mapped_column(by_value(ClockKind))
    generation: Mapped[int] = mapped_column(default=1)
    clause: Mapped[str]
    figure: Mapped[str] = mapped_column(comment="the rulebook's figure it runs by")
    started_at: Mapped[datetime]
    due_at: Mapped[datetime]
    status: Mapped[ClockStatus] = mapped_column(by_value(ClockStatus), default=ClockStatus.RUNNING)
    level: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime]
    ended_at: Mapped[datetime | None] = mapped_column(comment="met, stopped or elapsed at")
    subject_id: Mapped[int | None] = mapped_column(comment="the remedy, offer or panel it is about")
    case: Mapped[Case] = relationship(back_populates="clocks", lazy="raise_on_sql")

    @property
    def is_open(self) -> bool:
        """Whether something is still waited for, in time or overdue."""
        return self.ended_at is None


class ClockEffect(Model):
    """What a clock did, once: a warning to a desk, or its end. UNIQUE makes twice impossible."""

    __tablename__ = "clock_effects"
    __table_args__ = (
        UniqueConstraint("clock_id", "level"),
        Index("ix_clock_effects_breaches", "due_at", sqlite_where=text("effect = 'breach'"),
              postgresql_where=text("effect = 'breach'")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    clock_id: Mapped[int] = mapped_column(ForeignKey("clocks.id"))
    level: Mapped[int]
    effect: Mapped[str] = mapped_column(comment="warning, breach, elapsed")
    told: Mapped[str | None] = mapped_column(comment="the desk that was warned")
    due_at: Mapped[datetime] = mapped_column(comment="the instant at which it was to happen")
    at: Mapped[datetime]


class CaseEvent(Model):
    """One entry of a case's history: complete, ordered, never changed."""

    __tablename__ = "case_events"
    __table_args__ = (UniqueConstraint("case_id", "seq"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    seq: Mapped[int]
    at: Mapped[datetime]
    action: Mapped[Action] = mapped_column(by_value(Action))
    branch: Mapped[str] = mapped_column(default="")
    side: Mapped[str] = mapped_column(comment="consumer, respondent, desk, system")
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    from_state: Mapped[CaseState | None] = mapped_column(by_value(CaseState))
    to_state: Mapped[CaseState] = mapped_column(by_value(CaseState))
    clause: Mapped[str]
    audience: Mapped[Audience] = mapped_column(by_value(Audience))
    walled: Mapped[bool] = mapped_column(default=False)
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Finding(Model):
    """What the rule engine found on the facts of the order, and whether a person confirmed it."""

    __tablename__ = "findings"
    __table_args__ = (Index("ix_findings_case", "case_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    clause: Mapped[str]
    verdict: Mapped[str]
    liable: Mapped[str | None]
    explanation: Mapped[dict[str, Any]]
    facts: Mapped[dict[str, Any]]
    limit: Mapped[dict[str, Any]]
    found_at: Mapped[datetime]
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    confirmed_at: Mapped[datetime | None]
