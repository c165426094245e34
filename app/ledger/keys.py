"""The log's keys: the notary alone reads the secret one, everybody else knows the public one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from app.core import site

if TYPE_CHECKING:  # whoever serves the log needs neither
    from workflows.verify.notes import Key, Signer


def folder() -> Path:
    """Return where the log's public key lies, and what the notary remembers."""
    return site.settings().data_dir / "ledger"


def public() -> str | None:
    """Return the log's public key as people pass it on; None before the notary's first start."""
    try:
        return (folder() / "notary.pub").read_text("utf-8").strip()
    except FileNotFoundError:
        return None


def witnesses() -> list[Key]:
    """Return the keys of the witnesses that the operator trusts: one a line in `ledger/witnesses.txt`."""
    from workflows.verify.notes import Key

    try:
        lines = (folder() / "witnesses.txt").read_text("utf-8").splitlines()
    except FileNotFoundError:
        return []
    return [Key.read(line) for line in lines if line.strip() and not line.startswith("#")]


def for_signing() -> Signer:
    """Return the secret key, made at first start with mode 0600. For the notary's process only."""
    from workflows.verify.notes import LOG_KEY, Signer

    place = site.settings().ledger_key_file
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        signer = Signer.read(place.read_text("utf-8"))
    except FileNotFoundError:
        signer = Signer.new(f"{urlsplit(site.settings().base_url).netloc}/ledger", LOG_KEY)
        write(place, f"{signer}\n", mode=0o600, new=True)
    write(folder() / "notary.pub", f"{signer.key}\n")
    return signer


def write(place: Path, text: str, *, mode: int = 0o644, new: bool = False) -> None:
    """Write a small file so that a reader finds the old one or the whole new one; durable on return."""
    temporary = place if new else place.with_suffix(".new")
    flags = os.O_WRONLY | os.O_CREAT | (os.O_EXCL if new else os.O_TRUNC)
    with os.fdopen(os.open(temporary, flags, mode), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    if not new:
        temporary.replace(place)
