"""Bodies are taken in whole before anybody works on the request, so that a slow sender holds up nobody else.

The server has many threads that may wait for bytes, and few at a time that work: more would only take turns. A sender
who keeps sending too little is given up (408). What is too large to be taken is not read here; the edge refuses it.
"""

from __future__ import annotations

import io
import tempfile
import threading
from collections.abc import Callable, Iterable
from time import monotonic
from typing import IO, Any

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

PATIENCE_S, LEAST_PER_S = 5.0, 500  # after so many seconds: bytes a second, on average
FIRST_PIECE, LARGEST_PIECE = 16, 64 * 1024  # the server waits for a whole piece, so the first one is small
IN_MEMORY = 1024 * 1024


class TooSlow(Exception):
    """The sender does not keep up with what anybody's connection can do."""


class WholeBodies:
    """A WSGI application that reads each body, then lets `at_once` requests at a time go on to `inner`."""

    def __init__(self, inner: Wsgi, *, at_once: int, largest: int) -> None:
        self.inner, self.largest, self._turn = inner, largest, threading.BoundedSemaphore(at_once)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        length = environ.get("CONTENT_LENGTH") or "0"
        if length.isascii() and length.isdigit() and 0 < int(length[:15]) <= self.largest:
            try:
                environ["wsgi.input"] = _whole(environ["wsgi.input"], int(length))
            except TooSlow:
                start_response("408 Request Timeout", [("Content-Type", "text/plain"), ("Connection", "close")])
                return [b"The request came too slowly.\n"]
        with self._turn:
            try:
                return self.inner(environ, start_response)
            finally:
                if isinstance(environ.get("wsgi.input"), tempfile.SpooledTemporaryFile):
                    environ["wsgi.input"].close()  # what was in it has been read by now


def _whole(source: Any, length: int) -> IO[bytes]:
    """Return the body, or as much as there is of it. Raises TooSlow."""
    body: IO[bytes] = io.BytesIO() if length <= IN_MEMORY else tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115
    begun, piece = monotonic(), FIRST_PIECE
    while (got := body.tell()) < length:
        before = monotonic()
        read = source.read(min(piece, length - got))
        if not read:
            break
        body.write(read)
        spent = monotonic() - begun
        if spent > PATIENCE_S and body.tell() < LEAST_PER_S * spent:
            body.close()
            raise TooSlow
        piece = min(piece * 4, LARGEST_PIECE) if monotonic() - before < 0.1 else FIRST_PIECE
    body.seek(0)
    return body
