"""The keys of a system, locked away: a file of the age format (age-encryption.org) for a passphrase or public keys.

What is in it opens with the `age` program too, should Heng ever not be at hand.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from app.backup.contents import BackupRefused

LEAST = 12  # characters of a passphrase


class Lock(Struct, frozen=True):
    """By what the keys are locked and opened: a passphrase, or public keys and the secret keys that go with them."""

    passphrase: str | None = None
    theirs: tuple[Any, ...] = ()  # pyrage's recipients or identities

    @classmethod
    def by_words(cls, passphrase: str, *, new: bool = False) -> Lock:
        """Return a lock by passphrase. Raises BackupRefused for a `new` one that is short."""
        if new and len(passphrase) < LEAST:
            raise BackupRefused(f"The passphrase is too short: take at least {LEAST} characters.")
        return cls(passphrase)

    @classmethod
    def for_reader(cls, file: Path) -> Lock:
        """Return a lock that only the owners of the public keys in `file` open (age or SSH, one a line)."""
        from pyrage import RecipientError, ssh, x25519

        found = []
        for line in _lines(file):
            kind = ssh.Recipient if line.startswith("ssh-") else x25519.Recipient
            try:
                found.append(kind.from_str(line))
            except RecipientError:
                raise BackupRefused(f"{file} holds a line that is no public key of age or SSH: {line[:16]}…") from None
        if not found:
            raise BackupRefused(f"{file} holds no public key.")
        return cls(theirs=tuple(found))

    @classmethod
    def of_owner(cls, file: Path) -> Lock:
        """Return what opens keys locked for the owner of the secret key in `file` (age or unencrypted OpenSSH)."""
        from pyrage import IdentityError, ssh, x25519

        text = file.read_text("utf-8")
        try:
            if "OPENSSH PRIVATE KEY" in text:
                return cls(theirs=(ssh.Identity.from_buffer(text.encode()),))
            return cls(theirs=tuple(x25519.Identity.from_str(line) for line in _lines(file)))
        except IdentityError:
            raise BackupRefused(f"{file} holds no secret key of age or SSH that opens without a passphrase.") from None


def _lines(file: Path) -> list[str]:
    lines = (line.strip() for line in file.read_text("utf-8").splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def locked(keys: Mapping[str, bytes], lock: Lock) -> bytes:
    """Return the keys, by name, as only the lock's owner can read them."""
    import pyrage

    text = json.dumps({name: base64.b64encode(key).decode() for name, key in keys.items()}).encode()
    return pyrage.passphrase.encrypt(text, lock.passphrase) if lock.passphrase else pyrage.encrypt(text, lock.theirs)


def opened(content: bytes, lock: Lock) -> dict[str, bytes]:
    """Return the keys by name. Raises BackupRefused where the lock does not open them."""
    import pyrage

    try:
        text = (
            pyrage.passphrase.decrypt(content, lock.passphrase)
            if lock.passphrase
            else pyrage.decrypt(content, lock.theirs)
        )
        return {name: base64.b64decode(key) for name, key in json.loads(text).items()}
    except pyrage.DecryptError:
        raise BackupRefused(
            "The keys do not open: another passphrase or key locked them, or they are damaged."
        ) from None


def new_identity() -> tuple[str, str]:
    """Return a new pair for the operator: the file of the secret key, and the line of the public one."""
    from pyrage import x25519

    secret = x25519.Identity.generate()
    public = str(secret.to_public())
    return f"# public key: {public}\n{secret}\n", f"{public}\n"
