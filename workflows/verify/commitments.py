"""Salted commitments: what the log keeps of a record, so that it can be proved later and tells nothing before.

A record is a row of named values. Each value is committed to with a salt of its own, made from the record's one salt;
the record's commitment is the hash over these. So single values can be opened and the others stay closed, and when
the record's salt is destroyed nothing of it can ever be guessed from the log. Source: clause 3.1.4.
"""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Collection, Mapping
from hashlib import sha256
from typing import Any

SALT_SIZE = 16
Opening = dict[str, dict[str, str]]
"""By name: `salt` (hex) and `text` of a value that is opened, or only its `hash` (hex) where it stays closed."""


def canonical(value: Any) -> str:
    """Return the one JSON text of a value. Only texts are ever hashed, so nothing is written anew to check it."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def new_salt() -> bytes:
    """Return a salt of 128 bits."""
    return secrets.token_bytes(SALT_SIZE)


def _salt_of(salt: bytes, name: str) -> bytes:
    return hmac.digest(salt, name.encode(), "sha256")[:SALT_SIZE]


def _hash(salt: bytes, text: str) -> str:
    return sha256(salt + text.encode()).hexdigest()


def _together(hashes: Mapping[str, str]) -> bytes:
    return sha256(canonical(hashes).encode()).digest()


def commit(salt: bytes, values: Mapping[str, Any]) -> bytes:
    """Return the commitment to a record: 32 bytes, which are the leaf of the log."""
    return _together({name: _hash(_salt_of(salt, name), canonical(value)) for name, value in values.items()})


def open_some(salt: bytes, values: Mapping[str, Any], names: Collection[str]) -> Opening:
    """Return what shows the values called `names` to anyone, and keeps the others closed."""
    opening: Opening = {}
    for name, value in values.items():
        own, text = _salt_of(salt, name), canonical(value)
        opening[name] = {"salt": own.hex(), "text": text} if name in names else {"hash": _hash(own, text)}
    return opening


def commitment_of(opening: Opening) -> bytes:
    """Return the commitment that an opening leads to. Raises: ValueError where it is no opening."""
    hashes = {}
    for name, part in opening.items():
        if part.keys() == {"salt", "text"}:
            hashes[name] = _hash(bytes.fromhex(part["salt"]), part["text"])
        elif part.keys() == {"hash"}:
            hashes[name] = part["hash"]
        else:
            raise ValueError(f"'{name}' is neither opened nor closed")
    return _together(hashes)


def values_of(opening: Opening) -> dict[str, Any]:
    """Return the values that are opened, by name. Raises: ValueError where a text is no JSON."""
    return {name: json.loads(part["text"]) for name, part in opening.items() if "text" in part}
