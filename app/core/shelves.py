"""Where stored files lie, each under its name (64 hex digits): in a folder, or in the bucket of an S3-style store.

`settle` returns when the file would be there after a power cut: a folder was synced, a bucket's server has answered
that it keeps the whole file. So whoever commits a row after `settle` names nothing that could be lost.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, BinaryIO, Protocol

NAME_LENGTH = 64


class Reading(Protocol):
    """Something that is read piece by piece."""

    def read(self, size: int = -1, /) -> bytes:
        """Return up to `size` bytes, none at the end."""


class Shelf(Protocol):
    """A place for files. What cannot be reached raises OSError, what is not there FileNotFoundError."""

    @property
    def where(self) -> str:
        """The place, in words for an operator."""

    def settle(self, temporary: Path, name: str) -> None:
        """Keep the file for good, and take the temporary one away."""

    def open(self, name: str) -> BinaryIO:
        """Return a file as it lies, opened for reading."""

    def entries(self) -> Iterator[tuple[str, int]]:
        """Yield name and size in bytes of every file."""

    def bring(self, name: str, content: Reading) -> None:
        """Put a file back, from a backup. It is safe when all are there and `os.sync` was called."""

    def remove(self, name: str) -> None:
        """Remove a file; one that is gone is no mistake."""

    def clear(self) -> None:
        """Remove everything."""

    def require(self) -> None:
        """Raise OSError where nothing can be kept just now."""


class Folder:
    """A folder of files, in subfolders by the first two digits of their names."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(mode=0o700, parents=True, exist_ok=True)

    @property
    def where(self) -> str:
        return str(self.root)

    def path(self, name: str) -> Path:
        """Return where the file of this name lies; anything but a name of ours is refused."""
        return self.root / place(name)

    def settle(self, temporary: Path, name: str) -> None:
        final = self.path(name)
        if final.exists():
            temporary.unlink()
            return
        new_folder = not final.parent.exists()
        final.parent.mkdir(mode=0o700, exist_ok=True)
        os.replace(temporary, final)
        _sync_folder(final.parent)
        if new_folder:
            _sync_folder(self.root)

    def open(self, name: str) -> BinaryIO:
        return self.path(name).open("rb")

    def entries(self) -> Iterator[tuple[str, int]]:
        for path in sorted(self.root.glob("??/*")):
            if path.is_file() and len(path.name) == NAME_LENGTH:
                yield path.name, path.stat().st_size

    def bring(self, name: str, content: Reading) -> None:
        path = self.path(name)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as new:
            _pour(content, new)

    def remove(self, name: str) -> None:
        with suppress(FileNotFoundError):
            self.path(name).unlink()

    def clear(self) -> None:
        shutil.rmtree(self.root, ignore_errors=True)
        self.root.mkdir(mode=0o700)

    def require(self) -> None:
        if not os.access(self.root, os.W_OK | os.X_OK):
            raise PermissionError(f"{self.root} cannot be written to")


def place(name: str) -> str:
    """Return where a file lies below its folder or bucket (64 hex digits; anything else is refused)."""
    if len(name) != NAME_LENGTH or not set(name) <= set("0123456789abcdef"):
        raise ValueError("not a SHA-256 in hex")
    return f"{name[:2]}/{name}"


def _pour(content: Reading, new: IO[bytes]) -> None:
    while chunk := content.read(1024 * 1024):
        new.write(chunk)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
