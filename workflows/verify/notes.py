"""Signed notes: a text and lines of signatures, as C2SP defines them (signed-note, tlog-checkpoint, tlog-cosignature).

A log's checkpoint is such a note: origin, size, root. The log signs it; a witness cosigns it with the time at which it
saw that the log had only grown. Source: clause 3.1.4.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # loaded where it is used: the web passes notes on without checking or signing any
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

LOG_KEY, WITNESS_KEY = 0x01, 0x04
SIGNED, SECRET = "— ", "PRIVATE+KEY+"
NAME = re.compile(r"[^\s+]{1,200}")
SIZE = re.compile(r"0|[1-9][0-9]{0,15}", re.ASCII)


class BadNote(ValueError):
    """The text is no signed note, no checkpoint or no key; the message says why."""


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeError, binascii.Error):
        raise BadNote("is not base64") from None


def encoded(data: bytes) -> str:
    """Return bytes in base64, as notes write them."""
    return base64.b64encode(data).decode("ascii")


# --- keys ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Key:
    """A public key with the name of who signs: a log (0x01) or a witness (0x04)."""

    name: str
    kind: int
    public: bytes

    @property
    def id(self) -> bytes:
        """Four bytes that tell keys of one name apart."""
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]

    def __str__(self) -> str:
        """Return the key as people pass it on: name, id and key in one word."""
        return f"{self.name}+{self.id.hex()}+{encoded(bytes([self.kind]) + self.public)}"

    @classmethod
    def read(cls, text: str) -> Key:
        """Return the key in `text`, or raise BadNote."""
        name, _, rest = text.strip().partition("+")
        key_id, _, data = rest.partition("+")
        raw = _decoded(data)
        if not NAME.fullmatch(name) or len(raw) != 33 or raw[0] not in (LOG_KEY, WITNESS_KEY):
            raise BadNote("is no public key of a log or a witness")
        key = cls(name, raw[0], raw[1:])
        if key.id.hex() != key_id:
            raise BadNote("the key does not fit its id")
        return key

    def signs(self, note: Note) -> bool:
        """Return whether one of the note's signatures is this key's and good."""
        return self.line_in(note) is not None

    def line_in(self, note: Note) -> str | None:
        """Return the line by which this key signs the note; None where there is none, or none that is good."""
        mine = (each for each in note.signatures if each.of(self))
        return next((str(each) for each in mine if self._good(note.body, each.data)), None)

    def _good(self, body: str, data: bytes) -> bool:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        seconds, signature = (None, data) if self.kind == LOG_KEY else (int.from_bytes(data[:8], "big"), data[8:])
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, _signed(body, seconds))
        except InvalidSignature:
            return False
        return True


def _signed(body: str, seconds: int | None) -> bytes:
    """Return the bytes that a log signs, or a witness at an instant (Unix seconds)."""
    head = "" if seconds is None else f"cosignature/v1\ntime {seconds}\n"
    return (head + body).encode()


@dataclass(frozen=True, slots=True)
class Signer:
    """A secret key."""

    name: str
    kind: int
    secret: bytes

    @classmethod
    def new(cls, name: str, kind: int) -> Signer:
        """Return a new key. Raises: BadNote for a name that no note can carry."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        if not NAME.fullmatch(name):
            raise BadNote("a name has neither spaces nor plus signs")
        return cls(name, kind, Ed25519PrivateKey.generate().private_bytes_raw())

    @classmethod
    def read(cls, text: str) -> Signer:
        """Return the key that `str` wrote, or raise BadNote."""
        name, _, data = text.strip().removeprefix(SECRET).partition("+")
        raw = _decoded(data)
        if not text.startswith(SECRET) or len(raw) != 33 or raw[0] not in (LOG_KEY, WITNESS_KEY):
            raise BadNote("is no secret key of a log or a witness")
        return cls(name, raw[0], raw[1:])

    def __str__(self) -> str:
        return f"{SECRET}{self.name}+{encoded(bytes([self.kind]) + self.secret)}"

    def __repr__(self) -> str:
        return f"Signer({self.name})"

    @property
    def key(self) -> Key:
        """The public half."""
        return Key(self.name, self.kind, self._private.public_key().public_bytes_raw())

    @property
    def _private(self) -> Ed25519PrivateKey:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return Ed25519PrivateKey.from_private_bytes(self.secret)

    def line(self, body: str, *, seconds: int | None = None) -> str:
        """Return the line that signs `body`; a witness also says when (Unix seconds)."""
        signature = self._private.sign(_signed(body, seconds))
        stamp = b"" if seconds is None else seconds.to_bytes(8, "big")
        return f"{SIGNED}{self.name} {encoded(self.key.id + stamp + signature)}\n"


# --- notes ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Signature:
    """One line below a note: whose it says it is, the key's id, and the rest."""

    name: str
    key_id: bytes
    data: bytes

    def __str__(self) -> str:
        return f"{SIGNED}{self.name} {encoded(self.key_id + self.data)}\n"

    def of(self, key: Key) -> bool:
        return (self.name, self.key_id) == (key.name, key.id)

    @property
    def seconds(self) -> int:
        """When a witness saw it, in Unix seconds; meaningless for a log's own signature."""
        return int.from_bytes(self.data[:8], "big")


@dataclass(frozen=True, slots=True)
class Note:
    """A text that ends with a line break, and its signatures."""

    body: str
    signatures: tuple[Signature, ...]

    @classmethod
    def read(cls, text: str) -> Note:
        """Return the note in `text`, its signatures unchecked, or raise BadNote."""
        body, gap, lines = text.rpartition("\n\n")
        if not gap or not lines.endswith("\n"):
            raise BadNote("is not a signed note")
        return cls(body + "\n", tuple(_signatures(lines.splitlines())))


def _signatures(lines: Iterable[str]) -> Iterator[Signature]:
    for line in lines:
        name, _, data = line.removeprefix(SIGNED).partition(" ")
        raw = _decoded(data)
        if not line.startswith(SIGNED) or not NAME.fullmatch(name) or len(raw) < 5:
            raise BadNote("has a line that signs nothing")
        yield Signature(name, raw[:4], raw[4:])


# --- checkpoints ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log says of itself: whose it is, how many entries it has, the root over them, and when it said so."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    @property
    def body(self) -> str:
        """The text that is signed."""
        return "\n".join([self.origin, str(self.size), encoded(self.root), *self.extensions]) + "\n"

    @classmethod
    def read(cls, body: str) -> Checkpoint:
        """Return the checkpoint in a note's body, or raise BadNote."""
        lines = body.removesuffix("\n").split("\n")
        if len(lines) < 3 or not all(lines) or not SIZE.fullmatch(lines[1]):
            raise BadNote("is not a checkpoint")
        root = _decoded(lines[2])
        if len(root) != 32:
            raise BadNote("its root is not a SHA-256")
        return cls(lines[0], int(lines[1]), root, tuple(lines[3:]))


def opened(text: str, key: Key) -> Checkpoint:
    """Return the checkpoint in a note that `key` signed under its own name. Raises: BadNote."""
    note = Note.read(text)
    checkpoint = Checkpoint.read(note.body)
    if checkpoint.origin != key.name:
        raise BadNote("is another log's checkpoint")
    if not key.signs(note):
        raise BadNote("its signature is not good")
    return checkpoint
