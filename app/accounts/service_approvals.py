"""Four eyes: what one person asks for is done when another one, who may decide it, agrees.

A room registers what is to be done (`done_by_two`) and calls `ask`; the act runs in the transaction in which the
second person agrees, as an act of that person. What is asked for holds for two weeks.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum
from typing import Any

from msgspec import Struct
from sqlalchemy import select, update

from app.accounts.models_watch import Approval
from app.core.db import session
from workflows.procedure.act import Act
from workflows.procedure.authority import Permission
from workflows.procedure.errors import Invalid, NotPermitted

HOLDS_FOR = timedelta(days=14)
Do = Callable[[dict[str, Any], Act], None]


class TwoPersonAct(StrEnum):
    """What takes two people."""

    ERASE_PERSON = "erase_person"
    RELEASE_RULEBOOK = "release_rulebook"


class _Deed(Struct, frozen=True):
    """How an act is done, who may decide on it, and how its subject reads on the screen."""

    do: Do
    told: Callable[[dict[str, Any]], str]
    permission: Permission
    declined: Do
    page: Callable[[dict[str, Any]], str]


_deeds: dict[TwoPersonAct, _Deed] = {}


def done_by_two(
    what: TwoPersonAct, *, told: Callable[[dict[str, Any]], str], permission: Permission = Permission.APPROVAL_DECIDE,
    declined: Do = lambda subject, act: None, page: Callable[[dict[str, Any]], str] = lambda subject: "",
) -> Callable[[Do], Do]:  # fmt: skip
    """Register the function that does `what` once two agreed; `told` says in words what it is about.

    `permission` is what who decides needs beside that of deciding, `declined` is called where they do not agree, and
    `page` is the address where they read what it is before they decide there.
    """

    def register(do: Do) -> Do:
        _deeds[what] = _Deed(do, told, permission, declined, page)
        return do

    return register


def ask(what: TwoPersonAct, subject: dict[str, Any], reason: str, *, act: Act) -> Approval:
    """Write down that somebody wants this done. `subject` holds ids only. Raises Invalid without a reason."""
    if not reason.strip():
        raise Invalid("reason_missing", pointer="/reason")
    if act.actor.user_id is None:
        raise NotPermitted("role")
    asked = Approval(
        act=what.value, subject=subject, reason=reason.strip(), asked_by_id=act.actor.user_id, asked_at=act.at,
        expires_at=act.at + HOLDS_FOR,
    )  # fmt: skip
    session().add(asked)
    session().flush()
    return asked


def decide(approval: Approval, *, agreed: bool, act: Act) -> None:
    """Agree, which does it, or decline. Raises NotPermitted for who asked or may not decide, Invalid when too late."""
    deed = _deeds[TwoPersonAct(approval.act)]
    if not act.actor.may(Permission.APPROVAL_DECIDE) or not act.actor.may(deed.permission):
        raise NotPermitted("role")
    if act.actor.user_id is None or act.actor.user_id == approval.asked_by_id:
        raise NotPermitted("second_person")
    open_ = update(Approval).where(
        Approval.id == approval.id,
        Approval.decided_at.is_(None),
        Approval.expires_at > act.at,
        Approval.asked_by_id != act.actor.user_id,
    )
    taken = open_.values(decided_by_id=act.actor.user_id, decided_at=act.at, agreed=agreed)
    if session().execute(taken).rowcount != 1:  # type: ignore[attr-defined]
        raise Invalid("already_decided")
    (deed.do if agreed else deed.declined)(approval.subject, act)


def told(approval: Approval) -> str:
    """Return in words what an approval is about."""
    deed = _deeds.get(TwoPersonAct(approval.act))
    return deed.told(approval.subject) if deed else ""


def page(approval: Approval) -> str:
    """Return the address where an approval is read and decided; nothing where the list is enough."""
    deed = _deeds.get(TwoPersonAct(approval.act))
    return deed.page(approval.subject) if deed else ""


def newest(*, limit: int = 100) -> list[Approval]:
    """Return what was asked for, newest first."""
    return list(session().scalars(select(Approval).order_by(Approval.asked_at.desc(), Approval.id.desc()).limit(limit)))
