"""Messages for these tests: ordinary by default, a test names only what it is about; and what happens to them."""

from __future__ import annotations

from email.message import EmailMessage

from sqlalchemy import select

from app.core import clock, outbox
from app.core.db import session, transaction
from app.core.messages import OutboundMessage
from app.post import queries, service
from app.post.models import InboundMail
from workflows.jobs import tasks
from workflows.procedure.act import Act
from workflows.procedure.authority import SYSTEM

DESK = "desk@desk.test"
STORY = "八月三十日收到外套，没有穿过，吊牌都在。九月一日申请七天无理由退货，商家拒绝退货，我要求退款。"


def a_mail(body: str | None = STORY, **changes) -> EmailMessage:
    """A message of somebody who complains; headers are named with `_` for `-`, and None leaves one out."""
    headers = {
        "From": "林小雨 <lin@example.test>", "To": DESK, "Subject": "商家拒绝退货",
        "Message-ID": "<one@example.test>", "Date": "Tue, 01 Sep 2026 11:59:00 +0800",
    } | {name.replace("_", "-"): value for name, value in changes.items()}  # fmt: skip
    mail = EmailMessage()
    for name, value in headers.items():
        if value is not None:
            mail[name] = value
    if body is not None:
        mail.set_content(body)
    return mail


def deliver(mail: EmailMessage | bytes, *, to: tuple[str, ...] = (DESK,), returns_to: str | None = "", **more) -> int:
    """Keep a message as the listener does, and return its row."""
    raw = mail if isinstance(mail, bytes) else mail.as_bytes()
    returns_to = "lin@example.test" if returns_to == "" else returns_to
    arrived = service.arrive(raw, source="smtp", mailbox=DESK, returns_to=returns_to, recipients=to, **more)
    with transaction():
        return service.keep(arrived, act=Act(SYSTEM, clock.now())).id


def come_in(mail: EmailMessage | bytes, **delivery) -> InboundMail:
    """Keep a message, have it read, and return what became of it."""
    mail_id = deliver(mail, **delivery)
    session().rollback()
    tasks.read_mail(mail_id)
    return queries.by_id(mail_id)


def letters(to: str | None = None) -> list[OutboundMessage]:
    """What was written to somebody, or to anybody, oldest first."""
    query = select(OutboundMessage).order_by(OutboundMessage.id)
    return [each for each in session().scalars(query) if to in (None, each.address)]


def do_what_is_due() -> None:
    """Work off the outbox, as the workers do, until nothing is due."""
    session().rollback()  # what others wrote meanwhile is seen
    while due := outbox.due(clock.now()):
        for row in due:
            tasks.deliver(row)
        session().rollback()
