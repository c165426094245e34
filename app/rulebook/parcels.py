"""The files of a rulebook as they come in and go out: TOML one by one, or packed as a zip.

Nothing of what comes in is ever written to a path: a file is known by its last name, and read into memory within
limits that hold whatever a zip says of itself.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import IO

from workflows.regulation.errors import THE_FILE, Quoted, RulebookError, Words

MOST_FILES = 100
MOST_BYTES = 1024**2  # of one file as text, and of a zip as it is sent
MOST_IN_A_ZIP = 4 * 1024**2
LONGEST_LINE = 5_000  # reading TOML takes the square of a line's length
NAME = re.compile(r"[a-z0-9_]{1,60}\.toml")
BESIDE = re.compile(r"(^|/)(__MACOSX/.*|\.DS_Store|README\.md)$|/$")
"""What programs and we ourselves put beside the files."""
NEVER = (1980, 1, 1, 0, 0, 0)  # the same content gives the same bytes
ENCRYPTED = 0x1
PARCEL, ITS_FILES, ZIP = Words("the parcel"), Words("its files"), Words("the zip")


def opened(sent: Iterable[tuple[str, IO[bytes]]]) -> dict[str, str]:
    """Return the TOML files that were sent, by their names in a rulebook. Raises: RulebookError."""
    found: dict[str, str] = {}
    for sent_as, stream in sent:
        content = _within(stream, sent_as, MOST_BYTES)
        packed = content.startswith(b"PK")
        for name, data in _unpacked(content, sent_as) if packed else [(_name(sent_as), content)]:
            if name in found:
                raise RulebookError(name, THE_FILE, "came twice")
            found[name] = _text(name, data)
            if len(found) > MOST_FILES:
                raise RulebookError(sent_as, PARCEL, "holds more than %(most)s files", most=MOST_FILES)
    if not found:
        raise RulebookError(PARCEL, ITS_FILES, "none is a TOML file of the rulebook")
    return found


def of_folder(path: Path) -> dict[str, str]:
    """Return the TOML files in a folder, or in one zip or TOML file. Raises: RulebookError."""
    files = sorted(path.glob("**/*.toml")) if path.is_dir() else [path]
    return opened((file.relative_to(path.parent).as_posix(), BytesIO(file.read_bytes())) for file in files)


def packed(files: Mapping[str, str], readme: str) -> bytes:
    """Return the files as a zip, with what tells how to change them."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in sorted({**files, "README.md": readme}.items()):
            archive.writestr(zipfile.ZipInfo(name, NEVER), text.encode(), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _unpacked(content: bytes, sent_as: str) -> Iterator[tuple[str, bytes]]:
    left = MOST_IN_A_ZIP
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            for entry in archive.infolist():
                if BESIDE.search(entry.filename):
                    continue
                name = _name(entry.filename)
                if entry.flag_bits & ENCRYPTED:
                    raise RulebookError(name, THE_FILE, "is locked by a password")
                with archive.open(entry) as stream:
                    data = _within(stream, name, min(MOST_BYTES, left))
                left -= len(data)
                yield name, data
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError, zlib.error) as broken:
        raise RulebookError(sent_as, ZIP, "cannot be read: %(error)s", error=Quoted(broken)) from broken


def _name(path: str) -> str:
    """Return by which name a file stands in a rulebook: whatever folders it came in, but for that of the clauses."""
    *folders, last = path.split("/")
    if not NAME.fullmatch(last) or ".." in folders or "\\" in path or path.startswith("/"):
        raise RulebookError(path[:200], THE_FILE, "has not the name of a file of the rulebook, like figures.toml")
    return f"clauses/{last}" if folders[-1:] == ["clauses"] else last


def _within(stream: IO[bytes], name: str, most: int) -> bytes:
    data = stream.read(most + 1)
    if len(data) > most:
        kb = MOST_BYTES // 1024
        raise RulebookError(name[:200], THE_FILE, "is larger than %(kb)s kB, or all are too large", kb=kb)
    return data


def _text(name: str, data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as mistake:
        raise RulebookError(
            name, THE_FILE, "is not written in UTF-8: %(error)s", error=Quoted(mistake.reason)
        ) from mistake
    if any(len(line) > LONGEST_LINE for line in text.split("\n")):
        raise RulebookError(name, THE_FILE, "has a line of more than %(most)s signs", most=LONGEST_LINE)
    return text
