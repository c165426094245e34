"""The trunk: a case, its parties, its clocks, its history, its findings."""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Model, Money, by_value, partial_index, session
from app.core.people import Person
from app.core.sealed import Parted, sealed
from app.organisations.models import Organisation, PartyKind
from workflows.procedure.authority import Audience
from workflows.procedure.clocks import ClockKind, ClockStatus
from workflows.procedure.states import Action, CaseState

FAR = datetime(9999, 12, 31, tzinfo=UTC)


ORDER_STAYS = frozenset(
    {"category", "submitted_at", "goods_total_minor", "currency", "hold_minor", "delivery_scope", "delivered_at",
     "received_at", "goods_intact", "packaging_complete", "payment"}
)  # fmt: skip
EVENT_STAYS = frozenset(
    {"type", "at", "actor", "kind", "consumer_consent", "notified_at", "finding", "payer", "amount_minor", "importance",
     "cause", "kept"}
)  # fmt: skip
TERM_STAYS = frozenset({"kind", "amount", "amount_minor", "currency", "party_kind", "party", "days", "due_at", "n"})
READING_STAYS = frozenset(
    {"anomaly", "responsible_party", "confidence", "needs_person", "why_person", "emergency", "others", "language",
     "emergency_reasons", "missing", "model_version"}
)  # fmt: skip
DETAIL_STAYS = frozenset(
    {"channel", "files", "declared", "important", "anomaly", "status", "organisation_id", "kind", "generation", "level",
     "desk", "remedy", "verdict", "clause", "before", "after", "from", "to", "plan", "step", "stage", "call",
     "interest", "place", "round", "outcome", "votes", "grounds", "statements", "position", "late", "points_to",
     "by_itself", "bidding", "offer", "by", "owed", "exhibits", "case_number", "mail", "number", "code", "changed",
     "solved", "fair", "effort", "challenge", "ruling", "inspection", "conclusion", "exhibit", "item", "items", "side",
     "source", "facts", "differ", "due_at", "penalty", "breach", "measure", "points", "days", "fine_minor",
     "repetition", "until", "points_until", "appeal_by", "hear_by", "because", "review", "decision", "upheld"}
)  # fmt: skip
"""What is structure in facts, terms, readings and the history: keys, numbers, instants. The rest is people's words."""


class Case(Model):
    """One complaint, from receipt to closure. A state implies its columns, and the database says so."""

    __tablename__ = "cases"
    __table_args__ = (
        CheckConstraint("state != 'settled' OR settled_at IS NOT NULL", name="settled_at_when_settled"),
        CheckConstraint("state != 'decided' OR decided_at IS NOT NULL", name="decided_at_when_decided"),
        CheckConstraint("state != 'closed' OR closed_at IS NOT NULL", name="closed_at_when_closed"),
        Index("ix_cases_newest", "received_at", "id"),
        Index("ix_cases_closed", "closed_at"),
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
    original_ref: Mapped[str | None] = sealed(files=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True, comment="who complains")

    title: Mapped[str] = sealed()
    narrative: Mapped[str] = sealed()
    danger: Mapped[bool] = mapped_column(default=False)
    important: Mapped[bool] = mapped_column(default=False, comment="24 h instead of 48 h, clause 2.1.7.1")
    emergency: Mapped[bool] = mapped_column(default=False, comment="needs the duty officer before anything else")
    emergency_plan: Mapped[str | None]
    emergency_called_id: Mapped[int | None] = mapped_column(comment="whose emergency contact was called")
    emergency_started_at: Mapped[datetime | None]
    emergency_ended_at: Mapped[datetime | None]
    order_kept: Mapped[dict[str, Any]] = mapped_column(default=dict)
    order_words: Mapped[dict[str, Any] | None] = sealed(dict)
    order_facts = Parted("order_kept", "order_words", ORDER_STAYS)
    events_kept: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    events_words: Mapped[list[dict[str, Any]] | None] = sealed(list)
    order_events = Parted("events_kept", "events_words", EVENT_STAYS)
    sought_kept: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    sought_words: Mapped[list[dict[str, Any]] | None] = sealed(list)
    remedies_sought = Parted("sought_kept", "sought_words", TERM_STAYS)
    amount_minor: Mapped[int | None] = mapped_column(Money)
    currency: Mapped[str] = mapped_column(default="CNY")

    anomaly_claimed: Mapped[str | None]
    anomaly: Mapped[str | None]
    anomaly_status: Mapped[str] = mapped_column(default="needs_person", comment="confirmed, proposed, needs_person")
    others: Mapped[list[dict[str, Any]]] = mapped_column(default=list, comment="further anomalies, with their parties")
    reading_kept: Mapped[dict[str, Any]] = mapped_column(default=dict, comment="what triage read")
    reading_words: Mapped[dict[str, Any] | None] = sealed(dict, comment="its reasons: words of the story")
    reading = Parted("reading_kept", "reading_words", READING_STAYS)
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

    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)
    respondent: Mapped[Organisation | None] = relationship(lazy="raise_on_sql")
    parties: Mapped[list["Party"]] = relationship(back_populates="case", order_by="Party.id", lazy="raise_on_sql")
    clocks: Mapped[list["Clock"]] = relationship(back_populates="case", order_by="Clock.id", lazy="raise_on_sql")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    def __init__(self, **fields: Any) -> None:
        fields.setdefault("person", None)
        super().__init__(**fields)
        self.person = fields["person"] or Person.new()

    def owner(self) -> Person:
        """Return who complains: all that is written in the case is sealed under their key."""
        return self.person

    @property
    def known_to(self) -> frozenset[int]:
        """The organisations that may act in the case: those asked, and one that was called in an emergency."""
        return self.organisation_ids | ({self.emergency_called_id} if self.emergency_called_id else set())

    @property
    def organisation_ids(self) -> frozenset[int]:
        """The respondents that were asked: only they know of the case."""
        return frozenset({self.respondent_id} if self.respondent_id and self.asked_at else ())


class OfCase:
    """A row of a case: its words are sealed under the complainant's key, whoever wrote them."""

    case_id: Mapped[int]

    def owner(self) -> Person:
        """Return who complains in the case."""
        return (self.__dict__.get("case") or session().get_one(Case, self.case_id)).person


class Party(OfCase, Model):
    """The complainant: who they are, how to reach them. Respondents are organisations (`Case.respondent_id`)."""

    __tablename__ = "parties"
    __table_args__ = (UniqueConstraint("case_id", "role"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    role: Mapped[str] = mapped_column(default="complainant", comment="complainant, agent")
    name: Mapped[str | None] = sealed()
    phone: Mapped[str | None] = sealed()
    email: Mapped[str | None] = sealed()
    contact_by: Mapped[str | None] = mapped_column(comment="email or phone")
    contact_hours: Mapped[str | None] = sealed()
    on_behalf_of: Mapped[str | None] = sealed()
    respondent_named: Mapped[str | None] = sealed(comment="the company as the complainant wrote it")
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
        partial_index("ix_clocks_open", "kind", "due_at", "id", where=text("ended_at IS NULL")),
        partial_index("ix_clocks_overdue", "kind", where=text("status = 'breached' AND ended_at IS NULL")),
        partial_index("ix_clocks_next", "next_at", "id", where=text("status = 'running'")),
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
        partial_index("ix_clock_effects_breaches", "due_at", where=text("effect = 'breach'")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    clock_id: Mapped[int] = mapped_column(ForeignKey("clocks.id"))
    level: Mapped[int]
    effect: Mapped[str] = mapped_column(comment="warning, breach, elapsed")
    told: Mapped[str | None] = mapped_column(comment="the desk that was warned")
    due_at: Mapped[datetime] = mapped_column(comment="the instant at which it was to happen")
    at: Mapped[datetime]


class CaseEvent(OfCase, Model):
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
    detail_kept: Mapped[dict[str, Any]] = mapped_column(default=dict)
    detail_words: Mapped[dict[str, Any] | None] = sealed(dict)
    detail = Parted("detail_kept", "detail_words", DETAIL_STAYS)


class Finding(OfCase, Model):
    """What the rule engine found on the facts of the order, and whether a person confirmed it."""

    __tablename__ = "findings"
    __table_args__ = (Index("ix_findings_case", "case_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    clause: Mapped[str]
    verdict: Mapped[str]
    liable: Mapped[str | None]
    explanation: Mapped[dict[str, Any]] = sealed(dict)
    facts: Mapped[dict[str, Any]] = sealed(dict)
    limit: Mapped[dict[str, Any]]
    found_at: Mapped[datetime]
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    confirmed_at: Mapped[datetime | None]
