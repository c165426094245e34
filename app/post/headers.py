"""The headers of a message, read without trusting any of them. Only the standard library: it runs in the child."""

from __future__ import annotations

import re
from email import message_from_string
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses
from typing import Any

from app.post.signs import decoded, one_line

LIMIT, FIELD_LIMIT = 64 * 1024, 8 * 1024
MOST_ADDRESSES, MOST_IDS = 200, 50
_END = re.compile(rb"\r?\n[ \t]*\r?\n|\r\r")
_FIELD = re.compile(rb"[^\n]*\n(?:[ \t][^\n]*\n)*")
_ID = re.compile(r"<[!-;=?-~]{3,250}>")
_BROKEN = (MessageError, ValueError, LookupError, RecursionError, TypeError, AttributeError, OverflowError)


def cut(raw: bytes) -> tuple[bytes, int, set[str]]:
    """Return the header block within its limits, where the body begins, and `headers_cut` if something was left out.

    Each field is cut at 8 kB and the block ends at 64 kB: Python's parser takes minutes over longer ones.
    """
    raw_head = raw[: 64 * LIMIT]
    if raw_head[:2] in (b"\r\n", b"\n\n") or raw_head[:1] == b"\n":
        return b"", 0, set()
    found = _END.search(raw_head)
    end, start = (found.start(), found.end()) if found else (len(raw_head), len(raw_head))
    if end <= FIELD_LIMIT:
        return raw_head[:end], start, set()
    kept, size, marks = [], 0, set()
    for field in _FIELD.finditer(raw_head[:end] + b"\n"):
        text = field.group().rstrip(b"\r\n")
        if len(text) > FIELD_LIMIT:
            text = text[:FIELD_LIMIT].rpartition(b"\n")[0] or text[:FIELD_LIMIT]
            marks.add("headers_cut")
        if size + len(text) > LIMIT:
            marks.add("headers_cut")
            break
        kept.append(text.rstrip(b"\r\n"))
        size += len(text)
    return b"\n".join(kept), start, marks


def told(message: Message) -> dict[str, Any]:
    """Return what the headers say, decoded, each cut to one line."""
    return {
        "from": addresses(message, "from"), "from_headers": len(fields(message, "from")),
        "to": addresses(message, "to"), "cc": addresses(message, "cc"),
        "delivered_to": addresses(message, "delivered-to") + addresses(message, "x-original-to"),
        "subject": text(message, "subject")[:500], "date": text(message, "date")[:100],
        "message_id": (ids(raw(message, "message-id")) or [""])[0],
        "references": ids(raw(message, "in-reply-to") + " " + raw(message, "references"))[:MOST_IDS],
        "auto_submitted": token(message, "auto-submitted"), "precedence": token(message, "precedence"),
        "list": bool(fields(message, "list-id") or fields(message, "list-unsubscribe")),
        "auto_reply": any(
            fields(message, name) for name in ("x-autoreply", "x-autorespond", "x-auto-response", "x-autoreply-from")
        ),
        "returned": "return-path" in _names(message) and not addresses(message, "return-path"),
        "received": len(fields(message, "received")),
    }  # fmt: skip


def _names(message: Message) -> set[str]:
    return {name.lower() for name, _ in message.raw_items()}


def fields(message: Message, name: str) -> list[str]:
    """Return every value of a header, as it stands."""
    return [str(value) for each, value in message.raw_items() if each.lower() == name]


def raw(message: Message, name: str) -> str:
    """Return the first value of a header, as it stands; empty when there is none."""
    return (fields(message, name) or [""])[0]


def text(message: Message, name: str) -> str:
    """Return a header in words: encoded words decoded, on one line."""
    return one_line(_words(raw(message, name)))


def token(message: Message, name: str) -> str:
    """Return the first word of a header, in small letters."""
    return re.split(r"[;\s(]", text(message, name).lower(), maxsplit=1)[0][:40]


def _words(value: str) -> str:
    value = _eight_bit(value)
    try:
        pieces = decode_header(value)
    except _BROKEN:
        return value
    out = []
    for piece, charset in pieces:
        if isinstance(piece, str):
            out.append(piece)
        else:
            out.append(decoded(piece, charset)[0] if charset else piece.decode("latin-1"))
    return "".join(out)


def _eight_bit(value: str) -> str:
    """Return a header that was sent without being encoded, read by what its bytes look like."""
    if value.isascii():
        return value
    return decoded(value.encode("utf-8", "surrogateescape"), None)[0]


def addresses(message: Message, name: str) -> list[list[str]]:
    """Return (name, address) pairs of a header; empty where it cannot be read."""
    values = [_eight_bit(value) for value in fields(message, name)]
    try:
        found = getaddresses(values)
    except _BROKEN:
        return []
    pairs = [[one_line(_words(shown))[:200], one_line(address)[:300]] for shown, address in found if address]
    return pairs[:MOST_ADDRESSES]


def ids(value: str, *, named: str | None = None) -> list[str]:
    """Return the message ids in a header's value, or of the header `named` in a block of headers."""
    if named is not None:
        found = re.search(rf"^{named}:((?:[^\n]|\n[ \t]){{0,500}})", value, re.IGNORECASE | re.MULTILINE)
        value = found.group(1) if found else ""
    return _ID.findall(value)


def disposition(part: Message) -> str:
    """Return `attachment`, `inline`, or whatever else stands there."""
    return token(part, "content-disposition")


def filename(part: Message) -> str:
    """Return the name of an attachment, in words; empty when it has none."""
    try:
        name = part.get_filename() or ""
    except _BROKEN:
        return ""
    return one_line(_words(str(name)))


def charset(part: Message) -> str | None:
    """Return the encoding that a part declares."""
    try:
        return part.get_content_charset()
    except _BROKEN:
        return "unreadable"


def report(part: Message) -> dict[str, str]:
    """Return what a delivery report says of the first recipient. Source: RFC 3464."""
    blocks = part.get_payload()
    found: dict[str, str] = {}
    for block in (each for each in blocks if isinstance(each, Message)) if isinstance(blocks, list) else ():
        for name, key in (("final-recipient", "recipient"), ("action", "action"), ("status", "status"),
                          ("diagnostic-code", "why")):  # fmt: skip
            if value := text(block, name):
                found.setdefault(key, value.partition(";")[2].strip() or value if name != "action" else value.lower())
    return found


def warm_up() -> None:
    """Load what the parser loads late: afterwards no further file can be opened."""
    sample = message_from_string(
        "From: =?gb2312?B?wfU=?= <a@b.example>\nContent-Type: text/plain; charset*=utf-8''x; name=\"a\"\n"
        "Content-Transfer-Encoding: base64\nContent-Disposition: attachment; filename*=utf-8''%41\n\nYQ==\n"
    )
    sample.get_payload(decode=True)
    told(sample)
    filename(sample)
    charset(sample)
    for encoding in ("quoted-printable", "x-uuencode", "8bit"):
        sample.replace_header("Content-Transfer-Encoding", encoding)
        sample.get_payload(decode=True)
    sample.as_bytes()
