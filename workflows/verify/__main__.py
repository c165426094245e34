"""Check what was published, on your own computer: `python -m workflows.verify FILE [--key KEY] [--witness KEY …]`.

FILE is the package beside a published decision, a notice (PDF), or a copy of the whole log (`flask ledger export`). No
database and no network is needed. Ends with 0 when everything holds, with 1 and what is wrong where it does not.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from workflows.regulation import approved
from workflows.regulation.errors import RulebookError
from workflows.verify import log
from workflows.verify.bundle import LOG, OUTCOME, Unreadable, log_in, parsed, read
from workflows.verify.notes import BadNote, Checkpoint, Key, Note
from workflows.verify.outcome import Outcome, by_kind
from workflows.verify.paper import Paper


@dataclass(frozen=True, slots=True)
class Witnesses:
    """Whose cosignatures are asked for, and how many of them at least."""

    keys: Sequence[Key] = ()
    least: int = 0

    def check(self, notes: Sequence[str]) -> Iterator[tuple[bool, str]]:
        """Yield whether enough of them signed one of these notes; nothing where none is asked for."""
        if self.least:
            found = max((sum(key.signs(Note.read(note)) for key in self.keys) for note in notes), default=0)
            yield (
                found >= self.least,
                f"{found} of {len(self.keys)} known witnesses signed it, asked for are {self.least}",
            )


def verified(
    path: Path, *, key: str | None = None, known: Sequence[Checkpoint] = (), witnesses: Witnesses | None = None
) -> Iterator[tuple[bool, str]]:
    """Yield what was checked, line by line, and whether it holds. `key` is the log's, if the caller knows it."""
    asked = witnesses or Witnesses()
    try:
        if path.suffix.lower() == ".pdf":
            yield from _paper(path, key, asked)
            return
        parts = read(path)
        yield from _log(parts, key, known, asked) if LOG in parts else _outcome(parts, key, asked)
    except Unreadable as reason:
        yield False, str(reason)
    except BadNote as reason:
        yield False, f"the checkpoint or the key {reason}"


def _key(named: str, expected: str | None) -> Iterator[tuple[bool, str]]:
    if expected is None:
        yield True, f"key {named}: compare it with the one that the log's own page shows"
    else:
        yield named == expected, f"key {named}" + ("" if named == expected else f", expected was {expected}")


def _log(
    parts: dict[str, bytes], key: str | None, known: Sequence[Checkpoint], witnesses: Witnesses
) -> Iterator[tuple[bool, str]]:
    copy, named = log_in(parts)
    yield from _key(named, key)
    yield from witnesses.check(copy.notes)
    faults = log.check(copy, Key.read(key or named), known=known)
    yield from ((False, str(fault)) for fault in faults)
    if not faults:
        yield True, f"log: {len(copy.entries)} entries, {len(copy.notes)} signed checkpoints, all as they were entered"


def _paper(path: Path, key: str | None, witnesses: Witnesses) -> Iterator[tuple[bool, str]]:
    paper = Paper(path.read_bytes())
    try:
        yield from _key(paper.named, key)
        yield from paper.check(Key.read(key or paper.named))
        yield from witnesses.check([str(paper.proof["checkpoint"])])
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        if isinstance(error, BadNote):
            raise
        yield False, f"its proof is none: {type(error).__name__} {error}"


def _outcome(parts: dict[str, bytes], key: str | None, witnesses: Witnesses) -> Iterator[tuple[bool, str]]:
    content = parsed(parts, OUTCOME)
    try:
        named = str(content["key"])
        papers = {name: data for name, data in parts.items() if name != OUTCOME}
        found = Outcome(content, papers, Key.read(key or named))
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        if isinstance(error, BadNote):
            raise
        raise Unreadable(f"{OUTCOME} is not a bundle: {type(error).__name__} {error}") from None
    yield from _key(named, key)
    yield True, f"checkpoint of {found.log.origin}: {found.log.size} entries, signature good"
    yield from witnesses.check([str(content["checkpoint"])])
    counts = ", ".join(f"{count} {kind}" for kind, count in sorted(by_kind(found.records).items()))
    for what, faults in found.check().items():
        yield from ((False, f"{what}: {fault}") for fault in faults)
        if not faults:
            yield True, f"{what}: {counts}" if what == "records" else what


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m workflows.verify", description=__doc__)
    parser.add_argument("file", type=Path, help="a package, or a folder with what was in it")
    parser.add_argument("--rulebook", type=Path, help="what the desk's /rules.json gives: the rules of its cases")
    parser.add_argument("--key", help="the log's public key, as you know it from elsewhere")
    parser.add_argument("--known", type=Path, action="append", default=[], help="a checkpoint that you kept earlier")
    parser.add_argument("--witness", action="append", default=[], help="the public key of a witness that you trust")
    parser.add_argument("--witnesses", type=int, help="how many of them have to have signed; by default all")
    asked = parser.parse_args()
    try:
        keys = [Key.read(each) for each in asked.witness]
        known = [Checkpoint.read(Note.read(each.read_text("utf-8")).body) for each in asked.known]
        if asked.rulebook:
            approved.go_by(approved.read(asked.rulebook))
    except (BadNote, RulebookError, OSError, UnicodeError) as reason:
        sys.stderr.write(f"what you gave {reason}\n")
        return 2
    witnesses = Witnesses(keys, len(keys) if asked.witnesses is None else asked.witnesses)
    lines = list(verified(asked.file, key=asked.key, known=known, witnesses=witnesses))
    for holds, line in lines:
        sys.stdout.write(f"{'ok  ' if holds else 'FAIL'}  {line}\n")
    return 0 if all(holds for holds, _ in lines) else 1


if __name__ == "__main__":
    sys.exit(main())
