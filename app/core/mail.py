"""Letters over SMTP. Without a server they stay in the outbox, where staff read them."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Mapping, Sequence
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any
from urllib.parse import unquote, urlsplit

from app.core import site
from app.core.contact import email_address
from app.core.mail_addresses import bounce_address
from app.core.mail_html import as_html
from app.core.messages import OutboundMessage
from app.core.storage import store

PATIENCE_S = 20.0
Files = Sequence[Mapping[str, Any]]


class Refused(ValueError):
    """The letter will never be taken: an address that is none, or one that the server knows not to exist."""


def send(message: OutboundMessage, *, answers: str | None = None, files: Files = ()) -> bool:
    """Send the letter; return False where it stays here, because there is no mail server.

    `answers` is the Message-ID of the mail that it answers, `files` have filename, media_type and ref. Raises:
    Refused when the server will never take it; OSError or smtplib.SMTPException when it is to be tried again.
    """
    url = site.settings().smtp_url
    if not url:
        return False
    mail = letter(message, answers=answers, files=files)
    with _connect(url) as server:
        try:
            server.send_message(mail, from_addr=bounce_address(message.id), to_addrs=[message.address])
        except smtplib.SMTPRecipientsRefused as refused:
            code, words = refused.recipients[message.address]
            if code >= 500:
                raise Refused(f"{code} {words.decode('utf-8', 'replace')}") from refused
            raise
    return True


def letter(message: OutboundMessage, *, answers: str | None = None, files: Files = ()) -> EmailMessage:
    """Return the message as mail: text, the same as HTML, and its files.

    Its Message-ID is that of the row, so sending twice is seen as one. It asks machines not to answer. Raises: Refused.
    """
    if email_address(message.address) != message.address:
        raise Refused("this cannot stand in the header as an address")
    sender, organ = site.settings().mail_from, site.settings().organ_name[message.language]
    local, _, domain = sender.rpartition("@")
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"] = Address(organ, local, domain), message.address
    mail["Subject"], mail["Date"] = message.subject, message.created_at
    mail["Message-ID"] = f"<{message.message_id}@{domain}>"
    for name, value in _threading(message, answers, domain).items():
        mail[name] = value
    if message.reply_to:
        mail["Reply-To"] = message.reply_to
    mail["Auto-Submitted"] = "auto-replied" if answers else "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    html = as_html(subject=message.subject, body=message.body, language=message.language, organ=organ)
    mail.set_content(message.body)
    mail.add_alternative(html, subtype="html")
    for part in (mail, *mail.iter_parts()):
        part["Content-Language"] = message.language  # after the content, which clears such headers
    for file in files:
        kind, _, subkind = file["media_type"].partition("/")
        content = store().read(file["ref"])
        mail.add_attachment(content, maintype=kind, subtype=subkind, filename=file["filename"])
    return mail


def _threading(message: OutboundMessage, answers: str | None, domain: str) -> dict[str, str]:
    """Return the headers that put all letters of a case into one conversation, below the mail that they answer."""
    root = f"<case.{message.case_number.lower()}@{domain}>" if message.case_number else None
    references = " ".join(each for each in (root, answers) if each)
    found = {"In-Reply-To": answers or root, "References": references}
    return {name: value for name, value in found.items() if value}


def _connect(url: str) -> smtplib.SMTP:
    """Open `smtp://user:password@host:587` (encrypted where the server can, always before a password) or `smtps://`."""
    parts = urlsplit(url)
    host, context = parts.hostname or "", ssl.create_default_context()
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, parts.port or 465, timeout=PATIENCE_S, context=context)
    else:
        server = smtplib.SMTP(host, parts.port or 25, timeout=PATIENCE_S)
        server.ehlo()
        if server.has_extn("starttls") or parts.username:
            server.starttls(context=context)
    if parts.username:
        server.login(unquote(parts.username), unquote(parts.password or ""))
    return server
