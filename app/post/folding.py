"""What is new in a message, told apart from what it quotes and from signatures. Nothing is ever thrown away.

The marks of mail programs are data: `folding.toml`. Only the standard library, because it runs in the child process.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

_LONGEST = 400  # characters of a line that are looked at


@dataclass(frozen=True, slots=True)
class Folded:
    """The new text, the older messages below it, and the signature."""

    body: str
    quoted: str = ""
    signature: str = ""


def _any(patterns: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


_MARKS = tomllib.loads(Path(__file__).with_name("folding.toml").read_text("utf-8"))
_ATTRIBUTION, _SEPARATOR = _any(_MARKS["attributions"]), _any(_MARKS["separators"])
_FIRST, _OTHERS = _any([_MARKS["head"]["first"]]), _any([_MARKS["head"]["others"]])
_BELOW, _SIGNED = _any(_MARKS["signatures"]["below"]), _any(_MARKS["signatures"]["lines"])
_LONGEST_SIGNATURE = 12  # lines below a rule


def fold(text: str) -> Folded:
    """Return the text folded. One that answers between the lines it quotes, or only quotes, is left whole."""
    lines = text.split("\n")
    cut = _cut(lines)
    new, quoted = (lines, []) if cut is None else (lines[:cut], lines[cut:])
    end = _signature(new)
    said = _said(new[:end])
    if quoted and (_between(quoted) or not said):
        return Folded(text.strip())
    if not said:
        end = len(new)
    return Folded(_joined(new[:end]), _joined(quoted), _joined(new[end:]))


def _start(line: str) -> str:
    """Return what is looked at of a line. QQ writes the spaces of its HTML into plain text."""
    return line[:_LONGEST].replace("&nbsp;", " ").strip()


def _cut(lines: list[str]) -> int | None:
    """Return the line with which the older messages begin."""
    for n, line in enumerate(lines):
        start = _start(line)
        if not start:
            continue
        if _SEPARATOR.match(start) or _attributed(lines, n) or _heads(lines, n):
            return n
    return _tail_of_quotes(lines)


def _attributed(lines: list[str], n: int) -> bool:
    """Whether line `n`, alone or with the next, says who wrote what stands below; something must stand below."""
    line = _start(lines[n]).lstrip("> ")
    after = _start(lines[n + 1]) if n + 1 < len(lines) else ""
    one, two = _ATTRIBUTION.match(line), len(line) < 200 and _ATTRIBUTION.match(f"{line} {after}")
    below = lines[n + (1 if one else 2) :]
    return bool((one or two) and _said(below))


def _heads(lines: list[str], n: int) -> bool:
    if not _FIRST.match(_start(lines[n])):
        return False
    near = lines[n + 1 : n + 1 + _MARKS["head"]["within"]]
    return sum(bool(_OTHERS.match(_start(line))) for line in near) >= 2


def _tail_of_quotes(lines: list[str]) -> int | None:
    n = len(lines)
    while n and (not lines[n - 1].strip() or lines[n - 1].lstrip().startswith(">")):
        n -= 1
    return n if any(line.strip() for line in lines[n:]) else None


def _between(quoted: list[str]) -> bool:
    """Whether something new stands between or below lines that are marked as quoted."""
    marked = [n for n, line in enumerate(quoted) if line.lstrip().startswith(">")]
    if not marked:
        return False
    return any(line.strip() and not _marks(line) for line in quoted[marked[0] :])


def _marks(line: str) -> bool:
    start = _start(line)
    return start.startswith(">") or bool(_SIGNED.match(start) or _BELOW.match(start) or _ATTRIBUTION.match(start))


def _signature(lines: list[str]) -> int:
    """Return the line with which the signature begins; the number of lines where there is none."""
    end = len(lines)
    below = (n for n in range(max(0, end - _LONGEST_SIGNATURE), end) if _BELOW.match(_start(lines[n])))
    end = next(below, end)
    while end and (not lines[end - 1].strip() or _SIGNED.match(_start(lines[end - 1]))):
        end -= 1
    return end if any(line.strip() for line in lines[end:]) else len(lines)


def _said(lines: list[str]) -> bool:
    """Whether there is more than white space and rules."""
    return any(sign.isalnum() for line in lines for sign in line)


def _joined(lines: list[str]) -> str:
    return "\n".join(line.rstrip() for line in lines).strip()
