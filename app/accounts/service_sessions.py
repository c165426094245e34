"""Sessions on the server, browsers that are known, and how often somebody may guess."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from app.accounts.models import SignInSession, Stage, User
from app.accounts.models_proof import FailedTries, KnownBrowser
from app.core import site
from app.core.db import session
from app.core.ids import digest, keyed_digest, new_token
from workflows.procedure.act import Act

SESSION_LENGTH = timedelta(hours=12)
HALF_LENGTH = timedelta(minutes=10)
TRIES, TRIES_WITHIN = 10, timedelta(minutes=15)
BROWSER_NAME = 200


def open_session(user: User, *, act: Act, stage: Stage = Stage.OPEN, browser: str = "") -> str:
    """Begin a session on the server and return the token that its cookie carries.

    Until the second factor was given, or set up, it opens nothing and lives ten minutes.
    """
    token, length = new_token(), SESSION_LENGTH if stage is Stage.OPEN else HALF_LENGTH
    session().add(
        SignInSession(
            token_hash=digest(token), user_id=user.id, stage=stage, browser=browser[:BROWSER_NAME],
            created_at=act.at, proved_at=act.at, expires_at=act.at + length,
        )
    )  # fmt: skip
    return token


def close_session(token: str, *, act: Act) -> None:
    """End the session of this cookie, from the next request on."""
    ended = update(SignInSession).where(SignInSession.token_hash == digest(token), SignInSession.ended_at.is_(None))
    session().execute(ended.values(ended_at=act.at))


def end_own(user: User, session_id: int, *, act: Act) -> None:
    """End one of the person's own sessions."""
    own = update(SignInSession).where(SignInSession.id == session_id, SignInSession.user_id == user.id)
    session().execute(own.where(SignInSession.ended_at.is_(None)).values(ended_at=act.at))


# --- guessing ----------------------------------------------------------------------------------------------------
# Strangers' tries and those of a browser in which the person signed in before are counted apart, so nobody can lock
# somebody else out of their own computer. Addresses that nobody has are counted just the same.


def counted_as(email: str, browser: str | None) -> str:
    """Return under which key tries for this address from this browser are counted."""
    address, key = email.strip().casefold(), site.settings().secret_key
    known = browser is not None and _is_known(address, browser)
    return keyed_digest(key, "tries", address, digest(browser) if known and browser else "strangers")


def _is_known(address: str, browser: str) -> bool:
    found = select(KnownBrowser.user_id).join(User, User.id == KnownBrowser.user_id)
    return (
        session().scalar(found.where(KnownBrowser.browser_hash == digest(browser), User.email == address)) is not None
    )


def locked_until(key: str, *, at: datetime) -> datetime | None:
    """Return until when no more tries are taken under this key, or None."""
    tries = session().get(FailedTries, key)
    if tries is None or tries.count < TRIES or at >= tries.since + TRIES_WITHIN:
        return None
    return tries.since + TRIES_WITHIN


def count_failure(key: str, *, act: Act) -> bool:
    """Count a failed try; return whether it was the one that locks."""
    tries = session().get(FailedTries, key, with_for_update=True)
    if tries is None:
        tries = FailedTries(key=key, count=0, since=act.at)
        session().add(tries)
    elif act.at >= tries.since + TRIES_WITHIN:
        tries.count, tries.since = 0, act.at
    tries.count += 1
    session().flush()
    return tries.count == TRIES


def forget_failures(key: str) -> None:
    """Begin counting anew: the right password was given."""
    session().execute(delete(FailedTries).where(FailedTries.key == key))


def know_browser(user: User, browser: str, *, act: Act) -> None:
    """Remember that this person signed in with this browser."""
    session().merge(KnownBrowser(browser_hash=digest(browser), user_id=user.id, at=act.at))
