"""The rulebook in force: the editions that two administrators approved, else the one that the product ships.

They stand in one file of DATA_DIR, a copy of what the database knows, replaced whole. So every process has the one or
the other and sees a change at its next question, for one look at a file's date. Unlike weights of triage, what cannot
be read is never replaced by what was shipped: nobody decided that other figures hold.
"""

import hashlib
import json
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict

from workflows.regulation import shipped, soundness, succession, whole_files
from workflows.regulation.binding import bound
from workflows.regulation.errors import Quoted, RulebookError, Words
from workflows.regulation.rulebook import Rulebook
from workflows.regulation.whole_files import Mark

NAME = "in-force"
APPROVED = Words("the approved rulebook")
LOOK_S = 0.1
"""How long a look at the file holds: a page asks for the rulebook hundreds of times."""
log = logging.getLogger("heng.rulebook")


class Edition(Struct, frozen=True):
    """The files that an edition says otherwise than the one before it, and its day.

    The first one has no day: it is what was shipped when the first own one was approved, whole.
    """

    since: date | None
    files: Mapping[str, str]


class _Read(Struct, frozen=True):
    """A rulebook, the mark of its file, the day for which it answers, and the days on which it changes."""

    mark: Mark | None
    today: date
    book: Rulebook
    days: tuple[date, ...] = ()


_folder: Path | None = None
_today: Callable[[], date] = date.today
_read: _Read | None = None
_seen: tuple[float, Mark | None, bool] = (-LOOK_S, None, False)
"""When the file was looked at, its mark then, and whether an own rulebook is kept here at all."""


def use(folder: Path | None, today: Callable[[], date] = date.today) -> None:
    """Set the process's folder of the approved rulebook and what tells the civil day; called once by the factory."""
    global _folder, _today, _read
    _folder, _today, _read = folder, today, None
    _look_again()


def current() -> Rulebook:
    """Return the rulebook in force. Raises: RulebookError when a process has just begun and cannot read it.

    One that has read it goes on with what was approved before, for nothing better is known; `fault` tells of it.
    """
    global _read
    mark, kept = _look()
    if _read is None and not kept:
        return shipped.rulebook()
    today = _today()
    if _read is None or (_read.mark, _read.today) != (mark, today):
        _read = _newly(mark, today, _read)
    return _read.book


def coming() -> tuple[date, ...]:
    """Return the days after today on which something that is approved begins to hold."""
    current()
    return tuple(day for day in _read.days if day > _read.today) if _read else ()


def _newly(mark: Mark | None, today: date, before: _Read | None) -> _Read:
    try:
        chain = editions()
        return _Read(mark, today, composed(chain, today), _days(chain))
    except RulebookError as error:
        if before is None:
            raise
        log.error("the approved rulebook cannot be read (%s); the one read before holds on", error)
        return _Read(mark, today, succession.as_of(before.book, today), before.days)


def _days(chain: Sequence[Edition]) -> tuple[date, ...]:
    """Return the days of editions; one that was approved later takes the place of those that would begin after it."""
    days: list[date] = []
    for edition in chain:
        if edition.since is not None:
            days = [day for day in days if day < edition.since] + [edition.since]
    return tuple(days)


def fault() -> Words | None:
    """Return what is wrong with the file; None where it can be read or none was ever kept."""
    try:
        if _kept():
            composed(editions())
    except RulebookError as error:
        return error.words
    return None


def _kept() -> bool:
    """Return whether an own rulebook was ever put here: its folder then stays, and a missing file is a fault."""
    return _folder is not None and _folder.is_dir()


def composed(editions: Sequence[Edition], today: date | None = None) -> Rulebook:
    """Return what holds on each day by these editions, in the order in which they were approved.

    What only this release has is in it too. Raises: RulebookError.
    """
    files = dict(editions[0].files)
    book = bound(files | shipped.of_the_release())
    for edition in editions[1:]:
        files |= edition.files
        since = edition.since or date.min
        new = bound(files | shipped.of_the_release())
        book = succession.succeeded(book, new, since, begun=today is None or since <= today)
    book = succession.completed(book, shipped.rulebook())
    soundness.verify(book)
    return succession.as_of(book, today) if today else book


def put(editions: Sequence[Edition]) -> bool:
    """Have every process go by these editions from now on; return whether that changed anything."""
    data = written(editions)
    place = _place()
    if place.exists() and place.read_bytes() == data:
        return False
    whole_files.put(place, data)
    _look_again()
    return True


def written(editions: Sequence[Edition]) -> bytes:
    """Return editions as the file holds them: JSON, with the SHA-256 of what it says."""
    rows = [asdict(edition) | {"since": edition.since.isoformat() if edition.since else None} for edition in editions]
    return json.dumps({"sha256": _hash(rows), "editions": rows}, ensure_ascii=False, indent=1).encode()


def _hash(rows: Any) -> str:
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def editions() -> list[Edition]:
    """Return the editions in force here and to come, or what is shipped where none is. Raises: RulebookError."""
    return read(_place()) if _kept() else [Edition(None, shipped.open_to_change())]


def read(place: Path) -> list[Edition]:
    """Return the editions that a file holds. Raises: RulebookError."""
    try:
        told = json.loads(place.read_bytes())
        rows = told["editions"]
        if told["sha256"] != _hash(rows):
            raise RulebookError(str(place), APPROVED, "cannot be read: its content is not what was approved")
        return [Edition(date.fromisoformat(row["since"]) if row["since"] else None, row["files"]) for row in rows]
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise RulebookError(str(place), APPROVED, "cannot be read: %(error)s", error=Quoted(error)) from error


def go_by(editions: Sequence[Edition]) -> None:
    """Have this process alone go by these editions: a program that checks what another desk published."""
    global _read
    use(None)
    _read = _Read(None, _today(), composed(editions, _today()), _days(editions))


def _look() -> tuple[Mark | None, bool]:
    """Return the mark of the file and whether one is kept here, as they were a moment ago."""
    global _seen
    at, mark, kept = _seen
    if time.monotonic() - at >= LOOK_S:
        mark = _mark()
        kept = mark is not None or _kept()
        _seen = (time.monotonic(), mark, kept)
    return mark, kept


def _look_again() -> None:
    global _seen
    _seen = (-LOOK_S, None, False)


def _mark() -> Mark | None:
    if _folder is None:
        return None
    return whole_files.mark(_folder / NAME)


def _place() -> Path:
    if _folder is None:
        raise RuntimeError("The folder of the approved rulebook is not set up: create_app() does it.")
    return _folder / NAME
