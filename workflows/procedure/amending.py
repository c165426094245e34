"""A changed set of rules, judged as a whole before anybody is asked whether it should hold. Source: clause 3.4.3."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from msgspec import Struct

from workflows.procedure import examples
from workflows.regulation import approved, diff, shipped, succession
from workflows.regulation.approved import Edition
from workflows.regulation.binding import bound
from workflows.regulation.diff import Change
from workflows.regulation.errors import THE_FILE, RulebookError, Words

THE_FILES, A_TABLE = Words("the files"), Words("a table")
FIRST_ZONE = timedelta(hours=14)
"""Where a day begins first on Earth, ahead of UTC."""


class Judged(Struct, frozen=True):
    """A sound change: its files that differ, the version it makes, what holds otherwise, how many examples agree."""

    files: Mapping[str, str]
    version: str
    changes: tuple[Change, ...]
    examples: int


def earliest(at: datetime) -> date:
    """Return the first day that has begun nowhere at `at`: whatever was filed until then keeps its law."""
    return (at + FIRST_ZONE).date() + timedelta(days=1)


def judged(files: Mapping[str, str], chain: Sequence[Edition], since: date) -> Judged:
    """Return what files, by their names, would change in the rulebook of `chain` from a day on.

    Raises: RulebookError with file, entry and reason for whatever is not sound, not known or missing.
    """
    before = whole(chain)
    _known(files, before)
    own = {name: text for name, text in files.items() if name not in shipped.OF_THE_RELEASE}
    changed = {name: text for name, text in own.items() if before.get(name) != text}
    after = before | changed
    try:
        new = bound(after | shipped.of_the_release())
    except RecursionError as deep:
        raise RulebookError(THE_FILES, A_TABLE, "is nested too deeply") from deep
    standing = approved.composed(chain)
    succession.verify(standing, new, since)
    examples.verify(new, after)
    follows = approved.composed([*chain, Edition(since, changed)])
    return Judged(changed, follows.version, tuple(diff.from_a_day(standing, follows, since)), examples.count(after))


def whole(chain: Sequence[Edition]) -> dict[str, str]:
    """Return all files of the newest edition, by their names."""
    return {name: text for edition in chain for name, text in edition.files.items()}


def _known(files: Mapping[str, str], before: Mapping[str, str]) -> None:
    for name, text in files.items():
        if name in shipped.OF_THE_RELEASE:
            if text != shipped.files()[name]:
                raise RulebookError(name, THE_FILE, "belongs to the product and changes with a release only")
        elif name not in before and not name.startswith("clauses/"):
            raise RulebookError(name, THE_FILE, "is no file of the rulebook")
