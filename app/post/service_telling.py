"""Telling the desk of mail that waits for a person: soon, and again when its time is over, but once for a flood."""

from __future__ import annotations

from datetime import timedelta

from app.accounts import queries as people
from app.cases.service_letters import local
from app.core import site
from app.core.messages import Channel, post
from app.post import queries
from app.post.models import InboundMail, MailStatus
from workflows.procedure.act import Act
from workflows.procedure.authority import Role
from workflows.procedure.checks.facts import DEFAULT_ZONE
from workflows.procedure.letters import write
from workflows.procedure.names import name
from workflows.regulation import book


def tell_of_held(mail: InboundMail, *, act: Act) -> None:
    """Tell those on duty, unless they were told a while ago of another message that still waits."""
    _tell(mail, "mail_held", (Role.OPERATOR, Role.LEAD), act)


def remind(mail: InboundMail, *, act: Act) -> None:
    """Tell lead and supervisor of a message that nobody placed in its time."""
    if mail.status is MailStatus.HELD:
        _tell(mail, "mail_overdue", (Role.LEAD, Role.SUPERVISOR), act)


def _tell(mail: InboundMail, key: str, roles: tuple[Role, ...], act: Act) -> None:
    if queries.told_since(act.at - _pause(), apart_from=mail.id):
        return
    assert mail.due_at is not None
    for person in people.with_role(*roles):
        reason = name("mail_reason", mail.reason or "failed", person.language)
        due = local(mail.due_at, DEFAULT_ZONE)
        letter = write(key, person.language, reason=reason, due=due, url=site.absolute("/desk/mail"))
        post(
            channel=Channel.EMAIL, address=person.email, language=person.language, subject=letter.subject,
            body=letter.body, case_number=None, at=act.at,
        )  # fmt: skip
    mail.told_at = act.at


def _pause() -> timedelta:
    return book.current().figure("mail_placing").length
