"""The demo's witness: another program with a key and a memory of its own, on the same machine to show how it works.

Who wants a witness that proves something has it run by somebody else (docs/operations.md).
"""

from __future__ import annotations

import sys
from pathlib import Path

from workflows.jobs.processes import Program
from workflows.verify.witness import Folder

NAME, EVERY_S = "demo-witness", "10"


def folder(data_dir: Path) -> Path:
    """Return where its key and its memory lie."""
    return data_dir / "witness"


def admit(data_dir: Path) -> None:
    """Make its key and let the log take its signatures, unless the operator named witnesses already."""
    trusted = data_dir / "ledger" / "witnesses.txt"
    if not trusted.exists():
        trusted.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        trusted.write_text(f"{Folder(folder(data_dir)).signer(NAME).key}\n", encoding="utf-8")


def program(data_dir: Path, url: str) -> Program:
    """Return how it is run."""
    module = (sys.executable, "-m", "workflows.verify.witness", url)
    return Program("witness", (*module, "--folder", str(folder(data_dir)), "--name", NAME, "--every", EVERY_S))
