"""One way of writing for many: width, case, script and regional words folded, with the way back to the original."""

import re
import tomllib
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files

from msgspec import Struct

HEAD_CHARS = 4_000  # a story tells its point early or at its very end, and time must stay bounded
TAIL_CHARS = 1_000
_EMOJI = re.compile("[\U0001f000-\U0001faff\u2190-\u21ff\u2600-\u27bf]")


class Folded(Struct, frozen=True):
    """`text` to match against; `starts[i]` and `ends[i]` are where its character `i` stands in the original."""

    text: str
    starts: list[int]
    ends: list[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the original offsets of `text[start:end]`, which must not be empty."""
        return self.starts[start], self.ends[end - 1]


def fold(original: str) -> Folded:
    """Return `original` in Simplified, lower case and half width; a very long text loses its middle."""
    text, starts, ends = [], [], []
    cantonese = bool(_cantonese().search(original))
    for offset, piece in _pieces(original):
        for start, end, new in _words(piece, cantonese):
            text.append(new)
            starts.extend([offset + start] * len(new))
            ends.extend([offset + end] * len(new))
    return Folded("".join(text), starts, ends)


def _pieces(original: str) -> list[tuple[int, str]]:
    if len(original) <= HEAD_CHARS + TAIL_CHARS:
        return [(0, original)]
    tail = len(original) - TAIL_CHARS
    return [(0, original[:HEAD_CHARS]), (tail - 1, "\n"), (tail, original[tail:])]


def _words(piece: str, cantonese: bool) -> list[tuple[int, int, str]]:
    """Return (start, end, folded) for each word of the vocabulary and each character between."""
    pattern, words = _vocabulary(cantonese)
    lowered = piece.lower()
    if len(lowered) != len(piece):  # some capitals lower to two characters; offsets matter more than they do
        lowered = piece
    found: list[tuple[int, int, str]] = []
    at = 0
    for match in pattern.finditer(lowered):
        found.extend((i, i + 1, _character(piece[i])) for i in range(at, match.start()))
        found.append((match.start(), match.end(), words[match.group()]))
        at = match.end()
    found.extend((i, i + 1, _character(piece[i])) for i in range(at, len(piece)))
    return found


@lru_cache(maxsize=20_000)
def _character(character: str) -> str:
    """Return what one character is read as: "" for marks and joiners, a blank for controls and pictures."""
    if character == "\n":
        return "\n"
    category = unicodedata.category(character)
    if category in ("Mn", "Me", "Cf", "Cs"):
        return ""
    if category in ("Cc", "Zs", "Zl", "Zp") or _EMOJI.match(character):
        return " "
    plain = "".join(c for c in unicodedata.normalize("NFKD", character) if unicodedata.category(c) != "Mn")
    return "".join(_simplified().get(c, c) for c in (plain or character).lower())


@cache
def script_data() -> dict[str, str]:
    """Return the table of scripts: traditional, simplified, shared, cantonese."""
    return tomllib.loads(files(__package__).joinpath("data/script.toml").read_text("utf-8"))


@cache
def _simplified() -> dict[str, str]:
    data = script_data()
    traditional, simplified = (data[k].replace("\n", "") for k in ("traditional", "simplified"))
    return dict(zip(traditional, simplified, strict=True))


@cache
def _cantonese() -> re.Pattern[str]:
    return re.compile(f"[{script_data()['cantonese']}]")


@cache
def _vocabulary(cantonese: bool) -> tuple[re.Pattern[str], dict[str, str]]:
    """Return the words to be read as others, among them those of written Cantonese where the text is in it."""
    tables = tomllib.loads(files(__package__).joinpath("data/vocabulary.toml").read_text("utf-8"))
    words: dict[str, str] = {}
    for written, meant in tables["words"].items():
        words[written.lower()] = words[to_simplified(written.lower())] = to_simplified(meant)
    for written, meant in tables["cantonese"].items() if cantonese else ():
        words[written] = to_simplified(meant)
        if len(written) > 1:  # a short word's Simplified form may be another word: 係 is not 系
            words[to_simplified(written)] = words[written]
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile("|".join(map(_whole, longest_first))), words


def _whole(word: str) -> str:
    """Return a pattern for a word: Latin letters only as a whole word."""
    return rf"(?<![a-z]){re.escape(word)}(?![a-z])" if word.isascii() else re.escape(word)


def to_simplified(text: str) -> str:
    """Return `text` with Traditional characters replaced one by one."""
    table = _simplified()
    return "".join(table.get(c, c) for c in text)
