"""A thousand random alterations of a log, each found and its index named. A seed replays them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from random import Random

import pytest

from workflows.verify import log
from workflows.verify.log import Log
from workflows.verify.merkle import Levels, leaf_hashes, root_at
from workflows.verify.notes import LOG_KEY, Checkpoint, Signer, opened

SIGNER, THIEF = Signer.new("desk.test/ledger", LOG_KEY), Signer.new("desk.test/ledger", LOG_KEY)
SIZE, BATCH = 60, 5


def signed(entries: Sequence[bytes], signer: Signer = SIGNER) -> Log:
    """A log that was signed after every five entries."""
    leaves = leaf_hashes(entries)
    nodes, notes = Levels(leaves), []
    for size in [*range(BATCH, len(entries), BATCH), len(entries)]:
        body = Checkpoint(signer.name, size, root_at(nodes, size)).body
        notes.append(f"{body}\n{signer.line(body)}")
    return Log(tuple(entries), leaves, tuple(notes))


GOOD = signed([Random(n).randbytes(32) for n in range(SIZE)])
WITNESSED = [opened(note, SIGNER.key) for note in GOOD.notes]
SEEN = WITNESSED[-1]


@dataclass(frozen=True)
class Altered:
    """An altered log, the first entry that is not what it was, and whether the tree's hashes were made to fit."""

    log: Log
    index: int
    fitted: bool


def rewritten(entries: list[bytes], index: int, fitted: bool) -> Altered:
    leaves = leaf_hashes(entries) if fitted else GOOD.leaves
    return Altered(Log(tuple(entries), leaves, GOOD.notes), index, fitted)


def flip(dice: Random) -> Altered:
    index, bit = dice.randrange(SIZE), dice.randrange(256)
    entries = list(GOOD.entries)
    entries[index] = (int.from_bytes(entries[index], "big") ^ 1 << bit).to_bytes(32, "big")
    return rewritten(entries, index, dice.random() < 0.5)


def flip_hash(dice: Random) -> Altered:
    place, bit = dice.randrange(len(GOOD.leaves)), dice.randrange(8)
    leaves = bytearray(GOOD.leaves)
    leaves[place] ^= 1 << bit
    return Altered(replace(GOOD, leaves=bytes(leaves)), place // 32, fitted=False)


def delete(dice: Random) -> Altered:
    index = dice.randrange(SIZE)
    return rewritten([*GOOD.entries[:index], *GOOD.entries[index + 1 :]], index, dice.random() < 0.5)


def swap(dice: Random) -> Altered:
    one, other = sorted(dice.sample(range(SIZE), 2))
    entries = list(GOOD.entries)
    entries[one], entries[other] = entries[other], entries[one]
    return rewritten(entries, one, dice.random() < 0.5)


def insert(dice: Random) -> Altered:
    index = dice.randrange(SIZE + 1)
    entries = [*GOOD.entries[:index], dice.randbytes(32), *GOOD.entries[index:]]
    return rewritten(entries, index, dice.random() < 0.5)


def truncate(dice: Random) -> Altered:
    index = dice.randrange(SIZE)
    return rewritten(list(GOOD.entries[:index]), index, dice.random() < 0.5)


def rollback(dice: Random) -> Altered:
    """The log as it once was, with the signatures of that time: only who remembers more can tell."""
    size = dice.randrange(1, SIZE // BATCH) * BATCH
    old = Log(GOOD.entries[:size], GOOD.leaves[: size * 32], GOOD.notes[: size // BATCH])
    return Altered(old, size, fitted=True)


def fork(dice: Random) -> Altered:
    """Another log from some entry on, whole in itself: signed with another key, or with the stolen one."""
    index = dice.randrange(SIZE)
    entries = [*GOOD.entries[:index], *(dice.randbytes(32) for _ in range(index, SIZE))]
    return Altered(signed(entries, dice.choice((SIGNER, THIEF))), index, fitted=True)


ALTERATIONS: tuple[Callable[[Random], Altered], ...] = (
    flip, flip_hash, delete, swap, insert, truncate, rollback, fork,
)  # fmt: skip


def test_the_log_is_sound_before_anything_is_altered():
    assert log.check(GOOD, SIGNER.key, known=[SEEN]) == []


@pytest.mark.parametrize("alteration", ALTERATIONS, ids=lambda each: each.__name__)
def test_each_of_a_thousand_alterations_is_found_and_its_index_named(alteration):
    dice = Random(alteration.__name__)

    for round_ in range(1_000 // len(ALTERATIONS)):
        altered = alteration(dice)

        found = log.check(altered.log, SIGNER.key, known=WITNESSED)

        assert names(found, altered), (round_, altered.index, [str(fault) for fault in found])


def names(found: list[log.Fault], altered: Altered) -> bool:
    """Whether the first fault names the entry: exactly, or (hashes made to fit) among those signed with it."""
    first = next(fault for fault in found if fault.first is not None)
    if first.last is None:
        return first.first == altered.index
    return altered.fitted and first.first <= altered.index <= first.last and first.last - first.first < BATCH


def test_with_the_hashes_in_place_the_index_is_exact():
    exact = [alteration(Random(7)) for alteration in (flip_hash,)]
    exact += [rewritten([*GOOD.entries[:42], *GOOD.entries[43:]], 42, fitted=False)]

    for altered in exact:
        assert log.check(altered.log, SIGNER.key)[0].first == altered.index


def test_a_note_that_was_touched_is_named():
    notes = list(GOOD.notes)
    notes[3] = notes[3].replace("desk.test/ledger\n20\n", "desk.test/ledger\n21\n")

    assert "checkpoint 3 its signature is not good" in map(str, log.check(replace(GOOD, notes=notes), SIGNER.key))


def test_a_planted_check_that_trusts_the_stored_hashes_misses_what_ours_finds():
    """Planted: a verifier that takes the tree's hashes as they are, and not from the entries."""
    altered = rewritten([b"\1" * 32, *GOOD.entries[1:]], 0, fitted=False)
    nodes = Levels(altered.log.leaves)

    assert root_at(nodes, SIZE) == SEEN.root
    assert log.check(altered.log, SIGNER.key) != []
