"""Lists by keyset: a cursor names the last row that was seen, never a page number."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Generic, TypeVar

from msgspec import Struct
from pydantic import Field, WithJsonSchema
from sqlalchemy import ColumnElement, literal, tuple_

T = TypeVar("T")
LIMIT = 50
MAXIMUM = 200
_START, _STEP = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
_INSTANT = "t([0-9]{1,17}|253402[0-2][0-9]{11})"  # the second: the last days of 9999, for what is never due
_NUMBER = "[0-9]{1,9}"  # every row's number fits into the column that it is compared with
_FORM: dict[type, re.Pattern[str]] = {datetime: re.compile(_INSTANT), int: re.compile(_NUMBER)}


def _told(pattern: str) -> WithJsonSchema:
    told = {"type": "string", "maxLength": 40, "pattern": f"^{pattern}$", "description": "`next` of the page before"}
    return WithJsonSchema(told)


ByInstant = Annotated[str, Field(min_length=1), _told(f"{_INSTANT}_{_NUMBER}")]
ByNumber = Annotated[str, Field(min_length=1), _told(_NUMBER)]


class BadCursor(ValueError):
    """The cursor is not one of ours."""


class Page(Struct, Generic[T], frozen=True):
    """Some rows, and the cursor of the next ones (None at the end)."""

    items: Sequence[T]
    next: str | None


def beyond(key: Sequence[Any], last: Sequence[Any], *, newest: bool = False) -> ColumnElement[bool]:
    """Return the condition for rows that come after the one whose sort key is `last`, before it for `newest` first.

    The two are compared as one value: so an index is entered at the row, and the last page costs what the first does.
    """
    own = tuple_(*key)
    seen = tuple_(*(literal(value, column.type) for column, value in zip(key, last, strict=True)))
    return own < seen if newest else own > seen


def encode(*key: datetime | int) -> str:
    """Return the cursor of a row whose sort key is `key`: instants as microseconds after a t, numbers as they are."""
    return "_".join(f"t{_microseconds(each)}" if isinstance(each, datetime) else str(each) for each in key)


def decode(cursor: str, *kinds: type) -> tuple[Any, ...]:
    """Return the sort key in `cursor`, whose parts must be of `kinds` (datetime, int); raise BadCursor otherwise."""
    parts = cursor.split("_")
    if len(parts) != len(kinds):
        raise BadCursor(cursor)
    return tuple(_read(part, kind) for part, kind in zip(parts, kinds, strict=True))


def _read(part: str, kind: type) -> datetime | int:
    if not _FORM[kind].fullmatch(part):
        raise BadCursor(part)
    return _START + int(part[1:]) * _STEP if kind is datetime else int(part)


def _microseconds(instant: datetime) -> int:
    return (instant - _START) // _STEP
