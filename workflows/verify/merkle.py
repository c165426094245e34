"""The Merkle tree of the transparency log, as RFC 6962 and RFC 9162 define it: hashes, roots, proofs, and their checks.

`nodes(level, index)` stands for whatever keeps the tree: it gives the hash of the complete subtree over the leaves
from `index * 2**level` on, `2**level` of them. With it a root or a proof costs O(log n). Source: clause 3.1.4.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256

Nodes = Callable[[int, int], bytes]

HASH_SIZE = 32
EMPTY_ROOT = sha256(b"").digest()
LEAF, NODE = b"\x00", b"\x01"


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf; the prefix keeps a leaf from posing as an inner node."""
    return sha256(LEAF + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node."""
    return sha256(NODE + left + right).digest()


def leaf_hashes(data: Iterable[bytes]) -> bytes:
    """Return the hashes of many leaves in a row."""
    return b"".join([sha256(LEAF + each).digest() for each in data])


def level_above(level: bytes) -> bytes:
    """Return the hashes of the complete pairs in a row of hashes; an odd one at the end has no pair yet."""
    ends = range(64, len(level) + 1, 64)
    return b"".join([sha256(NODE + level[end - 64 : end]).digest() for end in ends])


class Levels:
    """A whole tree in memory, built a level at a time: a million leaves take a second or two."""

    def __init__(self, leaves: bytes) -> None:
        """`leaves` are the hashes of all leaves in a row."""
        self.levels = [leaves]
        while len(self.levels[-1]) >= 2 * HASH_SIZE:
            self.levels.append(level_above(self.levels[-1]))

    @property
    def size(self) -> int:
        return len(self.levels[0]) // HASH_SIZE

    def __call__(self, level: int, index: int) -> bytes:
        return self.levels[level][index * HASH_SIZE : (index + 1) * HASH_SIZE]


def _split(size: int) -> int:
    """Return the largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1


def _range_hash(nodes: Nodes, first: int, end: int) -> bytes:
    size = end - first
    if size & (size - 1) == 0:
        level = size.bit_length() - 1
        return nodes(level, first >> level)
    middle = first + _split(size)
    return node_hash(_range_hash(nodes, first, middle), _range_hash(nodes, middle, end))


def root_at(nodes: Nodes, size: int) -> bytes:
    """Return the root over the first `size` leaves."""
    return _range_hash(nodes, 0, size) if size else EMPTY_ROOT


def inclusion_proof(nodes: Nodes, index: int, size: int) -> list[bytes]:
    """Return the hashes that lead from leaf `index` to the root at `size`. Raises: ValueError outside the tree."""
    if not 0 <= index < size:
        raise ValueError(f"A tree of {size} leaves has no leaf {index}.")
    proof, first, end = [], 0, size
    while end - first > 1:
        middle = first + _split(end - first)
        if index < middle:
            proof.append(_range_hash(nodes, middle, end))
            end = middle
        else:
            proof.append(_range_hash(nodes, first, middle))
            first = middle
    return proof[::-1]


def consistency_proof(nodes: Nodes, old: int, new: int) -> list[bytes]:
    """Return the hashes that show that the tree at `new` only added to the one at `old`. Raises: ValueError."""
    if not 0 <= old <= new:
        raise ValueError(f"A tree of {new} leaves did not grow from one of {old}.")
    proof: list[bytes] = []
    first, end = 0, new
    while 0 < old < end:
        middle = first + _split(end - first)
        if old <= middle:
            proof.append(_range_hash(nodes, middle, end))
            end = middle
        else:
            proof.append(_range_hash(nodes, first, middle))
            first = middle
    if first:  # the old tree ends inside: its last part is not known to the verifier as a root
        proof.append(_range_hash(nodes, first, end))
    return proof[::-1]


def includes(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Return whether `proof` shows that the leaf hash `leaf` stands at `index` under the root at `size`."""
    if not 0 <= index < size:
        return False
    place, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node_hash(sibling, found)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def extends(old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Return whether `proof` shows that the tree at `new` begins with all that the tree at `old` held."""
    if not 0 <= old <= new:
        return False
    if old == new:
        return not proof and old_root == new_root
    if old == 0:
        return not proof and old_root == EMPTY_ROOT
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not path:
        return False
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            before, after = node_hash(sibling, before), node_hash(sibling, after)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            after = node_hash(after, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and before == old_root and after == new_root
