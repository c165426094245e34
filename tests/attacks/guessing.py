"""Guesses at everything that opens something, as fast as they are taken: links, tokens, case numbers, codes."""

from __future__ import annotations

import random
import secrets
import socket
import threading
from collections import Counter
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from typing import BinaryIO

from tests.attacks.besieged import FORM, Browser

AT_ONCE = 16  # requests that a connection asks before it reads the first answer
LINES = 8
AWAY = ("/signin", "/track", "/track/code", "/verify")  # where an answer leads that opens nothing


@dataclass(frozen=True, slots=True)
class Known:
    """What the attacker has: a browser that asked for somebody's case, and the token and serial of a case of theirs."""

    browser: Browser
    token: str
    serial: int


@dataclass
class Guesser(threading.Thread):
    """One connection that is kept, asks many things at once and reads the answers as they come."""

    port: int
    times: int
    known: Known
    seen: Counter[int] = field(default_factory=Counter)
    opened: int = 0

    def __post_init__(self) -> None:
        super().__init__(daemon=True)

    __hash__ = threading.Thread.__hash__

    def run(self) -> None:
        kinds = (self._link, self._sign_in_link, self._token, self._number, self._code)
        left = self.times
        while left > 0:
            try:
                with (
                    socket.create_connection(("127.0.0.1", self.port), timeout=60) as line,
                    line.makefile("rb", 64 * 1024) as back,
                ):
                    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    while left > 0:
                        asked = [kinds[(left - n) % len(kinds)]() for n in range(min(AT_ONCE, left))]
                        line.sendall("".join(asked).encode())
                        for _ in asked:
                            self._note(*_answer(back))
                            left -= 1
            except (OSError, ValueError, IndexError):
                self.seen[0] += 1
                left -= 1

    def _note(self, status: int, where: str) -> None:
        self.seen[status] += 1
        away = 300 <= status < 400 and where.partition("?")[0].endswith(AWAY)
        self.opened += 200 <= status < 400 and not away

    def _link(self) -> str:
        return _get(f"/en/c/{secrets.token_urlsafe(16)}")

    def _sign_in_link(self) -> str:
        return _get(f"/signin/link/{secrets.token_urlsafe(16)}")

    def _token(self) -> str:
        return _get("/api/v1/cases", f"Authorization: Bearer {secrets.token_urlsafe(16)}\r\n")

    def _number(self) -> str:
        """Another's case, asked for with the attacker's own token."""
        serial = random.choice([n for n in range(1, 100) if n != self.known.serial])
        digit = random.randrange(10)
        return _get(f"/api/v1/cases/H2026-{serial:06d}-{digit}", f"Authorization: Bearer {self.known.token}\r\n")

    def _code(self) -> str:
        """A code of six digits for the case that this browser asked for; where it is right, it leads into the case."""
        body = f"csrf_token={self.known.browser.form}&code={random.randrange(10**6):06d}"
        return (
            f"POST /en/track/code HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {self.known.browser.jar}\r\n"
            f"Content-Type: {FORM}\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        )


def _get(path: str, heads: str = "") -> str:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{heads}\r\n"


def _answer(back: BinaryIO) -> tuple[int, str]:
    """Read one answer: its status, and where it leads."""
    status, length, where = int(back.readline().split(None, 2)[1]), 0, ""
    while (head := back.readline()) not in (b"\r\n", b""):
        name, _, value = head.partition(b": ")
        name = name.lower()
        if name == b"content-length":
            length = int(value)
        elif name == b"location":
            where = value.decode("latin-1").strip()
    back.read(length)
    return status, where


def _guess(port: int, times: int, known: Known) -> tuple[Counter[int], int]:
    guessers = [Guesser(port, times // LINES, known) for _ in range(LINES)]
    for each in guessers:
        each.start()
    for each in guessers:
        each.join()
    return sum((each.seen for each in guessers), Counter()), sum(each.opened for each in guessers)


def guess(port: int, times: int, known: Known) -> tuple[Counter[int], int]:
    """Guess from a process of its own; return how often each status came back, and how many guesses opened something.

    Status 0 is a connection that broke.
    """
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as beside:
        told: Future[tuple[Counter[int], int]] = beside.submit(_guess, port, times, known)
        return told.result()
