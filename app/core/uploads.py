"""A file that somebody sent, as it was taken in: its cleaned name, what it is by its content, where it is kept."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Upload:
    """A file in the store. `size` in bytes; `shared_sha256` is the copy of a picture without place and camera."""

    filename: str
    media_type: str
    size: int
    sha256: str
    shared_sha256: str | None = None
    note: str = ""
