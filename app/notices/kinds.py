"""The registry of notices: what kinds there are, on which clause each rests, who may have it, what it says.

Data in the rulebook's `notices.toml`; the fixed words stand in `wording.toml`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from msgspec import Struct

from app.notices.facts import NoticeKind
from app.notices.wording import WORDING_FILE
from workflows.procedure.authority import COMMITTEE_ROLES, Actor, Permission

REGISTRY_FILE = WORDING_FILE.with_name("notices.toml")
READERS = frozenset({"consumer", "respondent", "desk", "committee"})
OF_THE_REGISTER = frozenset({NoticeKind.DECISION, NoticeKind.SETTLEMENT})


class RegistryError(ValueError):
    """The registry of notices is wrong; the message names the entry and the reason."""


class Kind(Struct, frozen=True):
    """One kind of notice. `blocks` are pairs of a block and the heading it stands under ("" for none)."""

    kind: NoticeKind
    clause: str
    seal: str
    readers: frozenset[str]
    after: tuple[str, ...]
    sent_to: frozenset[str]
    blocks: tuple[tuple[str, str], ...]

    @property
    def tells_how_things_stand(self) -> bool:
        """Whether it tells of no act, but of the case as it is: a newer one takes its place."""
        return not self.after

    def tells_of(self, action: str, branch: str) -> bool:
        """Return whether it is the notice of this act."""
        return action in self.after or f"{action}:{branch}" in self.after

    def for_reader(self, actor: Actor) -> bool:
        """Return whether the actor, who may see the case, may have it."""
        return reader_of(actor) in self.readers


def reader_of(actor: Actor) -> str:
    """Return as whom somebody reads notices; whoever judges, judges, whatever else they are (the settlement wall)."""
    if actor.is_consumer or actor.is_respondent:
        return actor.side
    if actor.roles & COMMITTEE_ROLES:
        return "committee"
    return "desk" if actor.is_system or actor.may(Permission.CASE_READ_ALL) else "nobody"


@cache
def kinds(path: Path = REGISTRY_FILE) -> Mapping[NoticeKind, Kind]:
    """Return the registry, in the order of a case. Raises: RegistryError on the first entry that cannot stand."""
    entries = [_read(entry, path.name) for entry in tomllib.loads(path.read_text(encoding="utf-8"))["notice"]]
    found = {entry.kind: entry for entry in entries}
    if len(found) != len(entries) or set(found) != set(NoticeKind):
        raise RegistryError(f"{path.name}: each kind has one entry: {', '.join(NoticeKind)}.")
    return found


def _read(entry: Mapping[str, object], file: str) -> Kind:
    try:
        fields = {**entry, "kind": NoticeKind(str(entry["kind"])), "after": tuple(entry["after"])}  # type: ignore[arg-type]
        fields |= {name: frozenset(entry[name]) for name in ("readers", "sent_to")}  # type: ignore[call-overload]
        fields["blocks"] = tuple((block, heading) for block, _, heading in map(_split, entry["blocks"]))  # type: ignore[call-overload]
        kind = Kind(**fields)  # type: ignore[arg-type]
    except (KeyError, TypeError, ValueError) as fault:
        raise RegistryError(f"{file}: entry '{entry.get('kind', '?')}': {fault}") from fault
    if stray := (kind.readers | kind.sent_to) - READERS or kind.sent_to - kind.readers:
        raise RegistryError(f"{file}: entry '{kind.kind}': {', '.join(sorted(stray))} cannot have it.")
    return kind


def _split(block: str) -> tuple[str, str, str]:
    return block.partition(" ")
