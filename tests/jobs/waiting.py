"""Waiting for another process: ask often, give up late."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

OFTEN_S = 0.02


def eventually(holds: Callable[[], object], within_s: float = 60.0) -> bool:
    """Return whether `holds` becomes true in time."""
    deadline, pause = time.monotonic() + within_s, threading.Event()
    while not holds():
        if time.monotonic() > deadline:
            return False
        pause.wait(OFTEN_S)
    return True


def runs(pid: int) -> bool:
    """Return whether the process exists and is more than a corpse that nobody has buried."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
