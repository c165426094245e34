"""Files by the hash of their content, on disk so that a power cut after the answer loses nothing.

Order: temporary file (exclusive) → fsync → SHA-256 → rename → fsync of the folder. Nothing is ever overwritten.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO


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
    """A folder of files named by their hash."""

    def __init__(self, root: Path) -> None:
        self.root = root
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
            self._settle(temporary, self.path(hasher.hexdigest()))
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        return Stored(hasher.hexdigest(), size)

    def put_bytes(self, content: bytes) -> Stored:
        """Keep `content` and return its hash and size."""
        return self.put([content])

    def path(self, sha256: str) -> Path:
        """Return where the file of this hash lies (64 hex digits; anything else is refused)."""
        if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
            raise ValueError("not a SHA-256 in hex")
        return self.root / sha256[:2] / sha256

    def open(self, sha256: str) -> BinaryIO:
        """Return the file, opened for reading, or raise FileNotFoundError."""
        return self.path(sha256).open("rb")

    def read(self, sha256: str) -> bytes:
        """Return the whole content, or raise FileNotFoundError."""
        return self.path(sha256).read_bytes()

    def _settle(self, temporary: Path, final: Path) -> None:
        if final.exists():
            temporary.unlink()
            return
        new_folder = not final.parent.exists()
        final.parent.mkdir(mode=0o700, exist_ok=True)
        os.replace(temporary, final)
        _sync_folder(final.parent)
        if new_folder:
            _sync_folder(self.root)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


_store: Store | None = None


def use(root: Path) -> None:
    """Set the process's store; called once by the factory (and by tests)."""
    global _store
    _store = Store(root)


def store() -> Store:
    """Return the process's store."""
    if _store is None:
        raise RuntimeError("The store is not set up: create_app() does it.")
    return _store
