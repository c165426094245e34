"""With which Latin letters a Chinese name is written when only its initials are given: 林小雨 as L. X. Y.

The common characters stand in the character set GB 2312 in the order of their pinyin, so its ranges give the letter.
The rarer ones stand there by radical: for them any letter may stand.
"""

from __future__ import annotations

from bisect import bisect

# Where each letter's common characters begin; i, u and v begin no syllable.
_BEGINS = (
    (0xB0A1, "A"), (0xB0C5, "B"), (0xB2C1, "C"), (0xB4EE, "D"), (0xB6EA, "E"), (0xB7A2, "F"), (0xB8C1, "G"),
    (0xB9FE, "H"), (0xBBF7, "J"), (0xBFA6, "K"), (0xC0AC, "L"), (0xC2E8, "M"), (0xC4C3, "N"), (0xC5B6, "O"),
    (0xC5BE, "P"), (0xC6DA, "Q"), (0xC8BB, "R"), (0xC8F6, "S"), (0xCBFA, "T"), (0xCDDA, "W"), (0xCEF4, "X"),
    (0xD1B9, "Y"), (0xD4D1, "Z"),
)  # fmt: skip
_CODES = [code for code, _ in _BEGINS]
_RARER = 0xD7FA
ANY = "[A-Z]"
# Read otherwise as a family name than as a word.
_AS_SURNAME = dict(zip("单曾仇区解查翟朴冼缪", "SZQOXZZPXM", strict=True))


def initials(name: str) -> list[str]:
    """Return for each character of a name, in simplified Chinese, its letter, or the pattern of any."""
    return [_AS_SURNAME.get(name[0], _letter(name[0])), *map(_letter, name[1:])]


def _letter(character: str) -> str:
    try:
        code = int.from_bytes(character.encode("gb2312"), "big")
    except UnicodeEncodeError:
        return ANY
    return _BEGINS[bisect(_CODES, code) - 1][1] if _CODES[0] <= code < _RARER else ANY
