"""A witness of the log: `python -m workflows.verify.witness URL --folder FOLDER [--log-key KEY] [--every SECONDS]`.

It fetches the log's checkpoint and the proof that the log only grew since the one that it signed last, signs the new
one too, and hands it in. It has a key and a memory of its own (FOLDER) and needs nothing of the log's operator but the
public address. A log that shrank, or shows two faces, gets no signature any more: both notes are kept as evidence, and
the program says so. Its public key stands in FOLDER/witness.pub: the operator adds it to `ledger/witnesses.txt`.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from workflows.verify.merkle import extends
from workflows.verify.notes import WITNESS_KEY, BadNote, Checkpoint, Key, Note, Signer, opened

CHECKPOINT, PROOF, HAND_IN = "/ledger/checkpoint", "/ledger/proof", "/ledger/cosignatures"
TIMEOUT_S = 20
Call = Callable[[str, "dict[str, str] | None"], "tuple[str, str]"]
"""Asks the log by a path of its API, with a JSON body or none; returns the answer and the log's key beside it."""


class Refused(Exception):
    """The log is not the one that was signed last: it was cut, or shows another face. A person has to look."""


@dataclass(frozen=True)
class Folder:
    """What a witness keeps: its key, the log's key as first seen, the note that it signed last."""

    path: Path

    def signer(self, name: str) -> Signer:
        """Return the witness's key, made at first with mode 0600."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        place = self.path / "witness.key"
        try:
            return Signer.read(place.read_text("utf-8"))
        except FileNotFoundError:
            signer = Signer.new(name, WITNESS_KEY)
        with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(f"{signer}\n")
        self.keep("witness.pub", f"{signer.key}\n")
        return signer

    def read(self, name: str) -> str | None:
        """Return what was kept, or None."""
        try:
            return (self.path / name).read_text("utf-8")
        except FileNotFoundError:
            return None

    def keep(self, name: str, text: str) -> None:
        """Keep a text; durable on return, and never half of it."""
        temporary = self.path / f"{name}.new"
        with temporary.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self.path / name)


def turn(call: Call, folder: Folder, signer: Signer, *, seconds: int) -> str:
    """Look at the log once, sign its checkpoint if it only grew, hand it in; returns what was done, in words.

    What is signed is remembered before it is handed in, so that no two faces are ever signed. `seconds` is the time in
    Unix seconds. Raises: Refused; BadNote and OSError for an answer that is none.
    """
    last = folder.read("last.note")
    text, named = _offered(call, signer.key) or call(CHECKPOINT, None)
    trusted = folder.read("log.pub") or named
    key = Key.read(trusted)
    seen = opened(text, key)
    if last is None:
        folder.keep("log.pub", f"{trusted.strip()}\n")
    else:
        _compare(call, folder, opened(last, key), seen, text)
    signed = text + signer.line(Note.read(text).body, seconds=seconds)
    folder.keep("last.note", text)
    call(HAND_IN, {"note": signed})
    return f"signed {seen.size} entries of {seen.origin}"


def _offered(call: Call, mine: Key) -> tuple[str, str] | None:
    """Return the note that other witnesses signed and we did not: the more sign the same one, the more it proves."""
    try:
        text, named = call(f"{CHECKPOINT}?witnesses=1", None)
    except OSError:  # nobody signed yet
        return None
    return None if mine.signs(Note.read(text)) else (text, named)


def _compare(call: Call, folder: Folder, last: Checkpoint, seen: Checkpoint, text: str) -> None:
    """Raise Refused unless the log only grew."""
    if seen.size < last.size:
        what = f"{last.size} entries were signed, now it has {seen.size}: it was cut"
    elif seen.size == last.size:
        what = "" if seen.root == last.root else f"two faces of {seen.size} entries"
    else:
        said = json.loads(call(f"{PROOF}?old={last.size}&size={seen.size}", None)[0])
        proof = [bytes.fromhex(each) for each in said["proof"]]
        grew = extends(last.size, last.root, seen.size, seen.root, proof)
        what = "" if grew else f"its {seen.size} entries do not begin with the {last.size} that were signed"
    if what:
        folder.keep("refused.note", text)
        raise Refused(f"{seen.origin}: {what}")


def over_http(url: str) -> Call:
    """Return how a log is asked over the network; nothing but http and https."""
    if urlsplit(url).scheme not in ("http", "https"):
        raise ValueError(f"{url} is no web address")

    def call(path: str, body: dict[str, str] | None) -> tuple[str, str]:
        data = json.dumps(body).encode() if body is not None else None
        asked = urllib.request.Request(  # noqa: S310 -- the scheme was looked at above
            f"{url.rstrip('/')}/api/v1{path}", data=data, headers={"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(asked, timeout=TIMEOUT_S) as answer:  # noqa: S310 # nosec B310
            return answer.read(1_000_000).decode(), answer.headers.get("X-Log-Key", "")

    return call


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m workflows.verify.witness", description=__doc__)
    parser.add_argument("url", help="the log's public address")
    parser.add_argument("--folder", type=Path, required=True, help="where the key and the memory lie")
    parser.add_argument("--name", help="under which name to sign; by default of the folder")
    parser.add_argument("--log-key", help="the log's key as you know it from elsewhere; else the first seen is kept")
    parser.add_argument("--every", type=float, help="go on for ever, with a pause of so many seconds")
    asked = parser.parse_args()
    folder = Folder(asked.folder)
    signer = folder.signer(asked.name or asked.folder.resolve().name)
    if asked.log_key:
        folder.keep("log.pub", f"{asked.log_key}\n")
    while True:
        status = _once(over_http(asked.url), folder, signer)
        if asked.every is None:
            return status
        time.sleep(asked.every)


def _once(call: Call, folder: Folder, signer: Signer) -> int:
    try:
        sys.stdout.write(turn(call, folder, signer, seconds=int(time.time())) + "\n")
    except Refused as reason:
        sys.stderr.write(f"REFUSED, NOTHING IS SIGNED: {reason}\n")
        return 1
    except (BadNote, OSError, ValueError, LookupError) as reason:
        sys.stderr.write(f"nothing signed this time: {reason}\n")
        return 2
    finally:
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
