"""Mail comes in: `python -m workflows.jobs.mail_in`. Listens on SMTP_LISTEN and asks IMAP_URL, where that is set.

A message is in the store and in the database before the sender hears that it was taken; reading it is a task of the
outbox. If it cannot be kept the sender is told to try again, and never that it failed for good.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from app.core import logs, site
from app.core.clock import now
from app.core.db import transaction
from app.core.mail_addresses import tag_of
from app.post import mailbox, service
from workflows.jobs import nudge
from workflows.jobs.stop_sign import PATIENCE_S, StopSign, on_signal
from workflows.jobs.tasks import application
from workflows.procedure.act import Act
from workflows.procedure.authority import SYSTEM

LARGEST = 40 * 1024**2  # bytes of a message; told to the sender's server before it sends
LONGEST_LINE = 4 * 1024**2  # programs write longer ones than the standard's thousand
LATER = "451 4.3.0 This message cannot be kept just now. Please send it again later."
POLL_EVERY_S, LISTEN_AGAIN_S = 30.0, 10.0

log = logging.getLogger("heng.mail")


def take(raw: bytes, *, source: str, name: str, returns_to: str | None = None, to: tuple[str, ...] = ()) -> None:
    """Keep one message, durably."""
    with application().app_context():
        arrived = service.arrive(raw, source=source, mailbox=name, returns_to=returns_to, recipients=to)
        with transaction():
            service.keep(arrived, act=Act(SYSTEM, now()))


def take_from_smtp(envelope: Envelope) -> None:
    """Keep what came by SMTP; its mailbox is the address of ours that it was sent to."""
    to = tuple(str(address) for address in envelope.rcpt_tos)
    ours = site.settings().mail_from.lower()
    foreign = (address.lower() for address in to if address.lower() != ours and tag_of(address) is None)
    raw = envelope.original_content or b""
    sender = str(envelope.mail_from or "")
    take(raw, source="smtp", name=next(foreign, ours), returns_to=sender, to=to)


def take_from_imap(raw: bytes, name: str) -> None:
    """Keep what lay in a mailbox."""
    take(raw, source="imap", name=name)


class Handler:
    """Answers to the end of a message."""

    def __init__(self, keep: Callable[[Envelope], None]) -> None:
        self.keep = keep

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 -- its name there
        """Keep the message, then say so."""
        try:
            await asyncio.to_thread(self.keep, envelope)
        except Exception:
            log.exception("a message could not be kept; its sender is asked to try again")
            return LATER
        return "250 2.0.0 Kept"

    async def handle_exception(self, error: Exception) -> str:
        """Answer a command over which the server's own parser broke."""
        log.warning("a command could not be read: %s", type(error).__name__)
        return "451 4.5.0 This could not be read. Please try again later."


class Server(SMTP):
    """Takes lines as long as programs write them."""

    line_length_limit = LONGEST_LINE


class Listener(Controller):
    """The listener, in a thread of its own."""

    def __init__(self, host: str, port: int, keep: Callable[[Envelope], None] = take_from_smtp) -> None:
        super().__init__(Handler(keep), hostname=host, port=port)

    def factory(self) -> SMTP:
        return Server(self.handler, data_size_limit=LARGEST, enable_SMTPUTF8=True, ident="Heng", hostname="heng")


def listen(address: tuple[str, int], stopping: StopSign) -> None:
    """Listen until told to stop. Where the address is taken, say so once and try again every few seconds."""
    said = False
    while not stopping.is_set():
        listener = Listener(*address)
        try:
            listener.start()
        except OSError as error:
            listener.loop.close()  # which it leaves open when it fails
            if not said:
                log.warning("no mail comes in by SMTP: %s:%s: %s. Set SMTP_LISTEN.", *address, error.strerror or error)
            said = True
            stopping.wait(LISTEN_AGAIN_S)
            continue
        stopping.wait()
        listener.stop()


def ask(url: str, stopping: StopSign) -> None:
    """Ask the mailbox now and again until told to stop; a server that is away is asked again."""
    while not stopping.is_set():
        try:
            mailbox.poll(url, take_from_imap)
        except Exception as error:
            log.warning("the mailbox cannot be read: %s", type(error).__name__)  # its words may hold a password
        stopping.wait(POLL_EVERY_S)


def main() -> None:
    logs.install(logging.WARNING)
    logging.getLogger("mail.log").setLevel(logging.ERROR)  # aiosmtpd's own, which writes down what is sent
    stopping = on_signal(patience_s=PATIENCE_S)
    application()
    nudge.install()
    ways: list[tuple[Any, ...]] = []
    if address := site.settings().smtp_listen:
        ways.append((listen, address, stopping))
    if url := site.settings().imap_url:
        ways.append((ask, url, stopping))
    threads = [threading.Thread(target=way[0], args=way[1:], daemon=True) for way in ways]
    for thread in threads:
        thread.start()
    stopping.wait()
    for thread in threads:
        thread.join(timeout=5)


if __name__ == "__main__":
    main()
