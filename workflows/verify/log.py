"""Checking a whole log: every entry against its hash, every checkpoint against its signature and the tree.

A fault names the first entry that is wrong: exactly where an entry does not fit its own hash, else as the entries
between two checkpoints. What somebody remembers of the log (a witness, an earlier copy) finds what no look at the log
alone can: that it was rolled back, or that another one was put in its place. Source: clause 3.1.4.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from workflows.verify.merkle import HASH_SIZE, Levels, leaf_hashes, root_at
from workflows.verify.notes import BadNote, Checkpoint, Key, opened


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and at which entries (`first` to `last`, both included; None where it is about no entry)."""

    what: str
    first: int | None = None
    last: int | None = None

    def __str__(self) -> str:
        if self.first is None:
            return self.what
        where = f"entry {self.first}" if self.last in (None, self.first) else f"entries {self.first} to {self.last}"
        return f"{where}: {self.what}"


@dataclass(frozen=True, slots=True)
class Log:
    """A copy of a log: commitments in order, the leaf hashes that go with them, the signed notes, oldest first."""

    entries: Sequence[bytes]
    leaves: bytes
    notes: Sequence[str]


def check(log: Log, key: Key, *, known: Iterable[Checkpoint] = ()) -> list[Fault]:
    """Return everything that is wrong with a copy of a log, the first wrong entry first; empty when it is sound.

    `known` are checkpoints that somebody remembers.
    """
    computed = leaf_hashes(log.entries)
    nodes = Levels(computed)
    signed, bad = _signed(log.notes, key)
    remembered = list(known)
    faults = [*_against(nodes, signed, "the checkpoint was signed for something else")]
    faults += _against(nodes, remembered, "it is not what was signed before: the log was forked")
    faults += _uncovered(nodes, [*signed, *remembered])
    exact = _unlike(computed, log.leaves)
    if exact is not None:  # what is wrong from there on follows from it
        first = exact.first or 0
        faults = [each for each in faults if each.last is not None and each.last < first] + [exact]
    return sorted(faults, key=lambda each: each.first or 0) + bad


def _against(nodes: Levels, checkpoints: Iterable[Checkpoint], what: str) -> Iterator[Fault]:
    """Yield what does not fit checkpoints: the entries since the last one that fits."""
    good = 0
    for checkpoint in sorted(checkpoints, key=lambda each: each.size):
        if checkpoint.size > nodes.size:
            what_is_left = f"{checkpoint.size} were signed, {nodes.size} are left: the log was cut"
            yield Fault(what_is_left, good, checkpoint.size - 1)
        elif root_at(nodes, checkpoint.size) == checkpoint.root:
            good = checkpoint.size
        else:
            yield Fault(what, good, max(good, checkpoint.size - 1))


def _uncovered(nodes: Levels, checkpoints: Iterable[Checkpoint]) -> Iterator[Fault]:
    covered = max((each.size for each in checkpoints), default=0)
    if nodes.size > covered:
        yield Fault("no signed checkpoint covers it", covered, nodes.size - 1)


def _unlike(computed: bytes, stored: bytes) -> Fault | None:
    """Return the first entry that does not fit its leaf hash."""
    if computed == stored:
        return None
    ends = range(0, max(len(computed), len(stored)), HASH_SIZE)
    first = next(n for n, at in enumerate(ends) if computed[at : at + HASH_SIZE] != stored[at : at + HASH_SIZE])
    return Fault("it does not fit its hash", first)


def _signed(notes: Iterable[str], key: Key) -> tuple[list[Checkpoint], list[Fault]]:
    good, bad = [], []
    for n, note in enumerate(notes):
        try:
            good.append(opened(note, key))
        except BadNote as reason:
            bad.append(Fault(f"checkpoint {n} {reason}"))
    return good, bad
