"""Security events, written down and told to administrators; reasons that people state."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.accounts.models import User
from app.accounts.models_watch import EventKind, ReasonFor, SecurityEvent, StatedReason
from app.accounts.queries import with_role
from app.core import site
from app.core.db import session
from app.core.ids import keyed_digest
from app.core.messages import Channel, post
from workflows.procedure.act import Act
from workflows.procedure.authority import Role
from workflows.procedure.letters import write
from workflows.procedure.names import name

QUIET = timedelta(hours=1)
ALARMS = frozenset({
    EventKind.LOCKED, EventKind.FACTOR_REMOVED, EventKind.FACTOR_GUESSED, EventKind.RECOVERY_USED,
    EventKind.TOKEN_MADE, EventKind.INVITED, EventKind.ROLES_CHANGED, EventKind.DISABLED, EventKind.ENABLED,
    EventKind.MANY_NOT_FOUND, EventKind.REVEALED, EventKind.RULEBOOK_PROPOSED, EventKind.RULEBOOK_APPROVED,
    EventKind.RULEBOOK_DECLINED,
})  # fmt: skip
"""What the other administrators are written to about, whoever did it; the rest stands on their screen."""
TOLD_THEMSELVES = frozenset({
    EventKind.FACTOR_ADDED, EventKind.FACTOR_REMOVED, EventKind.RECOVERY_USED, EventKind.RECOVERY_MADE,
    EventKind.TOKEN_MADE, EventKind.PASSWORD_CHANGED, EventKind.LOCKED, EventKind.FACTOR_GUESSED,
})  # fmt: skip
"""What the person whose account it is hears of too: it may not have been them."""


def note(kind: EventKind, *, about: User | None, act: Act, **detail: Any) -> SecurityEvent:
    """Write a security event down; administrators and the person hear of it, of the same no more than once an hour."""
    event = SecurityEvent(kind=kind, at=act.at, about_id=about.id if about else None, by_id=act.actor.user_id,
                          detail=detail)  # fmt: skip
    told_lately = act.actor.is_system or _told_since(event, act.at - QUIET)
    session().add(event)
    if not told_lately:
        for reader in _readers(kind, about, act):
            _tell(reader, event, about, act)
            event.told_at = act.at
    return event


def _told_since(event: SecurityEvent, since: datetime) -> bool:
    alike = select(SecurityEvent.id).where(SecurityEvent.kind == event.kind, SecurityEvent.told_at > since)
    return (
        session().scalar(alike.where(SecurityEvent.about_id.is_not_distinct_from(event.about_id)).limit(1)) is not None
    )


def _readers(kind: EventKind, about: User | None, act: Act) -> Sequence[User]:
    admins = [admin for admin in with_role(Role.ADMIN) if admin.id != act.actor.user_id] if kind in ALARMS else []
    themselves = [about] if about and kind in TOLD_THEMSELVES and about.disabled_at is None else []
    return [*themselves, *(admin for admin in admins if admin is not about)]


def _tell(reader: User, event: SecurityEvent, about: User | None, act: Act) -> None:
    own = reader is about
    letter = write(
        "security_own" if own else "security_alarm", reader.language,
        event=name("security_event", event.kind, reader.language), who=about.name if about else "–",
        at=f"{act.at:%Y-%m-%d %H:%M} UTC", url=site.absolute("/account" if own else "/admin/alarms"),
    )  # fmt: skip
    post(
        channel=Channel.EMAIL, address=reader.email, language=reader.language, subject=letter.subject,
        body=letter.body, case_number=None, at=act.at,
    )  # fmt: skip


def state_reason(kind: ReasonFor, reason: str, subject: str, *, act: Act, about: str = "") -> None:
    """Write down why somebody looks a person up or takes data out. `about`, what was typed, is kept as a keyed hash."""
    assert act.actor.user_id is not None
    hashed = keyed_digest(site.settings().secret_key, "reason", about.strip().casefold()) if about else None
    session().add(
        StatedReason(kind=kind, user_id=act.actor.user_id, at=act.at, reason=reason, subject=subject, about_hash=hashed)
    )
