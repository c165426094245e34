"""People who sign in, their sessions on the server, and their tokens."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Model
from workflows.procedure.authority import Actor, Role


class User(Model):
    """A person of the desk, the committee, the supervision or a respondent."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True, comment="case folded")
    name: Mapped[str]
    password_hash: Mapped[str]
    roles: Mapped[list[str]]
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    language: Mapped[str] = mapped_column(default="zh-Hans")
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]

    def actor(self) -> Actor:
        """Return who this person is to the procedure."""
        return Actor(
            roles=frozenset(Role(role) for role in self.roles), name=self.name, user_id=self.id,
            organisation_id=self.organisation_id, language=self.language,
        )  # fmt: skip


class SignInSession(Model):
    """A session that lives on the server: it dies at sign-out, at a password change and when the person is disabled."""

    __tablename__ = "sessions"
    __table_args__ = (Index("ix_sessions_user", "user_id"),)

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    proved_at: Mapped[datetime] = mapped_column(comment="when the password was last given")
    ended_at: Mapped[datetime | None]
    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class ApiToken(Model):
    """A bearer token of a person or an integration; only its hash is stored."""

    __tablename__ = "api_tokens"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    name: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)
