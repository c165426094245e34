"""A mailbox that is read by IMAP: what is unseen is taken in, and marked as seen only once it is safely kept."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from imap_tools import BaseMailBox

PATIENCE_S = 30.0
MOST_AT_ONCE = 500

Take = Callable[[bytes, str], None]


def poll(url: str, take: Take) -> int:
    """Hand every unseen message to `take` (raw bytes, name of the mailbox) and return how many there were.

    `imaps://user:password@host/FOLDER`, or `imap://`, which is encrypted too unless the server is this machine. If
    it breaks off between the two, the message comes again and is known as the same. Raises: OSError, imap errors.
    """
    from imap_tools import MailMessageFlags

    parts = urlsplit(url)
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    name = (user if "@" in user else f"{user}@{parts.hostname}").lower()
    folder = unquote(parts.path.strip("/")) or "INBOX"
    with _box(parts.scheme, parts.hostname or "", parts.port).login(user, password, initial_folder=folder) as box:
        unseen = box.uids("UNSEEN")[:MOST_AT_ONCE]
        for uid in unseen:
            take(_raw(box, uid), name)
            box.flag(uid, MailMessageFlags.SEEN, True)
        return len(unseen)


def _box(scheme: str, host: str, port: int | None) -> BaseMailBox:
    from imap_tools import MailBox, MailBoxStartTls, MailBoxUnencrypted

    if scheme == "imaps":
        return MailBox(host, port or 993, timeout=PATIENCE_S)
    if _is_here(host):
        return MailBoxUnencrypted(host, port or 143, timeout=PATIENCE_S)
    return MailBoxStartTls(host, port or 143, timeout=PATIENCE_S)


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _raw(box: BaseMailBox, uid: str) -> bytes:
    """Return the message byte for byte; the library's own way would parse it here."""
    status, answer = box.client.uid("FETCH", uid, "(BODY.PEEK[])")
    parts = [part[1] for part in answer or () if isinstance(part, tuple) and isinstance(part[1], bytes)]
    if status != "OK" or not parts:
        raise OSError(f"the mail server did not hand out message {uid}: {status}")
    return parts[0]
