"""Files by the hash of their content, kept so that a power cut after the answer loses nothing.

Order: temporary file (exclusive) → fsync → SHA-256 → settled on its shelf: renamed and the folder synced, or taken by a
bucket's server that has said so. Nothing is ever overwritten.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO

from app.core.shelves import Folder, Shelf


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored file: its SHA-256 in hex and its size in bytes."""

    sha256: str
    size: int


class TooLarge(ValueError):
    """The content is larger than allowed; nothing was kept. `limit` in bytes."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        super().__init__(f"larger than {limit} bytes")


class Store:
    """Files named by their hash, on a shelf. `root` is where they are written first."""

    def __init__(self, root: Path, shelf: Shelf | None = None) -> None:
        self.root, self.shelf = root, shelf or Folder(root)
        root.mkdir(mode=0o700, parents=True, exist_ok=True)

    def put(self, chunks: Iterable[bytes], *, limit: int | None = None) -> Stored:
        """Keep the content and return its hash and size, or raise TooLarge (`limit` in bytes)."""
        temporary = self.root / f".new-{secrets.token_hex(8)}"
        hasher, size = hashlib.sha256(), 0
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                for chunk in chunks:
                    size += len(chunk)
                    if limit is not None and size > limit:
                        raise TooLarge(limit)
                    hasher.update(chunk)
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            self.shelf.settle(temporary, hasher.hexdigest())
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        return Stored(hasher.hexdigest(), size)

    def put_bytes(self, content: bytes) -> Stored:
        """Keep `content` and return its hash and size."""
        return self.put([content])

    def open(self, sha256: str) -> BinaryIO:
        """Return the file, opened for reading, or raise FileNotFoundError."""
        return self.shelf.open(sha256)

    def read(self, sha256: str) -> bytes:
        """Return the whole content, or raise FileNotFoundError."""
        with self.open(sha256) as file:
            return file.read()


@contextmanager
def in_memory(content: bytes) -> Iterator[IO[bytes]]:
    """Hold opened content as a file that lies on no disk, for a child process to read."""
    with os.fdopen(os.memfd_create("opened"), "r+b") as file:
        file.write(content)
        file.seek(0)
        yield file


_store: Store | None = None


def use(root: Path, shelf: Shelf | None = None) -> None:
    """Set the process's store; called once by the factory (and by tests)."""
    global _store
    _store = Store(root, shelf)


def store() -> Store:
    """Return the process's store."""
    if _store is None:
        raise RuntimeError("The store is not set up: create_app() does it.")
    return _store
