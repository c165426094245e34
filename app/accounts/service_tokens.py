"""Tokens for programs: given for a purpose, with scopes, revoked by their person or an administrator."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update

from app.accounts.models import ApiToken, User
from app.accounts.models_watch import EventKind
from app.accounts.service_watch import note
from app.core.db import session
from app.core.ids import digest, new_token
from workflows.procedure.act import Act
from workflows.procedure.authority import Scope

USED_WITHIN = timedelta(minutes=10)


def give_token(
    user: User, name: str, *, act: Act, days: int | None = None, scopes: Sequence[Scope] = tuple(Scope)
) -> str:
    """Give the person an API token and return it; it is shown this once and stored as a hash."""
    token = new_token()
    expires_at = act.at + timedelta(days=days) if days else None
    named = sorted({scope.value for scope in scopes})
    session().add(
        ApiToken(
            token_hash=digest(token), user_id=user.id, name=name, scopes=named, created_at=act.at, expires_at=expires_at
        )
    )
    note(EventKind.TOKEN_MADE, about=user, act=act, name=name, scopes=named)
    return token


def tokens_of(user: User) -> list[ApiToken]:
    """Return the person's tokens that are not revoked, newest first."""
    query = select(ApiToken).where(ApiToken.user_id == user.id, ApiToken.revoked_at.is_(None))
    return list(session().scalars(query.order_by(ApiToken.id.desc())))


def revoke(user: User, token_id: int, *, act: Act) -> bool:
    """Revoke one of the person's tokens; return whether there was one."""
    own = update(ApiToken).where(ApiToken.id == token_id, ApiToken.user_id == user.id, ApiToken.revoked_at.is_(None))
    return session().execute(own.values(revoked_at=act.at)).rowcount == 1  # type: ignore[attr-defined]


def was_used(token_id: int, at: datetime) -> None:
    """Write down when a token was used, to within ten minutes."""
    stale = ApiToken.used_at.is_(None) | (ApiToken.used_at < at - USED_WITHIN)
    session().execute(update(ApiToken).where(ApiToken.id == token_id, stale).values(used_at=at))
