"""Lists by keyset: a cursor names the last row that was seen, never a page number."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

T = TypeVar("T")
LIMIT = 50
MAXIMUM = 200


class BadCursor(ValueError):
    """The cursor is not one of ours."""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows, and the cursor of the next ones (None at the end)."""

    items: Sequence[T]
    next: str | None


def encode(*key: Any) -> str:
    """Return the cursor of a row whose sort key is `key` (instants, numbers, text)."""
    values = [value.isoformat() if isinstance(value, datetime) else value for value in key]
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def decode(cursor: str, *kinds: type) -> tuple[Any, ...]:
    """Return the sort key in `cursor`, whose parts must be of `kinds`; raise BadCursor otherwise."""
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)))
        if not isinstance(values, list) or len(values) != len(kinds):
            raise BadCursor(cursor)
        return tuple(_typed(value, kind) for value, kind in zip(values, kinds, strict=True))
    except (ValueError, UnicodeError, binascii.Error, RecursionError) as error:
        raise BadCursor(cursor) from error


def _typed(value: Any, kind: type) -> Any:
    if kind is datetime and isinstance(value, str):
        instant = datetime.fromisoformat(value)
        if instant.tzinfo is None:
            raise BadCursor(value)
        return instant
    if type(value) is not kind or (isinstance(value, int) and abs(value) > 2**53):
        raise BadCursor(value)
    return value
