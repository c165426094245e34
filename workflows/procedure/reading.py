"""What a judge has read, against what the dossier holds now. Source: clause 3.3.2.

A dossier is a mapping from each of its parts (`exhibit/3`, `finding/2.1.6.1`, `answer/1`, `summary`) to what it says:
a name, a verdict, or the digest of a text.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

from msgspec import Struct


class Change(Struct, frozen=True):
    """One part that is new (`before` is None), gone (`after` is None), or says something else now."""

    part: str
    before: str | None
    after: str | None

    @property
    def kind(self) -> str:
        """Return what sort of part it is."""
        return self.part.partition("/")[0]

    @property
    def name(self) -> str:
        """Return which one of its sort it is; empty where there is only one."""
        return self.part.partition("/")[2]

    @property
    def how(self) -> str:
        """Return `added`, `removed` or `changed`."""
        if self.before is None:
            return "added"
        return "removed" if self.after is None else "changed"


def changes(read: Mapping[str, str], now: Mapping[str, str]) -> list[Change]:
    """Return where the dossier differs from what was read, part by part in a fixed order."""
    parts = sorted(read.keys() | now.keys())
    return [Change(part, read.get(part), now.get(part)) for part in parts if read.get(part) != now.get(part)]


def digest_of(*texts: str | None) -> str:
    """Return a short digest: enough to see that a text changed, without keeping it twice."""
    return sha256("\x1f".join(text or "" for text in texts).encode()).hexdigest()[:16]


def mark_of(held: Mapping[str, str]) -> str:
    """Return the mark of a whole dossier: it changes with every part."""
    return digest_of(*(f"{part}={held[part]}" for part in sorted(held)))
