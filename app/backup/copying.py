"""Files copied with their hash taken on the way, and how far it is. A full disk is told in words."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, Protocol

from app.backup.contents import BackupRefused, Part

CHUNK = 1024 * 1024
SPARE = 16 * 1024**2  # bytes that are left free


class Progress(Protocol):
    """Is told what is being done."""

    def begin(self, what: str, size: int = 0) -> None:
        """Say what comes next, and how many bytes it is, where that is known."""

    def on(self, size: int) -> None:
        """Say that so many bytes more are done."""


class Silence:
    """Tells nobody."""

    def begin(self, what: str, size: int = 0) -> None:
        """Tell nobody."""

    def on(self, size: int) -> None:
        """Tell nobody."""


class Measured:
    """A file that is measured while it is read."""

    def __init__(self, file: BinaryIO, progress: Progress) -> None:
        self._file, self._progress, self._hasher, self._size = file, progress, sha256(), 0

    def read(self, size: int = -1, /) -> bytes:
        """Return up to `size` bytes."""
        chunk = self._file.read(size)
        self._hasher.update(chunk)
        self._size += len(chunk)
        self._progress.on(len(chunk))
        return chunk

    @property
    def part(self) -> Part:
        """What was read so far."""
        return Part(self._hasher.hexdigest(), self._size)


def copied(source: BinaryIO, to: Path, progress: Progress) -> Part:
    """Copy an open file to a new one (mode 0600), close it and return what it is. Raises OSError."""
    to.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with source, os.fdopen(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as new:
        reading = Measured(source, progress)
        while chunk := reading.read(CHUNK):
            new.write(chunk)
        return reading.part


def measured(source: Path, progress: Progress) -> Part:
    """Read a file to its end and return what it is."""
    with source.open("rb") as file:
        reading = Measured(file, progress)
        while reading.read(CHUNK):
            pass
        return reading.part


def written(content: bytes, to: Path) -> Part:
    """Write a new file (mode 0600) so that it survives a power cut, and return what it is."""
    to.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return Part(sha256(content).hexdigest(), len(content))


def settled(folder: Path) -> None:
    """Have what is in the folder's entries survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def require_room(folder: Path, size: int) -> None:
    """Raise BackupRefused unless `size` bytes fit on the disk of this folder."""
    free = shutil.disk_usage(folder).free
    if free < size + SPARE:
        raise BackupRefused(f"{told(size)} are needed in {folder}, and {told(free)} are free. Make room first.")


@contextmanager
def on_a_disk(folder: Path) -> Iterator[None]:
    """Say in words that the disk is full or cannot be written to."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise BackupRefused(f"The disk of {folder} is full. Make room and try again.") from error
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.EIO):
            raise BackupRefused(f"{error.filename or folder}: {error.strerror}.") from error
        raise


def told(size: int) -> str:
    """Return a size in bytes as people read it."""
    return f"{size / 1024**3:.1f} GB" if size >= 1024**3 else f"{size / 1024**2:.1f} MB"
