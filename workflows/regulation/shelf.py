"""A shelf of the rulebook: entries of one kind, each in the versions that held one after the other."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any, Generic, TypeVar

from workflows.regulation.entries import Period
from workflows.regulation.errors import NotInForce, NotInRulebook, Words

Kept = TypeVar("Kept", bound=Period)


def by_key(entry: Any) -> str:
    """Return the key of an entry."""
    return str(entry.key)


class Shelf(Generic[Kept]):
    """Entries found by key or other name. A day picks the version in force; without one that of `today` holds.

    Where there is no `today` either, or nothing holds on it, the newest one does: so an entry that has ended can still
    be called by its name.
    """

    def __init__(
        self, file: str, versions: Iterable[Kept], key: Callable[[Kept], str] = by_key, today: date | None = None
    ) -> None:
        self.file, self.today = file, today
        self.versions = tuple(versions)
        self.key = key
        self._by_key: dict[str, list[Kept]] = {}
        for entry in self.versions:
            self._by_key.setdefault(key(entry), []).append(entry)
        self._keys = {
            _plain(name): key(entry) for entry in self.versions for name in (key(entry), *getattr(entry, "aliases", ()))
        }

    def __iter__(self) -> Iterator[Kept]:
        """Yield what holds today of each entry, in the order of the file."""
        return iter(self.on(None))

    def on(self, day: date | None) -> tuple[Kept, ...]:
        """Return the entries in force on a day, in the order of the file."""
        held = (self._held(key, day or self.today) for key in self._by_key)
        return tuple(entry for entry in held if entry is not None)

    def get(self, key: str, day: date | None = None) -> Kept:
        """Return an entry by its key. Raises: NotInRulebook; NotInForce if it does not hold on the day."""
        if key not in self._by_key:
            raise NotInRulebook(Words("%(file)s has no '%(key)s'.", file=self.file, key=key))
        entry = self._asked(key, day)
        if entry is None:
            words = Words("'%(key)s' of %(file)s is not in force on %(day)s.", key=key, file=self.file, day=day)
            raise NotInForce(words)
        return entry

    def find(self, name: str | None, day: date | None = None) -> Kept | None:
        """Return an entry by its key or another name, None if there is none or it does not hold on the day."""
        key = self._keys.get(_plain(name or ""))
        return None if key is None else self._asked(key, day)

    def _asked(self, key: str, day: date | None) -> Kept | None:
        return self._held(key, day or self.today) or (self._held(key, None) if day is None else None)

    def _held(self, key: str, day: date | None) -> Kept | None:
        held = [entry for entry in self._by_key[key] if day is None or entry.in_force(day)]
        return max(held, key=lambda entry: entry.in_force_from) if held else None


def _plain(name: str) -> str:
    """Return a name as it is looked up: without regard to case, and with spaces and hyphens as underscores."""
    return "_".join(name.casefold().replace("-", " ").replace("_", " ").split())
