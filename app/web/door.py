"""Who goes on asking after being told to wait is told again at the door, where it costs next to nothing.

`app.web.limits` refuses with a page in the reader's language. A flood does not read it: after some refusals this
process answers in one line until the wait is over, and asks neither session nor database nor Redis. Whoever shows a
token of the API goes in, for a limit may not hold for them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cache
from ipaddress import IPv6Address, ip_address
from math import ceil
from time import monotonic
from typing import Any

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map

from workflows.procedure.names import names

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

TOLD_WELL = 20  # refusals with a page, for one sender at one kind of address
MOST_SENDERS = 4096
NETWORK_BITS = 64  # of an IPv6 address: what one household or server is given


def network(address: str) -> str:
    """Return who sends, for counting: the address, or the network that an IPv6 address is in."""
    try:
        read = ip_address(address)
    except ValueError:
        return address
    if isinstance(read, IPv6Address) and not read.ipv4_mapped:
        return str(int(read) >> (128 - NETWORK_BITS))
    return str(read)


class Door:
    """A WSGI application that remembers who was refused where, and until when; everybody else goes on to `inner`."""

    def __init__(self, inner: Wsgi, addresses: Map) -> None:
        self.inner, self._addresses = inner, addresses.bind("")
        self._told: dict[str, dict[str, tuple[float, int]]] = {}  # sender → endpoint → until, how often

    def told(self, sender: str, endpoint: str, wait_s: float) -> None:
        """Remember that this sender was just told to wait before asking for this endpoint again."""
        if len(self._told) >= MOST_SENDERS and sender not in self._told:
            self._told.clear()
        here, now = self._told.setdefault(sender, {}), monotonic()
        until, times = here.get(endpoint, (0.0, 0))
        here[endpoint] = (now + wait_s, times + 1 if now < until else 1)

    def forget(self) -> None:
        """Forget everybody."""
        self._told.clear()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        wait_s = self._wait_s(environ) if self._told else 0
        return _refuse(environ["PATH_INFO"], wait_s, start_response) if wait_s else self.inner(environ, start_response)

    def _wait_s(self, environ: dict[str, Any]) -> int:
        """Return for how many seconds the sender stays outside; 0 to let them in."""
        sender = network(environ.get("REMOTE_ADDR") or "")
        here = self._told.get(sender)
        if not here or "HTTP_AUTHORIZATION" in environ:
            return 0
        until, times = here.get(self._endpoint(environ), (0.0, 0))
        left = until - monotonic()
        return ceil(left) if times >= TOLD_WELL and left > 0 else 0

    def _endpoint(self, environ: dict[str, Any]) -> str:
        with suppress(HTTPException, UnicodeError):
            path = environ["PATH_INFO"].encode("latin-1").decode()
            return str(self._addresses.match(path, environ["REQUEST_METHOD"])[0])
        return ""


def _refuse(path: str, wait_s: int, start_response: Callable[..., Any]) -> list[bytes]:
    kind, body = _in_json() if path.startswith("/api/") else _in_words()
    heads = [
        ("Content-Type", kind), ("Content-Length", str(len(body))), ("Retry-After", str(wait_s)),
        ("Cache-Control", "no-store"), ("Content-Security-Policy", "default-src 'none'"),
        ("X-Content-Type-Options", "nosniff"),
    ]  # fmt: skip
    start_response("429 Too Many Requests", heads)
    return [body]


@cache
def _in_words() -> tuple[str, bytes]:
    lines = (names("refusal", language)["too_often"] for language in ("zh-Hans", "zh-Hant", "en"))
    return "text/plain; charset=utf-8", "".join(f"{line}\n" for line in lines).encode()


@cache
def _in_json() -> tuple[str, bytes]:
    body = {"type": "about:blank", "title": names("refusal", "en")["too_often"], "status": 429, "errors": []}
    return "application/problem+json", json.dumps(body).encode()
