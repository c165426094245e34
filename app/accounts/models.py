"""People who sign in, their sessions on the server, and their tokens."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Model, by_value
from workflows.procedure.authority import Actor, Role, Scope, permissions_of


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


class Stage(StrEnum):
    """How far somebody has come in: only `open` opens anything; the others wait for a second factor."""

    OPEN = "open"
    FACTOR = "factor"
    ENROL = "enrol"


class SignInSession(Model):
    """A session that lives on the server: it dies at sign-out, at a password change and when the person is disabled."""

    __tablename__ = "sessions"
    __table_args__ = (Index("ix_sessions_user", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    stage: Mapped[Stage] = mapped_column(by_value(Stage))
    browser: Mapped[str] = mapped_column(comment="what the browser calls itself, for the list of own sessions")
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    proved_at: Mapped[datetime] = mapped_column(comment="when the password or a factor was last given")
    wrong_factors: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[datetime | None]
    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class ApiToken(Model):
    """A bearer token of a person or an integration, for some purposes only; only its hash is stored."""

    __tablename__ = "api_tokens"
    __table_args__ = (Index("ix_api_tokens_user", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    name: Mapped[str] = mapped_column(comment="what it is for; the reason of every look-up made with it")
    scopes: Mapped[list[str]]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None] = mapped_column(comment="to within ten minutes")
    revoked_at: Mapped[datetime | None]
    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)

    def actor(self) -> Actor:
        """Return its person, allowed no more than the token's scopes."""
        return self.user.actor().narrowed(permissions_of(Scope(scope) for scope in self.scopes))
