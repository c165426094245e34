"""What workers run. Each opens the application and a transaction and calls a service; nothing is decided here.

Every task may run twice, or be killed half-way: the row in the database says whether there is still something to do.
"""

from __future__ import annotations

import logging
import pkgutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import cache

from flask import Flask
from sqlalchemy.exc import DBAPIError

from app.accounts import service_people
from app.accounts.models_proof import LinkKind
from app.cases import service_clocks, service_gathered, service_letters, service_retention
from app.cases.queries import case_to_work, is_due
from app.committee import service_draw
from app.core import mail, messages, outbox, people, sms
from app.core.clock import now
from app.core.concealing import conceal
from app.core.db import canonical, session, transaction
from app.core.messages import Channel, OutboundMessage
from app.core.sealed import ERASED, OwnerErased
from app.core.storage import FileErased
from app.evidence import previews, service_requests
from app.factory import create_app
from app.hooks import sending, signing
from app.hooks.models import HookDelivery
from app.learning import service as teaching
from app.learning.teaching import taught as taught_from
from app.notices import letters
from app.notices import service as notices
from app.notices.render import RenderFailed
from app.portal import service as codes
from app.post import queries as letters_in
from app.post import service as post
from app.post import service_telling
from app.post.models import InboundMail, MailStatus
from app.rulebook import replaying
from app.rulebook import service as rulebook
from workflows.procedure.act import Act
from workflows.procedure.authority import SYSTEM
from workflows.regulation import book

log = logging.getLogger("heng.jobs")
ASK_AGAIN = timedelta(seconds=2)
"""When a letter asks again for the notice that it waits for."""


@cache
def application() -> Flask:
    """Return this process's application."""
    return create_app()


def fire_clock(clock_id: int) -> None:
    """Let a clock do what it has to do now. Twice is harmless: a conditional update lets only the first through."""
    fire_clocks([clock_id])


def fire_clocks(clock_ids: Sequence[int]) -> None:
    """Let clocks do what they have to do now, all of them or, where one fails, none. Twice is harmless, as above."""
    with application().app_context():
        due = [clock_id for clock_id in clock_ids if is_due(clock_id, now())]  # who comes second waits for no turn
        if due:
            with transaction():
                for clock_id in due:
                    service_clocks.fire(clock_id, act=Act(SYSTEM, now()))


def deliver_each(outbox_ids: Sequence[int]) -> None:
    """Do the tasks of outbox rows, each by itself."""
    for outbox_id in outbox_ids:
        deliver(outbox_id)


def deliver(outbox_id: int) -> None:
    """Do the task of an outbox row.

    Twice is harmless: the row is leased while it is worked on and done afterwards. A worker that dies in between
    leaves a lease that runs out, so the task itself may run again; each task says why that is harmless.
    """
    with application().app_context():
        if not outbox.waits(outbox_id, at=now()):
            return
        with transaction():
            row = outbox.claim(outbox_id, at=now())
        if row is None:
            return
        task, ids = row.task, row.payload
        try:
            with suppress(OwnerErased, FileErased):  # whose matter it was is gone: nothing is left to do
                resolve(task)(**ids)
        except outbox.Later as later:
            with transaction():
                outbox.put_off(row, later)
        except Exception as error:
            log.exception("outbox row %s failed: %s", outbox_id, task)
            with transaction():
                outbox.fail(row, type(error).__name__, at=now())  # what it says may quote a person
        else:
            with transaction():
                outbox.finish(row, at=now())


def resolve(task: str) -> Callable[..., None]:
    """Return the function that a dotted name in the outbox means."""
    function: Callable[..., None] = pkgutil.resolve_name(task)
    return function


def send_message(message_id: int) -> None:
    """Send a message that has not left yet. Twice is harmless: it carries the same Message-ID every time.

    A reader who got many in the last hour gets it later. Source: clause 2.2.4.4 (figure `letters_per_hour`).
    """
    message = session().get_one(OutboundMessage, message_id)
    if message.sent_at is not None or message.undelivered_at is not None or message.address == ERASED:
        return
    if later := messages.wait_until(message, book.current().figure("letters_per_hour").value, at=now()):
        raise outbox.Later(later)
    if message.attachments:
        with transaction():
            letters.freeze_papers(message, act=Act(SYSTEM, now()))
    files = notices.printed_files(message.attachments)
    if files is None and now() < message.created_at + book.current().figure("letter_waits_for_paper").length:
        raise outbox.Later(now() + ASK_AGAIN)
    try:
        sent = _carry(message, files or ())  # the network stays outside the transaction
    except mail.Refused as refused:
        with transaction():
            post.undelivered(message_id, str(refused), act=Act(SYSTEM, now()))
        return
    if sent:
        with transaction():
            message.sent_at = now()
            message.body = conceal(message.body)  # what it opens is in the reader's hands now, and in nobody else's


def send_warnings(user_id: int) -> None:
    """Send what is gathered for a person. Twice is harmless: what was sent stands in its letter and is passed over."""
    with transaction():
        service_gathered.send(user_id, act=Act(SYSTEM, now()))


def _carry(message: OutboundMessage, files: mail.Files) -> bool:
    if message.channel is Channel.SMS:
        return sms.send(message)
    return mail.send(message, answers=letters_in.answered_by(message), files=files)


def read_mail(mail_id: int) -> None:
    """Read a message that came in and place it. Twice is harmless: one that is settled is left alone.

    Whatever goes wrong in it but the database, the message then waits for a person.
    """
    message = session().get_one(InboundMail, mail_id)
    if message.status is not MailStatus.RECEIVED:
        return
    try:
        found = post.read(message)  # a process and files stay outside the transaction
        with transaction():
            post.settle(letters_in.to_place(mail_id), found, act=Act(SYSTEM, now()))
    except (DBAPIError, OSError):
        raise
    except Exception:
        log.exception("mail %s could not be placed", mail_id)
        with transaction():
            post.hold(letters_in.to_place(mail_id), "failed", act=Act(SYSTEM, now()))


def send_webhook(delivery_id: int) -> None:
    """Send a company's system a message. Twice is harmless: it carries the same id every time."""
    delivery = session().get_one(HookDelivery, delivery_id)
    if delivery.delivered_at is not None or delivery.endpoint.removed_at is not None:
        return
    body = canonical(delivery.payload).encode()
    signed = signing.headers(delivery.endpoint, delivery.message_id, body, at=now())
    try:
        status = sending.post(delivery.endpoint.url, body, signed)  # the network stays outside the transaction
        failure = None if 200 <= status < 300 else sending.Unreachable(f"answered {status}")
    except sending.Unreachable as unreachable:
        failure = unreachable
    with transaction():
        delivery.attempts, delivery.last_result = delivery.attempts + 1, str(failure or status)
        delivery.delivered_at = None if failure else now()
    if failure:
        raise failure


def remind_of_mail(mail_id: int) -> None:
    """Say that a message was not placed in its time. Twice is harmless: the second reminder is one too many."""
    with transaction():
        service_telling.remind(letters_in.to_place(mail_id), act=Act(SYSTEM, now()))


def make_previews(case_id: int) -> None:
    """Make pictures of the exhibits that have none yet. Twice is harmless: what has its preview is passed over."""
    for evidence_id in previews.waiting(case_id):
        made = previews.make(evidence_id)  # a process and files stay outside the transaction
        with transaction():
            previews.keep(evidence_id, made, act=Act(SYSTEM, now()))


def remind_of_evidence(request_id: int) -> None:
    """Say that evidence was not handed in. Twice is harmless: the second reminder is one too many."""
    with transaction():
        service_requests.remind(request_id, act=Act(SYSTEM, now()))


def issue_notice(notice_id: int) -> None:
    """Print a notice, sign it and keep it. Twice is harmless: one that is issued already is left as it is."""
    from app.notices import signing  # pulls in pyhanko: only who signs needs it

    with transaction():
        found = notices.to_print(notice_id, at=now())
    if found is None:
        return
    try:
        signed = signing.sign(notices.printed(*found), at=now())  # outside the transaction
    except RenderFailed as failure:
        with transaction():
            again = notices.mark_failed(notice_id, failure)
        if again:
            raise
        return
    with transaction():
        notices.issue(notice_id, signed.pdf, by=signed.by, at=signed.at)


def alert_duty(case_id: int) -> None:
    """Tell the officers on duty of an emergency. Twice is harmless: whoever was told already is passed over."""
    with transaction():
        service_letters.alert_duty(case_to_work(case_id), act=Act(SYSTEM, now()))


def send_sign_in_link(user_id: int, kind: str) -> None:
    """Send an invitation or reset. Twice is harmless: two letters with a link each, and using one spends both."""
    with transaction():
        service_people.send_link(user_id, LinkKind(kind), act=Act(SYSTEM, now()))


def send_tracking_code(number: str, contact: str) -> None:
    """Send a one-time code to who asked for their case. Twice is harmless: a minute must pass before another one."""
    with transaction():
        codes.send_code_to(number, contact, act=Act(SYSTEM, now()))


def draw_panel(case_id: int) -> None:
    """Draw a panel once the log gave its seed. Twice is harmless: a draw gets its seed once, and a seat is filled once.

    While the notary has not signed, the task puts itself off.
    """
    with transaction():
        act = Act(SYSTEM, now())
        if not service_draw.draw_lots(case_to_work(case_id), act=act):
            outbox.add(outbox.Task.DRAW_PANEL, at=act.at + service_draw.SOON, case_id=case_id)


def forget_people() -> None:
    """Erase whose erasing was agreed to and whom we may keep no longer, again every hour. Twice is harmless: who is
    erased is not found again.
    """
    with transaction():
        service_retention.sweep(act=Act(SYSTEM, now()))
    people.empty_the_log_of_writes()  # a reader may have been in the way when somebody was erased
    raise outbox.Later(now() + timedelta(hours=1))


def teach_triage(weights_id: int) -> None:
    """Teach weights that were asked for. Twice is harmless: the same texts give the same weights, kept once."""
    lessons = teaching.lessons()
    session().rollback()  # teaching takes its time: it holds neither a reading nor a writing transaction
    try:
        taught = taught_from(lessons)
    except Exception:
        with transaction():
            teaching.give_up(weights_id)
        raise
    with transaction():
        teaching.keep(weights_id, taught, act=Act(SYSTEM, now()))


def replay_rulebook(amendment_id: int) -> None:
    """Work out what a changed rulebook would have altered. Twice is harmless: the same cases give the same answer."""
    found = replaying.replayed(amendment_id)
    session().rollback()
    with transaction():
        rulebook.keep_replay(amendment_id, found)
