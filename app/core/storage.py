"""Files, each sealed under a key of its own, kept so that a power cut after the answer loses nothing.

Order: temporary file (exclusive) → fsync → SHA-256 → settled on its shelf: renamed and the folder synced, or taken by a
bucket's server that has said so. Nothing is ever overwritten, and no plain byte is written. A file is named by the
SHA-256 of its sealed bytes, so that anyone can check it; name and key together are its `ref`, which the database keeps
sealed under the key of whose file it is. Who has no ref reads nothing.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import IO, BinaryIO

from app.core.sealed import ERASED
from app.core.shelves import Folder, Shelf

PIECE = 256 * 1024
TAG_BYTES = 16
REF = re.compile(r"([0-9a-f]{64})\.([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored file: SHA-256 of its content in hex, size in bytes, and the ref that finds and opens it."""

    sha256: str
    size: int
    ref: str = field(repr=False)


class TooLarge(ValueError):
    """The content is larger than allowed; nothing was kept. `limit` in bytes."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        super().__init__(f"larger than {limit} bytes")


class FileErased(FileNotFoundError):
    """Whose file it was is erased."""


class Store:
    """Sealed files, on a shelf. `root` is where they are written first."""

    def __init__(self, root: Path, shelf: Shelf | None = None) -> None:
        self.root, self.shelf = root, shelf or Folder(root)
        root.mkdir(mode=0o700, parents=True, exist_ok=True)

    def put(self, chunks: Iterable[bytes], *, limit: int | None = None) -> Stored:
        """Keep the content and return what finds it, or raise TooLarge (`limit` in bytes)."""
        temporary = self.root / f".new-{secrets.token_hex(8)}"
        plain, sealed, size, key = hashlib.sha256(), hashlib.sha256(), 0, secrets.token_bytes(32)

        def counted() -> Iterator[bytes]:
            nonlocal size
            for chunk in chunks:
                size += len(chunk)
                if limit is not None and size > limit:
                    raise TooLarge(limit)
                plain.update(chunk)
                yield chunk

        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                for piece in _sealed(key, counted()):
                    sealed.update(piece)
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            self.shelf.settle(temporary, sealed.hexdigest())
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        return Stored(plain.hexdigest(), size, f"{sealed.hexdigest()}.{key.hex()}")

    def put_bytes(self, content: bytes) -> Stored:
        """Keep `content` and return what finds it."""
        return self.put([content])

    def open(self, ref: str) -> BinaryIO:
        """Return the content, opened for reading, or raise FileNotFoundError."""
        return BytesIO(self.read(ref))

    def read(self, ref: str) -> bytes:
        """Return the whole content, or raise FileNotFoundError; ValueError where it is not what was kept."""
        name, key = _read(ref)
        with self.shelf.open(name) as file:
            return _opened(key, file.read())

    def remove(self, ref: str) -> None:
        """Remove a file for good; one that is gone is no mistake."""
        if ref != ERASED:
            self.shelf.remove(name_of(ref))


def name_of(ref: str) -> str:
    """Return the name under which a file lies. Raises ValueError for no ref, FileErased for an erased one."""
    return _read(ref)[0]


@contextmanager
def in_memory(content: bytes) -> Iterator[IO[bytes]]:
    """Hold opened content as a file that lies on no disk, for a child process to read."""
    with os.fdopen(os.memfd_create("opened"), "r+b") as file:
        file.write(content)
        file.seek(0)
        yield file


def _read(ref: str) -> tuple[str, bytes]:
    if ref == ERASED:
        raise FileErased
    match = REF.fullmatch(ref)
    if match is None:
        raise ValueError("not a ref")
    return match[1], bytes.fromhex(match[2])


def _sealed(key: bytes, chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the content sealed piece by piece; a piece knows its place and whether it is the last."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    cipher, held, n = AESGCM(key), bytearray(), 0
    for chunk in chunks:
        held += chunk
        while len(held) > PIECE:
            yield cipher.encrypt(_nonce(n, last=False), bytes(held[:PIECE]), None)
            del held[:PIECE]
            n += 1
    yield cipher.encrypt(_nonce(n, last=True), bytes(held), None)


def _opened(key: bytes, sealed: bytes) -> bytes:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    cipher, step = AESGCM(key), PIECE + TAG_BYTES
    starts = range(0, len(sealed), step)
    try:
        return b"".join(
            cipher.decrypt(_nonce(n, last=start + step >= len(sealed)), sealed[start : start + step], None)
            for n, start in enumerate(starts)
        )
    except InvalidTag:
        raise ValueError("not the file that was kept") from None


def _nonce(n: int, *, last: bool) -> bytes:
    """Return the nonce of a piece. A key seals one file only, so counting is enough."""
    return n.to_bytes(11, "big") + bytes([last])


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
