"""One message read in a process of its own, which can take nothing with it when it breaks."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from app.core.storage import in_memory, store
from app.post.pieces import LENGTH

ROOT = str(Path(__file__).resolve().parents[2])
COMMAND = (
    *(sys.executable, "-I", "-S", "-c"),
    f"import sys; sys.path.insert(0, {ROOT!r}); from app.post.reading import main; main()",
)
PATIENCE_S = 10.0  # its CPU is limited to less; this is for a machine that is busy
MOST_TOLD = 4_000_000


class Unreadable(Exception):
    """No sense could be made of the message; `reason` is a key of `mail_reason` in names.toml."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class Attachment:
    """The next file of the message, to be read once and in order."""

    def __init__(self, name: str, size: int, stream: IO[bytes]) -> None:
        self.name, self.left, self._stream = name, size, stream

    def read(self, size: int = -1) -> bytes:
        """Return up to `size` bytes."""
        piece = self._stream.read(self.left if size < 0 else min(size, self.left))
        self.left -= len(piece)
        return piece

    def skip(self) -> None:
        """Leave the rest unread."""
        while self.left and self.read(256 * 1024):
            pass


@dataclass(slots=True)
class Opened:
    """What stood in the message, and its files one after another."""

    told: dict[str, Any]
    files: Iterator[Attachment] = field(repr=False)


@contextmanager
def opened(ref: str) -> Iterator[Opened]:
    """Read the stored message in a child process. Raises: Unreadable."""
    with in_memory(store().read(ref)) as raw, _started(raw) as child:
        timer = threading.Timer(PATIENCE_S, child.kill)
        timer.start()
        try:
            assert child.stdout is not None
            told = _told(child.stdout)
            yield Opened(told, _files(told, child.stdout))
        finally:
            timer.cancel()
            child.kill()


def _started(raw: IO[bytes]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 -- our own interpreter, nothing of the message in the command
        COMMAND,
        stdin=raw,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},
        cwd="/",
        start_new_session=True,
    )


def _told(stream: IO[bytes]) -> dict[str, Any]:
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        raise Unreadable("over_limit")  # it was ended at a limit before it could say anything
    (length,) = LENGTH.unpack(head)
    body = stream.read(min(length, MOST_TOLD))
    try:
        told: dict[str, Any] = json.loads(body)
    except ValueError:
        raise Unreadable("broken") from None
    if why := told.get("unreadable"):
        raise Unreadable(why)
    return told


def _files(told: dict[str, Any], stream: IO[bytes]) -> Iterator[Attachment]:
    for file in told["files"]:
        attachment = Attachment(file["name"], file["size"], stream)
        yield attachment
        attachment.skip()
