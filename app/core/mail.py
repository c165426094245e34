"""Letters over SMTP. Without a server they stay in the outbox, where staff read them."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import unquote, urlsplit

from app.core import site
from app.core.messages import Channel, OutboundMessage

PATIENCE_S = 20.0


def send(message: OutboundMessage) -> bool:
    """Send the message; return False where it stays here: no mail server, or a channel that we have no carrier for.

    Raises: OSError or smtplib.SMTPException when the server refuses or cannot be reached; then it is tried again.
    """
    url = site.settings().smtp_url
    if not url or message.channel is not Channel.EMAIL:
        return False
    with _connect(url) as server:
        server.send_message(letter(message))
    return True


def letter(message: OutboundMessage) -> EmailMessage:
    """Return the message as mail. Its Message-ID is that of the row, so sending twice is seen as one."""
    sender = site.settings().mail_from
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = sender, message.address, message.subject
    mail["Message-ID"] = f"<{message.message_id}@{sender.rpartition('@')[2]}>"
    mail["Date"] = message.created_at
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.body)
    mail["Content-Language"] = message.language  # after the content, which clears such headers
    return mail


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
