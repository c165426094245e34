"""What we build on, and what must not be in the repository: hashes, licences, secrets.

`python -m tests.architecture.supply licences` writes docs/licences.md anew.
"""

from __future__ import annotations

import math
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from tests.architecture.rules import ROOT

PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==(\S+?)(?:\s*;[^\\]*)?\s*\\?$", re.MULTILINE)
LICENCES = "docs/licences.md"
REFUSED = re.compile(r"\b(AGPL|Affero|SSPL|BUSL|Commons Clause|non-?commercial)\b", re.IGNORECASE)


def pinned(file: Path) -> dict[str, str]:
    """Return the packages that a requirements file pins, with their versions."""
    return dict(PINNED.findall(file.read_text("utf-8")))


def without_hash(file: Path) -> list[str]:
    """Return what is pinned without the hash of what may be installed."""
    entries = re.split(r"\n(?=[A-Za-z0-9])", file.read_text("utf-8"))
    return [entry.split()[0] for entry in entries if PINNED.match(entry) and "--hash=sha256:" not in entry]


def licence_of(name: str) -> str:
    """Return what the package says of its licence, in a few words."""
    told = metadata.metadata(name)
    named = told.get("License-Expression") or ""
    classified = [
        each.rpartition(" :: ")[2] for each in told.get_all("Classifier") or () if each.startswith("License ::")
    ]
    plain = (told.get("License") or "").strip().splitlines()
    return named or ", ".join(classified) or (plain[0][:60] if plain else "") or "see the package"


def licences() -> str:
    """Return the page that lists what the product is installed with, and under which licence."""
    rows = []
    for name, version in sorted(pinned(ROOT / "requirements.txt").items(), key=lambda row: row[0].lower()):
        try:
            rows.append(f"| {name} | {version} | {licence_of(name)} |")
        except metadata.PackageNotFoundError:  # for another system or Python
            rows.append(f"| {name} | {version} | not installed here |")
    head = (
        "# Licences\n\nWhat the running product is installed with, from `requirements.txt`. Fonts and scripts that\n"
        "lie in the repository carry their licences beside them. `make sbom` writes all of it as CycloneDX.\n\n"
        "| package | version | licence |\n|---|---|---|\n"
    )
    return head + "\n".join(rows) + "\n"


# --- secrets -------------------------------------------------------------------------------------------------------

SECRETS = re.compile(
    r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----|\bAKIA[0-9A-Z]{16}\b"
    r"|\bgh[pousr]_[A-Za-z0-9]{30,}\b|\bxox[abprs]-[\w-]{10,}"
    r"|\bglpat-[\w-]{20,}|\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.|\b[a-z+]+://[^\s/:@\"'<>{}$]+:[^\s/@\"'<>{}$]{6,}@"
)
ASSIGNED = re.compile(
    r"(?i)(?:secret|password|passwd|token|api_?key)[a-z_]*[\"']?\s*[:=]\s*[\"']([A-Za-z0-9+/=_-]{20,})[\"']"
)
LEAST_BITS = 3.6  # a character of a random text; words of a language have fewer
EXAMPLES = ("user:password@", "://heng:", "://desk:p%40ss@")
UNREAD = (".ttf", ".png", ".ico", ".pdf", ".woff2", ".min.js", ".po", "requirements.txt", "requirements-dev.txt")


def entropy(text: str) -> float:
    """Return the bits a character carries."""
    counted = Counter(text)
    return -sum(n / len(text) * math.log2(n / len(text)) for n in counted.values())


def secrets_in(text: str) -> Iterator[str]:
    """Yield what looks like a key, a password in an address, or a random text that is called a secret."""
    for found in SECRETS.finditer(text):
        if not any(example in found.group() for example in EXAMPLES):
            yield found.group()[:20]
    for found in ASSIGNED.finditer(text):
        if entropy(found.group(1)) >= LEAST_BITS and any(ch.isdigit() for ch in found.group(1)):
            yield found.group(1)[:8]


def secrets(root: Path, files: list[str]) -> list[str]:
    """Return where the repository holds what looks like a secret."""
    read = [name for name in files if not name.endswith(UNREAD) and (root / name).is_file()]
    texts = {name: (root / name).read_text("utf-8", "replace") for name in read}
    return [f"{name}: {found}…" for name, text in texts.items() for found in secrets_in(text)]


def tracked() -> list[str]:
    """Return the names of the files in the repository."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    return listed.decode().rstrip("\0").split("\0")


if __name__ == "__main__":
    if sys.argv[1:] != ["licences"]:
        raise SystemExit(__doc__)
    (ROOT / LICENCES).write_text(licences(), "utf-8")
