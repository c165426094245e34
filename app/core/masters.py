"""The master keys: a file apart from the database, without which nothing that people wrote can be read.

A line `lookup` holds the key of the hashes by which things are found; a line `master` a key under which people's keys
are wrapped, the newest last. There is more than one only while keys are being wrapped anew.
"""

from __future__ import annotations

import hmac
import os
import secrets
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from msgspec import Struct

from app.core import site
from workflows.regulation import whole_files

NAME_BYTES, NONCE_BYTES = 4, 12


class MastersLost(RuntimeError):
    """A person's key is wrapped under a master key that is not in the file."""


class Masters(Struct, frozen=True):
    """What the file holds: the key of lookups, and master keys by the first bytes of their hash."""

    lookup: bytes
    by_name: dict[bytes, bytes]

    @property
    def newest(self) -> bytes:
        """The name of the master key that new keys are wrapped under."""
        return next(reversed(self.by_name))

    def wrap(self, key: bytes, whose: str) -> bytes:
        """Return a person's key as the database keeps it."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = os.urandom(NONCE_BYTES)
        return self.newest + nonce + AESGCM(self.by_name[self.newest]).encrypt(nonce, key, whose.encode())

    def unwrap(self, wrapped: bytes, whose: str) -> bytes:
        """Return a person's key. Raises MastersLost."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        name, nonce, rest = wrapped[:NAME_BYTES], wrapped[NAME_BYTES:][:NONCE_BYTES], wrapped[16:]
        try:
            return AESGCM(self.by_name[name]).decrypt(nonce, rest, whose.encode())
        except (KeyError, InvalidTag):
            raise MastersLost(f"no key in {file()} opens the key of person {whose}") from None


def masters() -> Masters:
    """Return the master keys as the file has them now."""
    path = file()
    status = path.stat()
    return _read(path, status.st_mtime_ns, status.st_ino)


def file() -> Path:
    """Return where the master keys are."""
    return site.settings().people_key_file


@lru_cache(maxsize=4)
def _read(path: Path, changed: int, inode: int) -> Masters:
    lines = [line.split() for line in path.read_text("ascii").splitlines() if line.strip()]
    [lookup] = [bytes.fromhex(value) for kind, value in lines if kind == "lookup"]
    keys = [bytes.fromhex(value) for kind, value in lines if kind == "master"]
    return Masters(lookup, {sha256(key).digest()[:NAME_BYTES]: key for key in keys})


def begin_rotation() -> None:
    """Add a new master key to the file, unless a rotation that was interrupted is still to be ended."""
    now = masters()
    if len(now.by_name) == 1:
        _write(now.lookup, [*now.by_name.values(), secrets.token_bytes(32)])


def end_rotation() -> None:
    """Take all master keys but the newest out of the file. Nothing may be wrapped under them any more."""
    now = masters()
    _write(now.lookup, [now.by_name[now.newest]])


def _write(lookup: bytes, keys: list[bytes]) -> None:
    """Put a new file in the place of the old one: whoever looks sees one or the other, whole."""
    lines = [f"lookup {lookup.hex()}\n", *(f"master {key.hex()}\n" for key in keys)]
    whole_files.put(file(), "".join(lines).encode("ascii"))


# --- finding without reading ---------------------------------------------------------------------------------------

DIGEST_BYTES = 16


def trace(kind: str, value: str) -> bytes:
    """Return the keyed hash (16 bytes) by which `value` is found again; as another kind of thing it is another one."""
    return hmac.digest(masters().lookup, f"{kind}\x1f{value}".encode("utf-8", "surrogatepass"), "sha256")[:DIGEST_BYTES]
