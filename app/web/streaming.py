"""Large tables a piece at a time, made by one thread of a process at a time: who fetches much keeps nobody waiting."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from itertools import islice

TOGETHER = 200  # lines of a piece
_turn = threading.Lock()


def gently(lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines in pieces. While a piece is sent, which may take long, others make theirs."""
    waiting = iter(lines)
    while True:
        with _turn:
            piece = "".join(islice(waiting, TOGETHER))
        if not piece:
            return
        yield piece
