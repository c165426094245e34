"""The operator's certificate: where key and certificates lie, and the authority of our own that makes them at first.

A folder holds `signing.key` (0600), `signing.pem` (the operator's certificate) and `authority.pem` (who issued it). An
operator with a certificate from elsewhere names a folder of their own in SIGNING_DIR.
"""

from __future__ import annotations

import os
import secrets
import shutil
from datetime import datetime
from pathlib import Path

from app.core import site

KEY, CERTIFICATE, AUTHORITY = "signing.key", "signing.pem", "authority.pem"


def folder() -> Path:
    """Return where the operator's key and certificates lie."""
    return site.settings().signing_dir


def published() -> Path:
    """Return the file of the issuing authority, which anyone may have to check a signature."""
    return folder() / AUTHORITY


def ready(at: datetime) -> Path:
    """Return the folder, with keys and certificates of a demo authority made there if there is none.

    Two processes may try at once: the folder appears whole, and the second takes what the first made.
    """
    made = folder()
    if not made.exists():
        from app.notices.certifying import certified

        new = made.with_name(f".{made.name}-{secrets.token_hex(4)}")
        new.mkdir(mode=0o700, parents=True)
        pem = certified(at)
        _write(new / AUTHORITY, pem.authority, 0o644)
        _write(new / CERTIFICATE, pem.certificate, 0o644)
        _write(new / KEY, pem.key, 0o600)
        try:
            new.rename(made)
        except OSError:  # another process was quicker
            shutil.rmtree(new)
    return made


def _write(path: Path, content: bytes, mode: int) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
