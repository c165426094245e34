"""Small files that one process changes and every other one looks at: put in their place whole, known by their mark."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

Mark = tuple[int, int, int]
"""When it was changed (ns), which file it is, and its bytes: another one wherever the content is another."""


def mark(place: Path) -> Mark | None:
    """Return the mark of the file, None where there is none."""
    try:
        seen = os.stat(place)
    except FileNotFoundError:
        return None
    return seen.st_mtime_ns, seen.st_ino, seen.st_size


def put(place: Path, data: bytes) -> None:
    """Put the file in its place, so that neither a reader nor a power cut ever meets half of it, or none."""
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = place.with_name(f".new-{secrets.token_hex(8)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, place)
    folder = os.open(place.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
