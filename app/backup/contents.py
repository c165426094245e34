"""What a backup is made of: a manifest that names every part by its SHA-256, and where each part lies in the system.

manifest.json      what is there, from when, and the last signed checkpoint of the log
manifest.note      the log's signature under it
database.sqlite    the whole database, whichever it came from
files/…            the store: evidence, mails, notices
data/…             what else is public or worthless alone: the log's key, what triage was taught, the rulebook
keys.age           all keys, for the operator's passphrase or public key only
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from msgspec import Struct
from msgspec.structs import asdict, replace

from app.core import site
from app.core.shelves import place
from app.core.storage import store
from app.ledger import keys as log_keys
from workflows.verify.notes import BadNote, Key, Note, Signer

FORMAT = "heng-backup/1"
MANIFEST, SIGNED, DATABASE, KEYS, FILES, DATA = (
    "manifest.json", "manifest.note", "database.sqlite", "keys.age", "files", "data",
)  # fmt: skip
PATH = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")


class BackupRefused(Exception):
    """Why a backup cannot be made, read or restored, in words for the person at the terminal."""


class Part(Struct, frozen=True):
    """One file of a backup: its SHA-256 in hex and its size in bytes."""

    sha256: str
    size: int


class Manifest(Struct, frozen=True):
    """What a backup says of itself. `missing` are hashes that the database names and the store did not have then."""

    made_at: str
    database: str
    revision: str | None
    log_key: str | None
    checkpoint: str | None
    parts: Mapping[str, Part]
    missing: tuple[str, ...] = ()
    format: str = FORMAT

    @property
    def made(self) -> datetime:
        return datetime.fromisoformat(self.made_at)

    @property
    def size(self) -> int:
        """Bytes of everything in it."""
        return sum(part.size for part in self.parts.values())

    def text(self) -> str:
        """Return the manifest as its file holds it."""
        return json.dumps(asdict(replace(self, parts={})) | {"parts": {
            name: asdict(part) for name, part in sorted(self.parts.items())
        }}, indent=1, ensure_ascii=False) + "\n"  # fmt: skip

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """Return the manifest in a backup's folder. Raises BackupRefused where there is none that can be read."""
        try:
            told = json.loads((folder / MANIFEST).read_text("utf-8"))
            parts = {name: Part(**part) for name, part in told.pop("parts").items()}
            found = cls(**told | {"parts": parts, "missing": tuple(told["missing"])})
            sound = all(PATH.fullmatch(name) for name in parts) and DATABASE in parts and found.made.tzinfo
        except FileNotFoundError:
            raise BackupRefused(f"There is no backup in {folder}: it holds no {MANIFEST}.") from None
        except (ValueError, TypeError, KeyError, AttributeError):
            sound = False
        if not sound or found.format != FORMAT:
            raise BackupRefused(f"{folder / MANIFEST} is damaged, or was written by a newer release.")
        return found


def signature(text: str, signer: Signer) -> str:
    """Return the note by which the log's key vouches for a manifest."""
    body = _vouched(text)
    return f"{body}\n{signer.line(body)}"


def is_signed(folder: Path, key: Key) -> bool:
    """Return whether the log's key vouches for the manifest in the folder."""
    try:
        note = Note.read((folder / SIGNED).read_text("utf-8"))
        return note.body == _vouched((folder / MANIFEST).read_text("utf-8")) and key.signs(note)
    except (FileNotFoundError, BadNote, UnicodeError):
        return False


def _vouched(text: str) -> str:
    return f"{FORMAT}\n{sha256(text.encode()).hexdigest()}\n"  # no checkpoint: its second line is no number


# --- where the parts lie in the system -----------------------------------------------------------------------------


REGISTER = "erased.register"


def secrets() -> dict[str, Path]:
    """Return the files that open or sign something, by their names in the sealed part."""
    settings = site.settings()
    found = {
        "secret.key": settings.secret_key_file,
        "people.key": settings.people_key_file,
        "notary.key": settings.ledger_key_file,
        "demo-accounts.json": settings.data_dir / "demo-accounts.json",
    }
    folder = settings.signing_dir
    return found | {f"notices/{path.name}": path for path in sorted(folder.glob("*")) if path.is_file()}


def place_of_secret(name: str) -> Path:
    """Return where a key of this name belongs. Raises BackupRefused for no name of ours."""
    folder, _, file = name.rpartition("/")
    if folder == "notices" and PATH.fullmatch(file):
        return site.settings().signing_dir / file
    known = secrets()
    if name not in known:
        raise BackupRefused(f"The keys hold one of an unknown name, {name!r}: they are from a newer release.")
    return known[name]


def plain() -> dict[str, Path]:
    """Return the files beside database, store and keys, by their names under `data/`."""
    found = {"notary.pub": log_keys.folder() / "notary.pub", REGISTER: site.settings().erasure_register}
    beside = (path for name in ("triage", "rulebook") for path in sorted((site.settings().data_dir / name).glob("*")))
    return found | {f"{path.parent.name}/{path.name}": path for path in beside if PATH.fullmatch(path.name)}


def place_of_plain(name: str) -> Path:
    """Return where a file under `data/` belongs: the register of who was erased beside our own, which may be newer."""
    if name == REGISTER:
        return restored_register()
    return log_keys.folder() / name if name == "notary.pub" else site.settings().data_dir / name


def restored_register() -> Path:
    """Return where a restore leaves the backup's register, until its entries are taken over."""
    return site.settings().data_dir / "erased.restored"


def stored() -> Iterator[tuple[str, int]]:
    """Yield every file of the store by its name under `files/`, and its size in bytes."""
    yield from ((place(name), size) for name, size in sorted(store().shelf.entries()))
