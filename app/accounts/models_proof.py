"""What proves that it is them: second factors, recovery codes, links sent by mail, browsers already known."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.core.db import Model, by_value


class FactorKind(StrEnum):
    """What a person can have beside the password."""

    TOTP = "totp"
    PASSKEY = "passkey"


class Factor(Model):
    """A second factor. `secret` is a sealed TOTP secret, or the public key of a passkey."""

    __tablename__ = "factors"
    __table_args__ = (Index("ix_factors_user", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    kind: Mapped[FactorKind] = mapped_column(by_value(FactorKind))
    name: Mapped[str]
    secret: Mapped[str]
    credential_id: Mapped[str | None] = mapped_column(unique=True, comment="of a passkey, base64url")
    counter: Mapped[int] = mapped_column(default=0, comment="the last TOTP step used, or a passkey's signature count")
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class RecoveryCode(Model):
    """One of ten codes for the day the phone is lost; a keyed hash, spent once."""

    __tablename__ = "recovery_codes"

    code_hash: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    used_at: Mapped[datetime | None]


class SpentChallenge(Model):
    """A passkey's challenge that was answered: it is not taken twice."""

    __tablename__ = "spent_challenges"

    challenge_hash: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]


class LinkKind(StrEnum):
    """Why a link was sent."""

    INVITATION = "invitation"
    RESET = "reset"


class SignInLink(Model):
    """A link of one use by which a person chooses a password; its hash is written when the mail is."""

    __tablename__ = "sign_in_links"
    __table_args__ = (Index("ix_sign_in_links_user", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str | None] = mapped_column(unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    kind: Mapped[LinkKind] = mapped_column(by_value(LinkKind))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    spent_at: Mapped[datetime | None]
    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class KnownBrowser(Model):
    """A browser in which this person signed in before: strangers who guess cannot lock it out."""

    __tablename__ = "known_browsers"

    browser_hash: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    at: Mapped[datetime]


class FailedTries(Model):
    """How often a sign-in failed of late, by a keyed hash of address (and known browser): the same for unknown ones."""

    __tablename__ = "failed_tries"

    key: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]
    since: Mapped[datetime]
