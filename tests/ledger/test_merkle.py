"""The tree is RFC 6962's: against its definition written out plainly, and against everything that is no proof."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.verify.merkle import (
    EMPTY_ROOT,
    Levels,
    consistency_proof,
    extends,
    includes,
    inclusion_proof,
    leaf_hash,
    leaf_hashes,
    node_hash,
    root_at,
)

DATA = [bytes([n]) * (n % 5) for n in range(70)]
TREE = Levels(leaf_hashes(DATA))


def mth(data: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, as it is written there."""
    if not data:
        return sha256(b"").digest()
    if len(data) == 1:
        return sha256(b"\x00" + data[0]).digest()
    k = split(len(data))
    return sha256(b"\x01" + mth(data[:k]) + mth(data[k:])).digest()


def split(n: int) -> int:
    k = 1
    while 2 * k < n:
        k *= 2
    return k


def path(m: int, data: list[bytes]) -> list[bytes]:
    if len(data) == 1:
        return []
    k = split(len(data))
    return [*path(m, data[:k]), mth(data[k:])] if m < k else [*path(m - k, data[k:]), mth(data[:k])]


def subproof(m: int, data: list[bytes], whole: bool) -> list[bytes]:
    if m == len(data):
        return [] if whole else [mth(data)]
    k = split(len(data))
    if m <= k:
        return [*subproof(m, data[:k], whole), mth(data[k:])]
    return [*subproof(m - k, data[k:], False), mth(data[:k])]


@pytest.mark.parametrize("size", [0, 1, 2, 3, 4, 5, 7, 8, 9, 31, 32, 33, 63, 64, 65, 70])
def test_roots_and_proofs_are_those_of_the_rfc(size):
    root = root_at(TREE, size)

    assert root == mth(DATA[:size])
    for index in range(size):
        proof = inclusion_proof(TREE, index, size)
        assert proof == path(index, DATA[:size])
        assert includes(leaf_hash(DATA[index]), index, size, proof, root)
    for old in range(1, size + 1):
        proof = consistency_proof(TREE, old, size)
        assert proof == subproof(old, DATA[:size], True)
        assert extends(old, mth(DATA[:old]), size, root, proof)


def test_the_empty_tree_has_its_own_root_and_anything_grows_from_it():
    assert root_at(TREE, 0) == EMPTY_ROOT
    assert extends(0, EMPTY_ROOT, 5, root_at(TREE, 5), [])
    assert not extends(0, root_at(TREE, 1), 5, root_at(TREE, 5), [])


@given(st.data())
def test_a_proof_for_another_place_or_with_a_hash_too_many_or_too_few_proves_nothing(data):
    size = data.draw(st.integers(1, 70))
    index = data.draw(st.integers(0, size - 1))
    leaf, root, proof = leaf_hash(DATA[index]), root_at(TREE, size), inclusion_proof(TREE, index, size)

    assert not includes(leaf, index, size, [*proof, root], root)
    assert not any(includes(leaf, other, size, proof, root) for other in range(size) if other != index)
    assert not includes(leaf, size, size, proof, root)
    assert not includes(leaf, -1, size, proof, root)
    assert not includes(leaf, index, 0, proof, root)
    if proof:
        assert not includes(leaf, index, size, proof[:-1], root)
        assert not includes(leaf, index, size, proof[::-1] if proof != proof[::-1] else [], root)


@given(st.data())
def test_a_tree_that_changed_what_it_held_extends_nothing(data):
    new = data.draw(st.integers(2, 70))
    old = data.draw(st.integers(1, new - 1))
    changed = [*DATA]
    changed[data.draw(st.integers(0, old - 1))] = b"changed"
    other = Levels(leaf_hashes(changed))
    before, after = root_at(TREE, old), root_at(other, new)

    assert not extends(old, before, new, after, consistency_proof(other, old, new))
    assert not extends(old, before, new, after, consistency_proof(TREE, old, new))
    assert not extends(new, before, old, after, [])
    assert not extends(old, before, old, after, [])


def test_a_leaf_that_looks_like_an_inner_node_is_none():
    left, right = leaf_hash(b"left"), leaf_hash(b"right")

    assert leaf_hash(left + right) != node_hash(left, right)
    assert root_at(Levels(leaf_hashes([left + right])), 1) != root_at(Levels(left + right), 2)


@pytest.mark.parametrize(("index", "size"), [(0, 0), (3, 3), (-1, 3)])
def test_there_is_no_proof_outside_the_tree(index, size):
    with pytest.raises(ValueError):
        inclusion_proof(TREE, index, size)
