"""What is kept so that people answer for what they do: security events, stated reasons, acts that need two."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Model, by_value


class EventKind(StrEnum):
    """What administrators should know of."""

    LOCKED = "locked"
    FACTOR_ADDED = "factor_added"
    FACTOR_REMOVED = "factor_removed"
    FACTOR_GUESSED = "factor_guessed"
    RECOVERY_USED = "recovery_used"
    RECOVERY_MADE = "recovery_made"
    TOKEN_MADE = "token_made"  # noqa: S105 -- a name
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 -- a name
    INVITED = "invited"
    ROLES_CHANGED = "roles_changed"
    DISABLED = "disabled"
    ENABLED = "enabled"
    MANY_NOT_FOUND = "many_not_found"
    REVEALED = "revealed"
    HARM_FOUND = "harm_found"
    RULEBOOK_PROPOSED = "rulebook_proposed"
    RULEBOOK_APPROVED = "rulebook_approved"
    RULEBOOK_DECLINED = "rulebook_declined"


class SecurityEvent(Model):
    """Something that happened to an account; `about` is whose it is, `by` who did it."""

    __tablename__ = "security_events"
    __table_args__ = (Index("ix_security_events_newest", "at", "id"), Index("ix_security_events_about", "about_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[EventKind] = mapped_column(by_value(EventKind))
    at: Mapped[datetime]
    about_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    detail: Mapped[dict[str, Any]]
    told_at: Mapped[datetime | None] = mapped_column(comment="when administrators were written to")


class ReasonFor(StrEnum):
    """What needs a reason."""

    LOOKUP = "lookup"
    EXPORT = "export"
    REVEAL = "reveal"
    HARM = "harm"


class StatedReason(Model):
    """Why somebody looked a person up, took data out, read a kept message or took a file that does harm.

    What was typed is a keyed hash.
    """

    __tablename__ = "stated_reasons"
    __table_args__ = (Index("ix_stated_reasons_newest", "at", "id"), Index("ix_stated_reasons_user", "user_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[ReasonFor] = mapped_column(by_value(ReasonFor))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]
    reason: Mapped[str]
    subject: Mapped[str] = mapped_column(comment="what was looked for or taken; never personal data")
    about_hash: Mapped[str | None]


class Approval(Model):
    """An act that takes two: asked for by one person, done when another one agrees. `subject` holds ids only."""

    __tablename__ = "approvals"
    __table_args__ = (
        CheckConstraint("(decided_at IS NULL) = (agreed IS NULL)", name="agreed_iff_decided"),
        Index("ix_approvals_newest", "asked_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    act: Mapped[str]
    subject: Mapped[dict[str, Any]]
    reason: Mapped[str]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]
    agreed: Mapped[bool | None]
