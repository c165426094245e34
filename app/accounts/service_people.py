"""What administrators do with accounts: invite, give roles, disable; and the links by which people get in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select, update

from app.accounts import service, service_factors
from app.accounts.models import ApiToken, User
from app.accounts.models_proof import LinkKind, SignInLink
from app.accounts.models_watch import EventKind
from app.accounts.service_watch import note
from app.core import outbox, site
from app.core.db import session
from app.core.ids import digest, new_token
from app.core.messages import Channel, post
from workflows.procedure.act import Act
from workflows.procedure.authority import Role
from workflows.procedure.errors import Invalid, NotPermitted
from workflows.procedure.letters import write

LIVES = {LinkKind.INVITATION: timedelta(days=7), LinkKind.RESET: timedelta(hours=1)}
LINKS_AN_HOUR = 5


def invite(
    *, email: str, name: str, roles: Sequence[Role], organisation_id: int | None, language: str, act: Act
) -> User:
    """Write a person down and send them a link by which they choose a password. Raises Invalid."""
    _check_roles(roles, organisation_id)
    user = service.create(
        email=email, name=name, password=None, roles=roles, organisation_id=organisation_id, language=language, act=act
    )
    note(EventKind.INVITED, about=user, act=act, roles=user.roles)
    ask_for_link(user.id, LinkKind.INVITATION, act=act)
    return user


def _check_roles(roles: Sequence[Role], organisation_id: int | None) -> None:
    """A company's people are respondents and nothing else; the supervisor, being independent, is nothing else too."""
    if not roles:
        raise Invalid("roles_missing", pointer="/roles")
    alone = {Role.RESPONDENT, Role.SUPERVISOR} & set(roles)
    if alone and len(set(roles)) > 1:
        raise Invalid("roles_apart", pointer="/roles")
    if (Role.RESPONDENT in roles) != (organisation_id is not None):
        raise Invalid("organisation_missing" if organisation_id is None else "roles_apart", pointer="/organisation")


def set_roles(user: User, roles: Sequence[Role], *, act: Act) -> None:
    """Give the person other roles, from their next request on. Raises Invalid, or NotPermitted for one's own."""
    _not_oneself(user, act)
    _check_roles(roles, user.organisation_id)
    before, user.roles = user.roles, sorted({role.value for role in roles})
    if before != user.roles:
        note(EventKind.ROLES_CHANGED, about=user, act=act, before=before, after=user.roles)


def disable(user: User, *, act: Act) -> None:
    """Shut the person out from the next request on: sessions end, tokens are revoked."""
    _not_oneself(user, act)
    if user.disabled_at is None:
        user.disabled_at = act.at
        service.end_sessions(user, act=act)
        living = update(ApiToken).where(ApiToken.user_id == user.id, ApiToken.revoked_at.is_(None))
        session().execute(living.values(revoked_at=act.at))
        note(EventKind.DISABLED, about=user, act=act)


def enable(user: User, *, act: Act) -> None:
    """Let the person in again; sessions and tokens of before stay dead."""
    _not_oneself(user, act)
    if user.disabled_at is not None:
        user.disabled_at = None
        note(EventKind.ENABLED, about=user, act=act)


def forget_factors(user: User, *, act: Act) -> None:
    """Remove somebody's second factors after they lost them; they set one up at the next sign-in."""
    _not_oneself(user, act)
    service_factors.remove_all(user, act=act)
    service.end_sessions(user, act=act)


def _not_oneself(user: User, act: Act) -> None:
    """Administrators change others, so that nobody locks themselves out or gives themselves rights."""
    if user.id == act.actor.user_id:
        raise NotPermitted("oneself")


# --- links ---------------------------------------------------------------------------------------------------------


def ask_for_link(user_id: int | None, kind: LinkKind, *, act: Act) -> None:
    """Have a link sent after the commit. An address that nobody has costs the same work: a row with nobody in it."""
    outbox.add(outbox.Task.SEND_SIGN_IN_LINK, at=act.at, user_id=user_id or 0, kind=kind.value)


def send_link(user_id: int, kind: LinkKind, *, act: Act) -> None:
    """Write the mail with a link of one use; no more than five an hour, so that nobody's letter-box is flooded."""
    user = session().get(User, user_id)
    if user is None or user.disabled_at is not None:
        return
    lately = select(SignInLink.id).where(
        SignInLink.user_id == user_id, SignInLink.created_at > act.at - LIVES[LinkKind.RESET]
    )
    if len(session().scalars(lately.limit(LINKS_AN_HOUR)).all()) >= LINKS_AN_HOUR:
        return
    token = new_token()
    until = act.at + LIVES[kind]
    session().add(SignInLink(token_hash=digest(token), user_id=user.id, kind=kind, created_at=act.at, expires_at=until))
    letter = write(
        f"sign_in_{kind.value}", user.language, who=user.name, url=site.absolute(f"/signin/link/{token}"),
        until=f"{until:%Y-%m-%d %H:%M} UTC",
    )  # fmt: skip
    post(
        channel=Channel.EMAIL, address=user.email, language=user.language, subject=letter.subject, body=letter.body,
        case_number=None, at=act.at,
    )  # fmt: skip


def spend_link(link: SignInLink, password: str, *, act: Act) -> User:
    """Let the person choose a password; this link and all others of theirs are worth nothing afterwards.

    Raises Invalid for a weak password (the link then stays), or a link that somebody spent at the same instant.
    """
    taken = update(SignInLink).where(SignInLink.id == link.id, SignInLink.spent_at.is_(None)).values(spent_at=act.at)
    if session().execute(taken).rowcount != 1:  # type: ignore[attr-defined]
        raise Invalid("link_spent", pointer="/password")
    others = update(SignInLink).where(SignInLink.user_id == link.user_id, SignInLink.spent_at.is_(None))
    session().execute(others.values(spent_at=act.at))
    service.set_password(link.user, password, act=act)
    return link.user
