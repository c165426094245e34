"""Panels and their seats, the issues put to them, votes, decisions, and reviews."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.cases.models import TERM_STAYS, OfCase
from app.core.db import Model, Money, by_value, partial_index, session
from app.core.ids import new_token
from app.core.people import Person
from app.core.sealed import Parted, sealed
from workflows.procedure.issues import IssueKind, Outcome, Question
from workflows.procedure.panel import CHAIR_PLACE
from workflows.procedure.voting import Choice, TieRule, is_sealed


class Panel(OfCase, Model):
    """Those who decide a case in one round, with everything frozen that its draw and its vote depend on."""

    __tablename__ = "panels"
    __table_args__ = (UniqueConstraint("case_id", "round"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    round: Mapped[int] = mapped_column(comment="1, 2 for a review; where that sent the case back 3 and 4")
    size: Mapped[int]
    expert_seats: Mapped[int] = mapped_column(default=0, comment="kept for who knows the kind of anomaly")
    quorum: Mapped[int]
    tie_rule: Mapped[TieRule] = mapped_column(by_value(TieRule))
    opened_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    draws: Mapped[list["PanelDraw"]] = relationship(order_by="PanelDraw.n", lazy="raise_on_sql")
    seats: Mapped[list["PanelSeat"]] = relationship(order_by="PanelSeat.id", lazy="raise_on_sql")
    issues: Mapped[list["Issue"]] = relationship(order_by="Issue.n", lazy="raise_on_sql")
    challenges: Mapped[list["Challenge"]] = relationship(order_by="Challenge.n", lazy="raise_on_sql")

    @property
    def halted(self) -> bool:
        """Whether a challenge waits for its ruling: until then nothing is done."""
        return any(each.outcome == "pending" for each in self.challenges)

    @property
    def live_seats(self) -> "list[PanelSeat]":
        """The seats of those who sit now, the chair's first."""
        return sorted((seat for seat in self.seats if seat.left_at is None), key=lambda seat: seat.place)

    @property
    def chair(self) -> "PanelSeat | None":
        """The seat of who presides."""
        return next((seat for seat in self.live_seats if seat.is_chair), None)

    @property
    def sealed(self) -> bool:
        """Whether nobody may read the votes yet."""
        return is_sealed(self.closed_at)

    def hides_voters_from(self, user_id: int | None) -> bool:
        """Whether it is kept from this person who has voted, and how many: from whoever sits here, until the close."""
        return self.sealed and self.seat_of(user_id) is not None

    def seat_of(self, user_id: int | None) -> "PanelSeat | None":
        """Return the seat this person sits on now."""
        return next((seat for seat in self.live_seats if seat.user_id == user_id), None)


class PanelDraw(Model):
    """Candidates frozen before anybody could know the seed: the seed is made from a checkpoint of the log signed later.

    The first draw of a panel fills its seats and, in the same order, those that fall empty. Another one follows only
    when it is exhausted and people have joined the pool.
    """

    __tablename__ = "panel_draws"
    __table_args__ = (
        UniqueConstraint("panel_id", "n"),
        CheckConstraint("(seed IS NULL) = (checkpoint IS NULL)", name="seed_from_a_checkpoint"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    panel_id: Mapped[int] = mapped_column(ForeignKey("panels.id"))
    n: Mapped[int]
    candidates: Mapped[list[dict[str, Any]]] = mapped_column(comment="each with id, presides, sits, expert")
    at: Mapped[datetime] = mapped_column(comment="when they were frozen")
    seed: Mapped[str | None] = mapped_column(comment="public: with the candidates it gives the draw")
    checkpoint: Mapped[int | None] = mapped_column(comment="size of the log whose root is in the seed")


class OfPanel:
    """A row of a panel: its words are sealed under the key of who complains in the case."""

    panel_id: Mapped[int]

    def owner(self) -> Person:
        """Return who complains in the panel's case."""
        return session().get_one(Panel, self.panel_id).owner()


class PanelSeat(OfPanel, Model):
    """One person on a panel: from being drawn until they leave, if they do."""

    __tablename__ = "panel_seats"
    __table_args__ = (
        UniqueConstraint("panel_id", "user_id"),
        partial_index("uq_panel_seats_place", "panel_id", "place", unique=True, where=text("left_at IS NULL")),
        Index("ix_panel_seats_user", "user_id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    panel_id: Mapped[int] = mapped_column(ForeignKey("panels.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    place: Mapped[int] = mapped_column(comment="1 is the chair's")
    draw: Mapped[int] = mapped_column(default=1, comment="number of the draw that gave the seat")
    ballot: Mapped[str] = mapped_column(default=new_token, comment="stands for the member where votes are published")
    seated_at: Mapped[datetime]
    interest: Mapped[str | None] = mapped_column(comment="none or conflict; empty until declared")
    reason: Mapped[str | None] = sealed()
    declared_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]
    left_because: Mapped[str | None] = mapped_column(comment="conflict, silent or challenged")
    replaced_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    user: Mapped[User] = relationship(foreign_keys=user_id, lazy="raise_on_sql")

    @property
    def is_chair(self) -> bool:
        return self.place == CHAIR_PLACE

    @property
    def declared_free(self) -> bool:
        """Whether the dossier is open to this person: seated, and without an interest by their own word."""
        return self.left_at is None and self.interest == "none"


class PoolMember(Model):
    """What the secretary keeps of somebody who can be drawn. Who has no row serves without term or expertise."""

    __tablename__ = "pool_members"
    __table_args__ = (CheckConstraint("serves_from <= serves_until", name="term_ends_after_it_begins"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    serves_from: Mapped[date | None]
    serves_until: Mapped[date | None] = mapped_column(comment="the last day")
    expertise: Mapped[list[str]] = mapped_column(default=list, comment="anomalies")
    ties: Mapped[list[int]] = mapped_column(default=list, comment="organisations whose cases are not theirs")

    def serves(self, on: date) -> bool:
        """Whether the term runs on that day."""
        return (self.serves_from is None or self.serves_from <= on) and (
            self.serves_until is None or on <= self.serves_until
        )


class Challenge(OfPanel, Model):
    """A party's doubt about a member. Until it is ruled on the panel's work halts, and its clocks run on."""

    __tablename__ = "challenges"
    __table_args__ = (
        UniqueConstraint("panel_id", "n"),
        UniqueConstraint("seat_id", "side"),
        CheckConstraint("(outcome = 'pending') = (ruled_at IS NULL)", name="ruled_at_when_ruled"),
        Index("ix_challenges_ruler", "ruler_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    panel_id: Mapped[int] = mapped_column(ForeignKey("panels.id"))
    seat_id: Mapped[int] = mapped_column(ForeignKey("panel_seats.id"))
    n: Mapped[int] = mapped_column(comment="on this panel, from 1")
    side: Mapped[str] = mapped_column(comment="consumer or respondent")
    grounds: Mapped[list[str]]
    text: Mapped[str] = sealed()
    language: Mapped[str]
    at: Mapped[datetime]
    ruler_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), comment="empty: any secretary")
    rule_by: Mapped[datetime]
    outcome: Mapped[str] = mapped_column(default="pending", comment="pending, upheld, rejected, moot")
    reason: Mapped[str | None] = sealed()
    ruled_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    ruled_at: Mapped[datetime | None]
    seat: Mapped[PanelSeat] = relationship(lazy="raise_on_sql")


class ExhibitReading(Model):
    """The receipt: a member of the panel opened this exhibit, and when they first did."""

    __tablename__ = "exhibit_readings"

    panel_id: Mapped[int] = mapped_column(ForeignKey("panels.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    exhibit_id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]


class DossierReading(OfPanel, Model):
    """What the dossier held when a member read it: at their declaration, and each time they read what is new."""

    __tablename__ = "dossier_readings"
    __table_args__ = (Index("ix_dossier_readings", "panel_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    panel_id: Mapped[int] = mapped_column(ForeignKey("panels.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    held: Mapped[dict[str, Any]] = sealed(dict, comment="each part of the dossier with what it said")
    at: Mapped[datetime]


class Issue(Model):
    """One question put to the panel, structured so that it reads the same in each language."""

    __tablename__ = "issues"
    __table_args__ = (UniqueConstraint("panel_id", "n"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    panel_id: Mapped[int] = mapped_column(ForeignKey("panels.id"))
    n: Mapped[int]
    kind: Mapped[IssueKind] = mapped_column(by_value(IssueKind))
    subject: Mapped[str] = mapped_column(comment="an anomaly, a clause or a remedy kind")
    clause: Mapped[str]
    party: Mapped[str | None]
    amount_minor: Mapped[int | None] = mapped_column(Money)
    currency: Mapped[str] = mapped_column(default="CNY")

    @property
    def question(self) -> Question:
        """The issue as the procedure knows it."""
        return Question(self.kind, self.subject, self.clause, self.party, self.amount_minor, self.currency)


class Vote(OfPanel, Model):
    """What a member said to an issue. Rows are only added; of those of one member the newest counts."""

    __tablename__ = "votes"
    __table_args__ = (
        partial_index("uq_votes_counted", "panel_id", "issue_id", "user_id", unique=True, where=text("counts")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    panel_id: Mapped[int] = mapped_column(ForeignKey("panels.id"))
    issue_id: Mapped[int] = mapped_column(ForeignKey("issues.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    ballot: Mapped[str] = mapped_column(comment="of the seat: stands for the member where votes are published")
    choice: Mapped[Choice] = mapped_column(by_value(Choice))
    reason: Mapped[str] = sealed()
    at: Mapped[datetime]
    counts: Mapped[bool] = mapped_column(default=True, comment="false once changed, or its member left the panel")


class Decision(OfCase, Model):
    """What a panel decided, from draft to signature and beyond."""

    __tablename__ = "decisions"
    __table_args__ = (UniqueConstraint("case_id", "round"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    round: Mapped[int]
    number: Mapped[str | None] = mapped_column(unique=True, comment="〔year〕serial, given at signing")
    language: Mapped[str]
    outcome: Mapped[Outcome] = mapped_column(by_value(Outcome))
    facts_found: Mapped[list[str]] = sealed(list)
    clauses: Mapped[list[str]]
    reasons: Mapped[str] = sealed()
    terms_kept: Mapped[list[dict[str, Any]]]
    terms_words: Mapped[list[dict[str, Any]] | None] = sealed(list)
    terms = Parted("terms_kept", "terms_words", TERM_STAYS)
    dissent: Mapped[str | None] = sealed()
    dissent_ruling: Mapped[str | None] = mapped_column(comment="publish or keep: what the chair ruled of the dissent")
    status: Mapped[str] = mapped_column(
        default="draft", comment="draft, in_force, under_review, replaced, set_aside, withdrawn"
    )
    drafted_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    drafted_at: Mapped[datetime]
    returned_note: Mapped[str | None] = sealed(comment="why the chair sent the draft back")
    returned_at: Mapped[datetime | None]
    signed_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    signed_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]

    @property
    def waits_for_signature(self) -> bool:
        """Whether it is the chair's turn."""
        return self.status == "draft" and self.returned_at is None

    def after_review(self, outcome: Outcome | str, terms: list[dict[str, Any]]) -> str:
        """Return what a review that comes to this makes of the decision: a key of `review_outcome`."""
        if outcome == Outcome.SENT_BACK:
            return "sent_back"
        return "affirmed" if (self.outcome, self.terms) == (outcome, terms) else "changed"


class ReviewRequest(OfCase, Model):
    """A party's request that other members look at a decision again."""

    __tablename__ = "review_requests"
    __table_args__ = (UniqueConstraint("case_id", "round"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    round: Mapped[int] = mapped_column(comment="of the decision that is to be reviewed")
    side: Mapped[str] = mapped_column(comment="consumer or respondent")
    grounds: Mapped[list[str]]
    text: Mapped[str] = sealed()
    language: Mapped[str]
    at: Mapped[datetime]
    outcome: Mapped[str | None] = mapped_column(comment="affirmed, changed or sent_back")
