"""What is committed to: each room says once how its rows are read, and the same row gives the same values for ever."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from enum import Enum
from typing import Any, Generic, TypeVar

from msgspec import Struct
from sqlalchemy import ColumnElement, true

from app.core.db import Model

Row = TypeVar("Row", bound=Model)
Values = Callable[[Row], dict[str, Any]]


class Kind(Struct, Generic[Row], frozen=True):
    """One kind of record: its rows (`when`: those that must be in the log), and what of them is committed to."""

    key: str
    model: type[Row]
    values: Values[Row]
    when: ColumnElement[bool]

    def read(self, row: Row) -> dict[str, Any]:
        """Return the values of a row as the log takes them, its kind among them."""
        return {"record": self.key} | {name: plain(value) for name, value in self.values(row).items()}


_kinds: dict[type[Model], Kind[Any]] = {}


def kinds() -> dict[str, Kind[Any]]:
    """Return every kind of record that a room has named."""
    return {kind.key: kind for kind in _kinds.values()}


def kind_of(row: Model) -> Kind[Any]:
    """Return the kind of a row."""
    return _kinds[type(row)]


def key_of(model: type[Model]) -> str:
    """Return what the records of these rows are called."""
    return _kinds[model].key


def recorded(
    key: str, model: type[Row], *, when: ColumnElement[bool] | None = None
) -> Callable[[Values[Row]], Values[Row]]:
    """Name the values of `model` that the log commits to: such as never change once they are recorded.

    `when` tells which rows must be in the log, where not all.
    """

    def register(values: Values[Row]) -> Values[Row]:
        _kinds[model] = Kind(key, model, values, true() if when is None else when)
        return values

    return register


def plain(value: Any) -> Any:
    """Return a value as JSON has it: an instant in UTC as RFC 3339, an enum as its value."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, Enum):
        return value.value
    return value
