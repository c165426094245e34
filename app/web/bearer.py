"""Bearer tokens of the API: rooms register how their kind of token is read."""

from __future__ import annotations

from collections.abc import Callable

from flask import request
from werkzeug.exceptions import Unauthorized

from workflows.procedure.authority import NOBODY, Actor

Reader = Callable[[str], Actor | None]
_readers: list[Reader] = []


def reads_tokens(reader: Reader) -> Reader:
    """Register a function that returns the actor a token belongs to, or None."""
    if reader not in _readers:
        _readers.append(reader)
    return reader


def actor_of_request() -> Actor:
    """Return who sent this API request: nobody without a token, Unauthorized for a token nobody knows."""
    header = request.headers.get("Authorization", "")
    if not header:
        return NOBODY
    scheme, _space, token = header.partition(" ")
    if scheme.lower() == "bearer" and 16 <= len(token) <= 200 and token.isascii():
        for reader in _readers:
            if actor := reader(token):
                return actor
    raise Unauthorized(www_authenticate=None)
