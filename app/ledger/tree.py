"""The tree as it is stored: tiles of 256 hashes, so that adding and proving cost O(log n) rows."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, tuple_

from app.core.db import session
from app.ledger.models import LedgerTile
from workflows.verify.merkle import HASH_SIZE, level_above

HEIGHT = 8
WIDTH = 1 << HEIGHT
TILE_SIZE = WIDTH * HASH_SIZE
Place = tuple[int, int]
"""Of a tile: its level and number."""


class Tree:
    """Reads the stored tree as `merkle.Nodes`; each tile once."""

    def __init__(self) -> None:
        self.tiles: dict[Place, bytes] = {}

    def tile(self, level: int, n: int) -> bytes:
        """Return the hashes of a tile; empty where there is none yet."""
        if (level, n) not in self.tiles:
            query = select(LedgerTile.hashes).where(LedgerTile.level == level, LedgerTile.n == n)
            self.tiles[level, n] = session().scalars(query).one_or_none() or b""
        return self.tiles[level, n]

    def __call__(self, level: int, index: int) -> bytes:
        storey, height = divmod(level, HEIGHT)
        first = index << height
        n, place = divmod(first, WIDTH)
        hashes = self.tile(storey, n)[place * HASH_SIZE : (place + (1 << height)) * HASH_SIZE]
        return _top(hashes, height)


def _top(hashes: bytes, height: int) -> bytes:
    """Return the one hash over `2**height` of them."""
    for _ in range(height):
        hashes = level_above(hashes)
    return hashes


def grown(tree: Tree, size: int, leaves: Sequence[bytes]) -> dict[Place, bytes]:
    """Return the tiles that change when these leaf hashes are added to a tree of `size`; `tree` then has them too."""
    changed: set[Place] = set()
    level, at, new = 0, size, list(leaves)
    while new:
        complete: list[bytes] = []
        for hash_ in new:
            place = (level, at // WIDTH)
            tree.tiles[place] = tree.tile(*place)[: at % WIDTH * HASH_SIZE] + hash_
            changed.add(place)
            at += 1
            if at % WIDTH == 0:
                complete.append(_top(tree.tiles[place], HEIGHT))
        level, at, new = level + 1, at // WIDTH - len(complete), complete
    return {place: tree.tiles[place] for place in changed}


def whole_level(level: int = 0) -> bytes:
    """Return all stored hashes of a tile level in a row."""
    query = select(LedgerTile.hashes).where(LedgerTile.level == level).order_by(LedgerTile.n)
    return b"".join(session().scalars(query))


def stored(places: Sequence[Place]) -> dict[Place, LedgerTile]:
    """Return the stored rows of these tiles."""
    query = select(LedgerTile).where(tuple_(LedgerTile.level, LedgerTile.n).in_(places))
    return {(tile.level, tile.n): tile for tile in session().scalars(query)}
