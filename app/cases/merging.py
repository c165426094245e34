"""What is known of an order when several sides say it: the first word stands until its own side or the desk changes it.

Pure: statements in, the facts the case goes by and the differences out. A fact has a path (`received_at`,
`payment.forced`, `listing.origin`); an event is one fact, told apart by its type and who did it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from msgspec import Struct

EVENT = "event."


class Statement(Protocol):
    """What one side said at one time."""

    side: str
    source: str
    exhibit: int | None
    order: dict[str, Any]
    events: list[dict[str, Any]]
    at: datetime


class Said(Struct, frozen=True):
    """One fact as one side told it."""

    path: str
    value: Any
    side: str
    source: str
    exhibit: int | None
    at: datetime

    @property
    def is_event(self) -> bool:
        return self.path.startswith(EVENT)


@dataclass(slots=True)
class Known:
    """The facts the case goes by, each with who said it, and what another side says differently."""

    facts: dict[str, Said] = field(default_factory=dict)
    differences: dict[tuple[str, str], Said] = field(default_factory=dict)

    def order(self) -> dict[str, Any]:
        """Return the facts of the order as `POST /checks` takes them."""
        order: dict[str, Any] = {}
        for said in self.facts.values():
            if not said.is_event:
                *outer, last = said.path.split(".")
                place = order
                for step in outer:
                    place = place.setdefault(step, {})
                place[last] = said.value
        return order

    def events(self) -> list[dict[str, Any]]:
        """Return the events as `POST /checks` takes them."""
        return [event for said in self.facts.values() if said.is_event for event in said.value]

    def change(self, said: Said) -> str:
        """Return what a fact would do if it were said now: new, same, corrected or different."""
        before = self.facts.get(said.path)
        if before is None:
            return "new"
        if _same(before.value, said.value):
            return "same"
        return "corrected" if before.side == said.side else "different"


def fold(statements: Iterable[Statement]) -> Known:
    """Return what is known after these statements, oldest first."""
    known = Known()
    for statement in statements:
        for said in facts_of(statement):
            _take(known, said)
    return known


def _take(known: Known, said: Said) -> None:
    if said.source == "settled":
        known.facts[said.path] = said
        for key in [each for each in known.differences if each[0] == said.path]:
            del known.differences[key]
        return
    change = known.change(said)
    if change == "different":
        known.differences[said.path, said.side] = said
        return
    known.differences.pop((said.path, said.side), None)
    if change != "same":
        known.facts[said.path] = said


def facts_of(statement: Statement) -> Iterator[Said]:
    """Yield every fact of a statement under its path; what is null is not said."""
    own: dict[str, Any] = {
        "side": statement.side,
        "source": statement.source,
        "exhibit": statement.exhibit,
        "at": statement.at,
    }
    for path, value in flat(statement.order):
        yield Said(path, value, **own)
    for path, events in grouped(statement.events).items():
        yield Said(path, events, **own)


def flat(order: dict[str, Any], outer: str = "") -> Iterator[tuple[str, Any]]:
    """Yield (path, value) of every fact in the order; null, an empty object or list tells nothing."""
    for name, value in order.items():
        if isinstance(value, dict):
            yield from flat(value, f"{outer}{name}.")
        elif value is not None and value != []:
            yield f"{outer}{name}", value


def grouped(events: Sequence[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Return the events by type and who did it, without what is null."""
    found: dict[str, list[dict[str, Any]]] = {}
    for event in events:
        told = {name: value for name, value in event.items() if value is not None}
        found.setdefault(f"{EVENT}{told['type']}.{told.get('actor', '')}", []).append(told)
    return found


def _same(one: Any, other: Any) -> bool:
    return _plain(one) == _plain(other)


def _plain(value: Any) -> str:
    """Return a value so that two ways of writing one instant, or one set of events in another order, are the same."""
    if isinstance(value, list):
        return json.dumps(sorted(_plain(each) for each in value))
    if isinstance(value, dict):
        return json.dumps({name: _plain(each) for name, each in value.items()}, sort_keys=True)
    if isinstance(value, str):
        try:
            return str(datetime.fromisoformat(value).timestamp())
        except ValueError:
            return value
    return json.dumps(value)
