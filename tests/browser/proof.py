"""`python -m tests.browser.proof [FOLDER]`: what a journey kept is checked offline, then again with one byte changed.

Each package of a published outcome, and each notice, has to hold as it is, and to fail with a byte changed in a file, a
vote, a clock or the draw. The program that checks is `workflows.verify`, in a process that has no network.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.architecture.rules import ROOT
from workflows.verify.bundle import OUTCOME, read

OFFLINE = (
    "import runpy, socket; socket.socket.connect = socket.getaddrinfo = None\n"
    "runpy.run_module('workflows.verify', run_name='__main__')"
)
# What is changed of a record: its kind, the value, and the letters before the byte.
PLACES = {
    "vote": ("vote", "choice", '"'),
    "clock": ("publication", "account", '"due_at":"'),
    "draw": ("draw", "candidates", '"id":'),
}


def altered(parts: Mapping[str, bytes]) -> Iterator[tuple[str, dict[str, bytes]]]:
    """Yield a package with one byte changed, by what was changed; a settlement has neither votes nor a draw."""
    for name, content in parts.items():
        if name.endswith(".pdf"):
            yield name, {**parts, name: flipped(content, len(content) // 2)}
    records = json.loads(parts[OUTCOME])["records"]
    for what, (kind, value, before) in PLACES.items():
        texts = [each["opening"][value]["text"] for each in records if each["kind"] == kind]
        if texts:
            written = json.dumps(texts[0], ensure_ascii=False).encode()
            mark = json.dumps(before)[1:-1].encode()
            at = parts[OUTCOME].index(written) + written.index(mark, 1) + len(mark)
            yield what, {**parts, OUTCOME: flipped(parts[OUTCOME], at)}


def flipped(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


def verdict(path: Path) -> tuple[bool, str]:
    """Return whether the program is content with a file or folder, and the line in which it says why not."""
    done = subprocess.run(
        [sys.executable, "-c", OFFLINE, str(path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    failed = [line for line in done.stdout.splitlines() if line.startswith("FAIL")]
    return done.returncode == 0, (failed or [done.stdout or done.stderr])[0].strip()


def shown(package: Path) -> Iterator[tuple[bool, str]]:
    """Yield whether everything is as it has to be, line by line."""
    good, _ = verdict(package)
    yield good, f"{package.name} holds"
    for what, parts in altered(read(package)):
        with tempfile.TemporaryDirectory() as folder:
            for name, content in parts.items():
                (Path(folder) / name).write_bytes(content)
            good, why = verdict(Path(folder))
        yield not good, f"{package.name}, one byte changed in {what}: {why}"


def shown_of(notice: Path) -> Iterator[tuple[bool, str]]:
    """Yield whether a notice alone holds, and fails with one byte changed."""
    good, why = verdict(notice)
    yield good, f"{notice.name} holds" if good else why
    with tempfile.TemporaryDirectory() as folder:
        other = Path(folder) / notice.name
        other.write_bytes(flipped(notice.read_bytes(), notice.stat().st_size // 2))
        good, why = verdict(other)
    yield not good, f"{notice.name}, one byte changed: {why}"


def main() -> int:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "out/journey")
    lines = [line for package in sorted(folder.glob("*.zip")) for line in shown(package)]
    lines += [line for notice in sorted(folder.glob("*-public-*.pdf")) for line in shown_of(notice)]
    for right, line in lines:
        sys.stdout.write(f"{'ok  ' if right else 'WRONG'} {line}\n")
    return 0 if lines and all(right for right, _ in lines) else 1


if __name__ == "__main__":
    sys.exit(main())
