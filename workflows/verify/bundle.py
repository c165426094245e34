"""What is handed in to be checked: a ZIP file or an unpacked folder, with an outcome or a whole log in it."""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from workflows.verify.commitments import Opening, commitment_of, values_of
from workflows.verify.log import Log
from workflows.verify.merkle import HASH_SIZE, includes, leaf_hash
from workflows.verify.notes import Checkpoint

MOST_BYTES = 2**31
OUTCOME, LOG = "bundle.json", "log.json"


class Unreadable(Exception):
    """What was handed in cannot even be read; the message names the part."""


def read(path: Path) -> dict[str, bytes]:
    """Return the parts by name. Raises: Unreadable naming the part that was damaged."""
    if path.is_dir():
        return {each.name: each.read_bytes() for each in sorted(path.iterdir()) if each.is_file()}
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(each.file_size for each in archive.infolist()) > MOST_BYTES:
                raise Unreadable(f"{path.name} is too large")
            return {name: _part(archive, name) for name in archive.namelist()}
    except (zipfile.BadZipFile, OSError) as error:
        raise Unreadable(f"{path.name} cannot be read: {error}") from None


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    try:
        return archive.read(name)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise Unreadable(f"{name} was altered: {error}") from None


def parsed(parts: Mapping[str, bytes], name: str) -> dict[str, Any]:
    """Return the JSON object in a part. Raises: Unreadable."""
    try:
        content = json.loads(parts[name])
    except KeyError:
        raise Unreadable(f"{name} is missing") from None
    except (ValueError, RecursionError):
        raise Unreadable(f"{name} is not JSON") from None
    if not isinstance(content, dict):
        raise Unreadable(f"{name} is not a JSON object")
    return content


def log_in(parts: Mapping[str, bytes]) -> tuple[Log, str]:
    """Return the copy of a whole log, and the key that it names. Raises: Unreadable."""
    head = parsed(parts, LOG)
    try:
        raw = parts["entries.bin"]
        entries = [raw[at : at + HASH_SIZE] for at in range(0, len(raw), HASH_SIZE)]
        return Log(entries, parts["leaves.bin"], [str(each) for each in head["notes"]]), str(head["key"])
    except KeyError as error:
        raise Unreadable(f"{error.args[0]} is missing") from None


@dataclass(frozen=True)
class Record:
    """One record of a bundle: what is opened of it, and its place in the log."""

    kind: str
    index: int
    opening: Opening
    proof: tuple[bytes, ...]

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> Record:
        """Return the record. Raises: KeyError, ValueError, TypeError, AttributeError where it is none."""
        proof = tuple(bytes.fromhex(each) for each in given["proof"])
        return cls(str(given["kind"]), int(given["index"]), dict(given["opening"]), proof)

    @property
    def name(self) -> str:
        return f"{self.kind} (entry {self.index})"

    @cached_property
    def values(self) -> dict[str, Any]:
        """What is opened of it."""
        return values_of(self.opening)

    def stands_in(self, log: Checkpoint) -> bool:
        """Return whether the log holds exactly this record at its place."""
        try:
            leaf = leaf_hash(commitment_of(self.opening))
            same_kind = self.values.get("record") == self.kind
        except (ValueError, TypeError, AttributeError):
            return False
        return same_kind and includes(leaf, self.index, log.size, self.proof, log.root)
