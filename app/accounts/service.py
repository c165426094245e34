"""People, their passwords, their sessions and tokens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import update

from app.accounts import queries
from app.accounts.models import ApiToken, SignInSession, User
from app.core.db import session
from app.core.ids import digest, new_token
from workflows.procedure.act import Act
from workflows.procedure.authority import Role
from workflows.procedure.errors import Invalid

SESSION_LENGTH = timedelta(hours=12)
MINIMUM_PASSWORD = 10
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def create(
    *, email: str, name: str, password: str, roles: Sequence[Role], act: Act, organisation_id: int | None = None,
    language: str = "zh-Hans",
) -> User:  # fmt: skip
    """Write down a new person and return them. Raises Invalid for a taken address or a short password."""
    address = email.strip().casefold()
    if "@" not in address or queries.by_email(address):
        raise Invalid("email_taken" if "@" in address else "email_invalid", pointer="/email")
    if len(password) < MINIMUM_PASSWORD:
        raise Invalid("password_short", pointer="/password", minimum=MINIMUM_PASSWORD)
    if Role.RESPONDENT in roles and organisation_id is None:
        raise Invalid("organisation_missing", pointer="/organisation")
    user = User(
        email=address, name=name, password_hash=_hasher.hash(password), roles=sorted({role.value for role in roles}),
        organisation_id=organisation_id, language=language, created_at=act.at,
    )  # fmt: skip
    session().add(user)
    session().flush()
    return user


def check_password(email: str, password: str) -> User | None:
    """Return the person whose password this is. Takes as long for an unknown address as for a known one."""
    user = queries.by_email(email)
    try:
        _hasher.verify(user.password_hash if user else _nobodys_hash(), password)
    except (VerificationError, InvalidHashError):
        return None
    return user if user and user.disabled_at is None else None


@cache
def _nobodys_hash() -> str:
    return _hasher.hash(new_token())


def open_session(user: User, *, act: Act) -> str:
    """Begin a session on the server and return the token that its cookie carries."""
    token = new_token()
    session().add(
        SignInSession(
            token_hash=digest(token), user_id=user.id, created_at=act.at, proved_at=act.at,
            expires_at=act.at + SESSION_LENGTH,
        )
    )  # fmt: skip
    return token


def close_session(token: str, *, act: Act) -> None:
    """End the session of this cookie, from the next request on."""
    ended = update(SignInSession).where(SignInSession.token_hash == digest(token), SignInSession.ended_at.is_(None))
    session().execute(ended.values(ended_at=act.at))


def give_token(user: User, name: str, *, act: Act, days: int | None = None) -> str:
    """Give the person an API token and return it; it is shown this once and stored as a hash."""
    token = new_token()
    expires_at = act.at + timedelta(days=days) if days else None
    session().add(
        ApiToken(token_hash=digest(token), user_id=user.id, name=name, created_at=act.at, expires_at=expires_at)
    )
    return token
