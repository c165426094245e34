"""What stands in one raw message. Runs in a child process without files, network, or memory to spare.

    python -I -S … main()     raw message on standard input → length, JSON, contents of the attachments

Python's own parser breaks on hostile mail in several ways, so it gets headers that were cut, its structured header
classes are not used, and whatever still makes it stumble ends this process, not its parent. Only the standard library.
"""

from __future__ import annotations

import json
import resource
import signal
import sys
from email.feedparser import BytesFeedParser
from email.message import Message
from email.policy import compat32
from hashlib import sha256
from typing import Any

from app.post import headers
from app.post.folding import fold
from app.post.pieces import LENGTH
from app.post.plain import as_text
from app.post.signs import decoded, one_line, shown

MOST_PARTS, DEEPEST = 200, 20
MOST_HTML, MOST_TEXT = 1_000_000, 200_000
CPU_S, MEMORY = 1.5, 280 * 1024**2
_PIECE = 64 * 1024


class Unreadable(Exception):
    """Why the message is left to a person: `too_deep` or `too_many_parts`."""


def read(raw: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """Return what stands in the message, in values that JSON can hold, and the contents of its attachments in order.

    Raises: Unreadable; RecursionError and other errors where Python's parser breaks.
    """
    head, start, marks = headers.cut(raw)
    parser = BytesFeedParser(policy=compat32)
    parser.feed(head + b"\n\n")
    for at in range(start, len(raw), _PIECE):
        parser.feed(raw[at : at + _PIECE])
    found = _Parts(marks)
    message = parser.close()
    found.walk(message)
    told = headers.told(message) | found.told()
    told["marks"] = sorted(marks)
    told["content_sha256"] = _content(told, found.contents)
    return told, found.contents


def _content(told: dict[str, Any], contents: list[bytes]) -> str:
    """Return a digest of what the sender wrote, without what each delivery adds."""
    said = [told[name] for name in ("from", "subject", "date", "text")]
    files = [sha256(content).hexdigest() for content in contents]
    return sha256(json.dumps([*said, files], ensure_ascii=True).encode()).hexdigest()


class _Parts:
    """Texts and attachments, collected part by part."""

    def __init__(self, marks: set[str]) -> None:
        self.marks = marks
        self.texts: list[str] = []
        self.files: list[dict[str, Any]] = []
        self.contents: list[bytes] = []
        self.report: dict[str, str] | None = None

    def told(self) -> dict[str, Any]:
        text = "\n\n".join(text for text in self.texts if text.strip()).strip()
        text = self._cut(text, MOST_TEXT)
        folded = fold(text)
        return {
            "text": text, "body": folded.body, "quoted": folded.quoted, "signature": folded.signature,
            "files": self.files, "report": self.report,
        }  # fmt: skip

    def _cut(self, text: str, most: int) -> str:
        if len(text) > most:
            self.marks.add("text_cut")
        return text[:most]

    def walk(self, message: Message) -> None:
        waiting, seen = [(message, 1)], 0
        while waiting:
            part, depth = waiting.pop()
            seen += 1
            if seen > MOST_PARTS:
                raise Unreadable("too_many_parts")
            if depth > DEEPEST:
                raise Unreadable("too_deep")
            inner = self._inside(part, depth)
            waiting += [(each, depth + 1) for each in reversed(inner)]

    def _inside(self, part: Message, depth: int) -> list[Message]:
        """Take a part in, or return the parts inside it."""
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            self.report = {**headers.report(part), **(self.report or {})}
            return []
        if kind in ("message/rfc822", "text/rfc822-headers") and self.report is not None:
            self._returned(part)
            return []
        if kind == "message/rfc822":
            self._forwarded(part, depth)
            return []
        if inner := _inner(part):
            return _plainest(inner) if kind == "multipart/alternative" else inner
        self._leaf(part, kind)
        return []

    def _returned(self, part: Message) -> None:
        text = _bytes_of((_inner(part) or [part])[0])
        assert self.report is not None
        if original := headers.ids(text[: headers.LIMIT].decode("latin-1"), named="message-id"):
            self.report["message_id"] = original[0]

    def _forwarded(self, part: Message, depth: int) -> None:
        """Keep a message inside this one as a file."""
        inner = _inner(part)
        whole = _flat(inner[0]) if inner else b""
        while inner := _inner(inner[0]) if inner else []:
            depth += 1
            if depth > DEEPEST:
                raise Unreadable("too_deep")
        self._keep(headers.filename(part) or "message.eml", whole)

    def _leaf(self, part: Message, kind: str) -> None:
        name, content = headers.filename(part), _bytes_of(part)
        attached = headers.disposition(part) == "attachment" or name
        if kind not in ("text/plain", "text/html") or attached:
            if content:
                self._keep(name or kind.replace("/", "."), content)
            return
        text, sure = decoded(content, headers.charset(part))
        if not sure:
            self.marks.add("charset")
        if kind == "text/html":
            text = as_text(self._cut(text, MOST_HTML))
        self.texts.append(shown(text))

    def _keep(self, name: str, content: bytes) -> None:
        self.files.append({"name": one_line(name)[:200], "size": len(content)})
        self.contents.append(content)


def _plainest(parts: list[Message]) -> list[Message]:
    """Return of several forms of the same text the plainest that says something, and what is no text."""
    texts = [part for part in parts if part.get_content_type() in ("text/plain", "text/html")]
    others = [part for part in parts if part not in texts]
    texts.sort(key=lambda part: part.get_content_type() == "text/html")
    said = [part for part in texts if _bytes_of(part).strip()]
    return [*(said or texts)[:1], *others]


def _inner(part: Message) -> list[Message]:
    """Return the parts inside a part. (Asking one without any for its text would have Python decode it at once.)"""
    inner = part.get_payload() if part.is_multipart() else []
    return [each for each in inner if isinstance(each, Message)]


def _flat(message: Message) -> bytes:
    """Return a whole message as bytes; the library's own way breaks where a boundary holds other than ASCII."""
    try:
        return message.as_bytes(policy=compat32)
    except UnicodeError:
        return message.as_string(policy=compat32).encode("utf-8", "surrogateescape")


def _bytes_of(part: Message) -> bytes:
    if _inner(part):
        return _flat(part)
    try:
        content = part.get_payload(decode=True)
    except (ValueError, LookupError):
        content = None
    return content if isinstance(content, bytes) else b""


def main() -> None:
    """Read one message under limits and write what was found."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (2, 2))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))  # no further file, no socket
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, CPU_S)
    contents: list[bytes] = []
    try:
        told, contents = read(sys.stdin.buffer.read())
    except Unreadable as why:
        told = {"unreadable": str(why)}
    except RecursionError:
        told = {"unreadable": "too_deep"}
    except MemoryError:
        told = {"unreadable": "over_limit"}
    except Exception as error:  # the process ends here anyway; the reason has to reach the parent
        told = {"unreadable": "broken", "detail": f"{type(error).__name__}: {error}"[:300]}
    body = json.dumps(told).encode()
    for piece in (LENGTH.pack(len(body)), body, *contents):
        sys.stdout.buffer.write(piece)
    sys.stdout.buffer.flush()


headers.warm_up()
