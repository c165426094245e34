"""How bytes are spoiled, of mails and of bodies alike: always the same way for a seed."""

from __future__ import annotations

import random
from collections.abc import Sequence


def spoil(
    content: bytes, chance: random.Random, *, pieces: Sequence[bytes], others: Sequence[bytes], most: int
) -> bytes:
    """Return the bytes with up to `most` things put in, taken away, changed, doubled, cut off, or taken from others."""
    raw = bytearray(content)
    for _ in range(chance.randint(1, most)):
        at, way = chance.randrange(len(raw) + 1), chance.randrange(6)
        if way == 0:
            raw[at:at] = chance.choice(pieces)
        elif way == 1:
            del raw[at : at + chance.randint(1, 40)]
        elif way == 2:
            raw[at : at + 1] = bytes([chance.randrange(256)])
        elif way == 3:
            raw[at:at] = raw[(start := chance.randrange(len(raw) + 1)) : start + chance.randint(1, 200)]
        elif way == 4:
            raw = raw[: max(1, at)]
        else:
            raw[at:at] = chance.choice(others)[: chance.randint(1, 400)]
    return bytes(raw)
