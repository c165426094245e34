"""Finding people by what they show."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Text, cast, func, select

from app.accounts.models import ApiToken, SignInSession, Stage, User
from app.accounts.models_proof import Factor, FactorKind, RecoveryCode, SignInLink
from app.core import paging
from app.core.db import session
from app.core.ids import digest
from workflows.procedure.authority import Role


def by_email(email: str) -> User | None:
    """Return the person with this address, disabled or not."""
    return session().scalars(select(User).where(User.email == email.strip().casefold())).one_or_none()


def id_of(email: str) -> int | None:
    """Return the id of the person with this address, in the time that it takes to find nobody."""
    return session().scalar(select(User.id).where(User.email == email.strip().casefold()))


def by_id(user_id: int) -> User:
    """Return the person with this id, disabled or not."""
    return session().get_one(User, user_id)


def find(user_id: int) -> User | None:
    """Return the person with this id, or None."""
    return session().get(User, user_id)


def people(*, role: str = "", cursor: str | None = None, limit: int = paging.LIMIT) -> paging.Page[User]:
    """Return people by id, disabled or not; only those with `role`, where one is named."""
    query = select(User).order_by(User.id)
    if role:
        query = query.where(cast(User.roles, Text).contains(f'"{role}"', autoescape=True))
    if cursor:
        query = query.where(User.id > paging.decode(cursor, int)[0])
    rows = list(session().scalars(query.limit(limit + 1)))
    return paging.Page(rows[:limit], paging.encode(rows[limit - 1].id) if len(rows) > limit else None)


def live_session(token: str, *, at: datetime) -> SignInSession | None:
    """Return the session this cookie opens at `at`, if it lives and its person is not disabled."""
    query = select(SignInSession).where(
        SignInSession.token_hash == digest(token), SignInSession.ended_at.is_(None), SignInSession.expires_at > at
    )
    found = session().scalars(query).one_or_none()
    return found if found and found.user.disabled_at is None else None


def live_token(token: str, *, at: datetime) -> ApiToken | None:
    """Return the API token with this text, or None when it is unknown, expired, revoked or its person disabled."""
    found = session().scalars(select(ApiToken).where(ApiToken.token_hash == digest(token))).one_or_none()
    if found is None or found.revoked_at is not None or found.user.disabled_at is not None:
        return None
    return found if found.expires_at is None or found.expires_at > at else None


def sessions_of(user: User, *, at: datetime) -> list[SignInSession]:
    """Return the sessions in which the person is signed in, newest first."""
    query = select(SignInSession).where(
        SignInSession.user_id == user.id, SignInSession.stage == Stage.OPEN,
        SignInSession.ended_at.is_(None), SignInSession.expires_at > at,
    )  # fmt: skip
    return list(session().scalars(query.order_by(SignInSession.id.desc())))


def factors(user: User, *kinds: FactorKind) -> list[Factor]:
    """Return the person's second factors (of these kinds), oldest first."""
    query = select(Factor).where(Factor.user_id == user.id, Factor.kind.in_(kinds or tuple(FactorKind)))
    return list(session().scalars(query.order_by(Factor.id)))


def factor_by_credential(credential_id: str) -> Factor | None:
    """Return the passkey with this id."""
    return session().scalars(select(Factor).where(Factor.credential_id == credential_id)).one_or_none()


def recovery_codes_left(user: User) -> int:
    """Return how many recovery codes the person has not used."""
    left = select(func.count()).where(RecoveryCode.user_id == user.id, RecoveryCode.used_at.is_(None))
    return session().scalar(left) or 0


def link(token: str, *, at: datetime) -> SignInLink | None:
    """Return the invitation or reset that this link opens at `at`: not spent, not too old, its person not disabled."""
    found = session().scalars(select(SignInLink).where(SignInLink.token_hash == digest(token))).one_or_none()
    if found is None or found.spent_at is not None or found.expires_at <= at or found.user.disabled_at is not None:
        return None
    return found


def with_role(*roles: Role) -> list[User]:
    """Return the people who have any of these roles, by id. The staff is small, so roles are read here."""
    wanted = {role.value for role in roles}
    query = select(User).where(User.disabled_at.is_(None)).order_by(User.id)
    return [user for user in session().scalars(query) if wanted & set(user.roles)]


def names(user_ids: Collection[int | None]) -> dict[int, str]:
    """Return the names of these people by id, in one query."""
    ids = {user_id for user_id in user_ids if user_id is not None}
    if not ids:
        return {}
    return {row.id: row.name for row in session().execute(select(User.id, User.name).where(User.id.in_(ids)))}


def of_organisation(organisation_id: int) -> list[User]:
    """Return the people of an organisation who can sign in."""
    query = select(User).where(User.organisation_id == organisation_id, User.disabled_at.is_(None)).order_by(User.id)
    return list(session().scalars(query))
