"""People, their passwords, and how well those are chosen."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import update

from app.accounts import queries
from app.accounts.models import SignInSession, User
from app.accounts.models_proof import KnownBrowser
from app.accounts.models_watch import EventKind
from app.accounts.service_sessions import close_session, open_session
from app.accounts.service_tokens import give_token
from app.accounts.service_watch import note
from app.core.contact import email_address
from app.core.db import session
from app.core.ids import new_token
from workflows.procedure.act import Act
from workflows.procedure.authority import Role
from workflows.procedure.errors import Invalid

MINIMUM_PASSWORD, MAXIMUM_PASSWORD = 10, 1_000
STRONG_ENOUGH = 2  # of zxcvbn's 0 to 4: not among the common ones, nor made of them, of dates, rows of keys or the name
READ_FOR_STRENGTH = 72  # characters; more only make it stronger, and slower to judge
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)

__all__ = ["check_password", "close_session", "create", "give_token", "open_session", "set_password"]


def create(
    *, email: str, name: str, password: str | None, roles: Sequence[Role], act: Act,
    organisation_id: int | None = None, language: str = "zh-Hans",
) -> User:  # fmt: skip
    """Write down a new person and return them; without a password they choose one by a link.

    Raises Invalid for a taken or impossible address, or a weak password.
    """
    address = email_address(email)
    if address is None or queries.by_email(address):
        raise Invalid("email_taken" if address else "email_invalid", pointer="/email")
    if password is not None:
        check_strength(password, about=(address, name))
    if Role.RESPONDENT in roles and organisation_id is None:
        raise Invalid("organisation_missing", pointer="/organisation")
    user = User(
        email=address, name=name, password_hash=_hasher.hash(new_token() if password is None else password),
        roles=sorted({role.value for role in roles}), organisation_id=organisation_id, language=language,
        created_at=act.at,
    )  # fmt: skip
    session().add(user)
    session().flush()
    return user


def check_password(email: str, password: str) -> User | None:
    """Return the person whose password this is. Takes as long for an unknown address as for a known one."""
    user = queries.by_email(email)
    try:
        _hasher.verify(user.password_hash if user else _nobodys_hash(), password[:MAXIMUM_PASSWORD])
    except (VerificationError, InvalidHashError):
        return None
    return user if user and user.disabled_at is None else None


@cache
def _nobodys_hash() -> str:
    return _hasher.hash(new_token())


def check_strength(password: str, *, about: Sequence[str] = ()) -> None:
    """Raise Invalid unless the password is long enough and not one of those that are guessed first.

    `about` are words that belong to the person: a password made of them is weak.
    """
    if not MINIMUM_PASSWORD <= len(password) <= MAXIMUM_PASSWORD:
        raise Invalid("password_short", pointer="/password", minimum=MINIMUM_PASSWORD)
    from zxcvbn import zxcvbn  # its dictionaries are read when somebody chooses a password, not at every start

    if zxcvbn(password[:READ_FOR_STRENGTH], user_inputs=[*about, "heng", "衡"])["score"] < STRONG_ENOUGH:
        raise Invalid("password_guessable", pointer="/password")


def set_password(user: User, password: str, *, act: Act) -> None:
    """Give the person a new password. All their sessions end, and no browser counts as known any more."""
    check_strength(password, about=(user.email, user.name))
    user.password_hash = _hasher.hash(password)
    end_sessions(user, act=act)
    session().query(KnownBrowser).filter_by(user_id=user.id).delete()
    note(EventKind.PASSWORD_CHANGED, about=user, act=act)


def end_sessions(user: User, *, act: Act, but: int | None = None) -> None:
    """End every session of the person (or all `but` one) from the next request on."""
    living = update(SignInSession).where(SignInSession.user_id == user.id, SignInSession.ended_at.is_(None))
    if but is not None:
        living = living.where(SignInSession.id != but)
    session().execute(living.values(ended_at=act.at))
