"""What was published of a case, and the notices printed of it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.cases.models import Case, OfCase
from app.core.db import Model, by_value, partial_index, session
from app.core.people import Person
from app.core.sealed import sealed
from app.notices.facts import NoticeFacts, NoticeKind, NoticeLanguage
from app.organisations.models import PartyKind


class Standing(StrEnum):
    """Where a published outcome stands."""

    IN_FORCE = "in_force"
    UNDER_REVIEW = "under_review"
    REPLACED = "replaced"
    SET_ASIDE = "set_aside"
    WITHDRAWN = "withdrawn"


class Edition(StrEnum):
    """For whom a notice is printed. An outcome: the parties read names, the public reads roles. A paper: one reader."""

    PARTY = "party"
    PUBLIC = "public"
    CONSUMER = "consumer"
    RESPONDENT = "respondent"
    DESK = "desk"
    COMMITTEE = "committee"


OF_AN_OUTCOME = (Edition.PARTY, Edition.PUBLIC)


class NoticeStatus(StrEnum):
    """How far the printing of a notice is."""

    PENDING = "pending"
    ISSUED = "issued"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"


class RegisterEntry(Model):
    """One published outcome: a decision or a settlement. It holds nothing that tells who the parties are.

    Its words stand in the public edition of its notices; the columns are what the register is searched by.
    """

    __tablename__ = "register_entries"
    __table_args__ = (
        UniqueConstraint("case_id", "kind", "round"),
        CheckConstraint("status != 'withdrawn' OR reason IS NOT NULL", name="reason_when_withdrawn"),
        Index("ix_register_entries_newest", "published_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    kind: Mapped[NoticeKind] = mapped_column(by_value(NoticeKind))
    round: Mapped[int] = mapped_column(comment="of the decision; 1 for a settlement")
    number: Mapped[str] = mapped_column(unique=True, comment="D2026-12 or S2026-7; each language writes it its own way")
    code: Mapped[str] = mapped_column(unique=True, comment="leads to the page that verifies its notices")
    published_at: Mapped[datetime]
    month: Mapped[str] = mapped_column(comment="of publication, in the zone of the case: 2026-09")
    anomaly: Mapped[str]
    outcome: Mapped[str] = mapped_column(comment="settled, for_consumer, partly, for_respondent, sent_back")
    party_kind: Mapped[PartyKind | None] = mapped_column(by_value(PartyKind))
    category: Mapped[str | None] = mapped_column(comment="kind of goods")
    amount_band: Mapped[str]
    currency: Mapped[str]
    account: Mapped[dict[str, Any]] = mapped_column(
        default=dict, comment="the case's clocks as the record had them when it was published"
    )
    searched: Mapped[str] = mapped_column(comment="its public words in all languages, folded")
    status: Mapped[Standing] = mapped_column(by_value(Standing), default=Standing.IN_FORCE)
    status_at: Mapped[datetime]
    reason: Mapped[str | None] = mapped_column(comment="why it was withdrawn; public")
    later_id: Mapped[int | None] = mapped_column(ForeignKey("register_entries.id"), comment="the outcome of its review")

    later: Mapped["RegisterEntry | None"] = relationship(remote_side=[id], lazy="raise_on_sql")
    rules: Mapped[list["RegisterRule"]] = relationship(order_by="RegisterRule.id", lazy="raise_on_sql")
    notices: Mapped[list["Notice"]] = relationship(back_populates="entry", order_by="Notice.id", lazy="raise_on_sql")


class RegisterRule(Model):
    """A clause that a published outcome applied."""

    __tablename__ = "register_rules"
    __table_args__ = (UniqueConstraint("entry_id", "clause"), Index("ix_register_rules_clause", "clause", "entry_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("register_entries.id"))
    clause: Mapped[str]


class LeakResolution(Model):
    """What a person made of one word that the leak gate found before an outcome was published. Staff read it only."""

    __tablename__ = "leak_resolutions"
    __table_args__ = (Index("ix_leak_resolutions_entry", "entry_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("register_entries.id"))
    found: Mapped[str] = sealed()
    accepted_because: Mapped[str | None] = sealed(comment="why it is published as it stands")
    instead: Mapped[str | None] = mapped_column(comment="what the public reads in its place")
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]

    def owner(self) -> Person:
        """Return who complained in the case of the outcome."""
        entry = session().get_one(RegisterEntry, self.entry_id)
        return session().get_one(Case, entry.case_id).person


class NoticeProof(Model):
    """That a notice says what it says: entered in the log when it is frozen, before there is any file."""

    __tablename__ = "notice_proofs"

    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notices.id"), unique=True)
    code: Mapped[str] = mapped_column(comment="under which it is verified")
    data_sha256: Mapped[str] = mapped_column(comment="of what the file holds as data")
    at: Mapped[datetime]
    proof: Mapped[str | None] = mapped_column(comment="what is printed into the file; once made it stays")


UNPRINTED = text("status IN ('pending', 'failed')")


class Notice(OfCase, Model):
    """One notice in one language for one reader: facts frozen when it was issued, printed once, kept by hash.

    It is either an edition of a published outcome (`entry`), whose code it shares, or a paper of a case, which tells
    of one entry of the history (`subject`) and has a code of its own.
    """

    __tablename__ = "notices"
    __table_args__ = (
        UniqueConstraint("case_id", "kind", "subject", "edition", "language"),
        CheckConstraint("entry_id IS NOT NULL OR code IS NOT NULL", name="code_of_its_own_without_entry"),
        CheckConstraint("status != 'issued' OR pdf_sha256 IS NOT NULL", name="hash_when_issued"),
        partial_index("ix_notices_unprinted", "id", where=UNPRINTED),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("register_entries.id"), index=True)
    kind: Mapped[NoticeKind] = mapped_column(by_value(NoticeKind))
    subject: Mapped[int] = mapped_column(comment="the entry of the history that it tells of; of an outcome, its round")
    code: Mapped[str | None] = mapped_column(unique=True)
    edition: Mapped[Edition] = mapped_column(by_value(Edition))
    language: Mapped[NoticeLanguage] = mapped_column(by_value(NoticeLanguage))
    frozen: Mapped[str] = sealed(comment="the facts in their canonical form")
    status: Mapped[NoticeStatus] = mapped_column(by_value(NoticeStatus), default=NoticeStatus.PENDING)
    reason: Mapped[str | None] = sealed(comment="why it could not be printed")
    pdf_sha256: Mapped[str | None]
    pdf_ref: Mapped[str | None] = sealed(files=True)
    pdf_size: Mapped[int | None]
    made_at: Mapped[datetime]
    issued_at: Mapped[datetime | None]
    signed_by: Mapped[str | None] = mapped_column(comment="whom the certificate names that it was signed with")
    signed_at: Mapped[datetime | None]
    entry: Mapped[RegisterEntry | None] = relationship(back_populates="notices", lazy="raise_on_sql")

    def owner(self) -> Person | None:  # type: ignore[override]
        """Return whose words it holds: of the public edition, nobody's."""
        return None if self.edition is Edition.PUBLIC else super().owner()

    @property
    def number(self) -> str:
        """The outcome's number in the register; of a paper of a case, its code."""
        return self.entry.number if self.entry else self.code or ""

    @property
    def facts(self) -> NoticeFacts:
        """What the notice says."""
        return NoticeFacts.from_json(self.frozen)
