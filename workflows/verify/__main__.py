"""Check what was published, on your own computer: `python -m workflows.verify FILE [--key KEY] [--known NOTE …]`.

FILE is the package beside a published decision, or a copy of the whole log (`flask ledger export`). No database and no
network is needed. Ends with 0 when everything holds, with 1 and what is wrong where it does not.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from workflows.verify import log
from workflows.verify.bundle import LOG, OUTCOME, Unreadable, log_in, parsed, read
from workflows.verify.notes import BadNote, Checkpoint, Key, Note
from workflows.verify.outcome import Outcome, by_kind


def verified(path: Path, *, key: str | None = None, known: Sequence[Checkpoint] = ()) -> Iterator[tuple[bool, str]]:
    """Yield what was checked, line by line, and whether it holds. `key` is the log's, if the caller knows it."""
    try:
        parts = read(path)
        yield from _log(parts, key, known) if LOG in parts else _outcome(parts, key)
    except Unreadable as reason:
        yield False, str(reason)
    except BadNote as reason:
        yield False, f"the checkpoint or the key {reason}"


def _key(named: str, expected: str | None) -> Iterator[tuple[bool, str]]:
    if expected is None:
        yield True, f"key {named}: compare it with the one that the log's own page shows"
    else:
        yield named == expected, f"key {named}" + ("" if named == expected else f", expected was {expected}")


def _log(parts: dict[str, bytes], key: str | None, known: Sequence[Checkpoint]) -> Iterator[tuple[bool, str]]:
    copy, named = log_in(parts)
    yield from _key(named, key)
    faults = log.check(copy, Key.read(key or named), known=known)
    yield from ((False, str(fault)) for fault in faults)
    if not faults:
        yield True, f"log: {len(copy.entries)} entries, {len(copy.notes)} signed checkpoints, all as they were entered"


def _outcome(parts: dict[str, bytes], key: str | None) -> Iterator[tuple[bool, str]]:
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
    counts = ", ".join(f"{count} {kind}" for kind, count in sorted(by_kind(found.records).items()))
    for what, faults in found.check().items():
        yield from ((False, f"{what}: {fault}") for fault in faults)
        if not faults:
            yield True, f"{what}: {counts}" if what == "records" else what


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m workflows.verify", description=__doc__)
    parser.add_argument("file", type=Path, help="a package, or a folder with what was in it")
    parser.add_argument("--key", help="the log's public key, as you know it from elsewhere")
    parser.add_argument("--known", type=Path, action="append", default=[], help="a checkpoint that you kept earlier")
    asked = parser.parse_args()
    try:
        known = [Checkpoint.read(Note.read(each.read_text("utf-8")).body) for each in asked.known]
    except (BadNote, OSError, UnicodeError) as reason:
        sys.stderr.write(f"--known: {reason}\n")
        return 2
    lines = list(verified(asked.file, key=asked.key, known=known))
    for holds, line in lines:
        sys.stdout.write(f"{'ok  ' if holds else 'FAIL'}  {line}\n")
    return 0 if all(holds for holds, _ in lines) else 1


if __name__ == "__main__":
    sys.exit(main())
