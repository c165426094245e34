"""Bytes of a message as characters that can be kept and shown. Only the standard library: it runs in the child."""

from __future__ import annotations

import codecs
import re

# Encodings that mail is written in, by any of their names. Anything else (rot13, idna, utf-7, inventions) is not tried.
_TAKEN = (
    "utf-8", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "gbk", "gb2312", "hz", "big5", "big5hkscs", "cp950",
    "iso2022_jp", "shift_jis", "cp932", "euc_jp", "euc_kr", "cp949", "iso2022_kr", "koi8-r", "koi8-u", "tis-620",
    *(f"iso8859-{n}" for n in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 16)),
    *(f"cp125{n}" for n in range(9)), "mac-roman", "ascii",
)  # fmt: skip
_KNOWN = {codecs.lookup(name).name for name in _TAKEN}
# What is written is often more than what is declared: the larger set reads both.
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs", "cp950": "big5hkscs", "iso8859-1": "cp1252"}
_UNWELCOME = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_TURNING = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def decoded(content: bytes, charset: str | None) -> tuple[str, bool]:
    """Return the text, and whether the declared encoding could be trusted.

    Without one it is read as UTF-8 or as Chinese; what is left is read byte by byte, so that nothing is lost.
    """
    name = _name(charset) if charset else None
    if name is not None and name != "ascii":
        return content.decode(_WIDER.get(name, name), "replace"), True
    for guess in ("utf-8", "gb18030"):
        try:
            return content.decode(guess), name is not None or not charset
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1"), False


def _name(charset: str) -> str | None:
    """Return the codec's own name for an encoding that we take, or None."""
    if not re.fullmatch(r"[A-Za-z0-9_.:-]{1,40}", charset):
        return None
    try:
        name = codecs.lookup(charset).name
    except (LookupError, ValueError, OSError, ImportError):
        return None
    return name if name in _KNOWN else None


def shown(text: str) -> str:
    """Return the text without signs that cannot be kept: controls, halves of characters, what turns its direction."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n")
    return _TURNING.sub("", _UNWELCOME.sub("", text))


def one_line(text: str) -> str:
    """Return the text as one line."""
    return " ".join(shown(text).split())
