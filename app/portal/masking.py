"""What the private link alone does not show: names, telephone numbers, addresses.

Whoever finds the link learns how the case stands, not who complained. A one-time code lifts the veil.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache

from msgspec import Struct

STARS = "****"
# Every repetition has an end: without one, a text of 20,000 times the same letter is read for seconds.
_EMAIL = re.compile(r"([A-Za-z0-9])[A-Za-z0-9._%+-]{0,63}(@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8})")
_DIGITS = re.compile(r"(?<![A-Za-z\d.,-])\+?\d(?:[\d\s()\uff08\uff09-]{5,22})\d(?![\d.]\d)")
_DATE = re.compile(r"(?:19|20)\d\d\s?[-/]?\s?\d{1,2}\s?[-/]?\s?\d{1,2}(?:\s.*)?")
_ADDRESS = re.compile(
    r"\b(?:(?:Flat|Room|Unit|No\.?)\s*\w{1,6},?\s*)?\d{1,5}\s+(?:[A-Z][\w']+\s+){1,4}"
    r"(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct)\b\.?"
)


@cache
def _han_address() -> re.Pattern[str]:
    return re.compile(
        r"[\u4e00-\u9fff]{1,10}?(?:省|市|区|區|县|縣|镇|鎮|乡|鄉|路|街|道|巷|村|小区|社區)"
        r"[\u4e00-\u9fffA-Za-z0-9-]{0,30}?\d{1,6}\s?(?:号|號|栋|棟|幢|楼|樓|室|单元|單元|弄|巷)[0-9A-Za-z\u4e00-\u9fff-]{0,12}"
    )


def mask_name(name: str) -> str:
    """Return the first letter of each word, and stars: 林**, A*** B***."""
    words = name.split()
    if len(words) == 1 and not name.isascii():
        return name[0] + "*" * max(1, len(name) - 1)
    return " ".join(word[0] + "***" for word in words)


def mask_phone(phone: str) -> str:
    """Return the number without its middle: 138****8000."""
    digits = re.sub(r"\D", "", phone)
    digits = digits.removeprefix("86") if len(digits) > 11 else digits
    return digits[:3] + STARS + digits[-4:] if len(digits) > 7 else STARS


def mask_email(address: str) -> str:
    """Return the first letter and where the post goes: l***@example.test."""
    return _EMAIL.sub(r"\1***\2", address)


def mask_text(text: str, names: Iterable[str] = ()) -> str:
    """Return a text in which names, numbers to call, e-mail and street addresses are covered."""
    for name in sorted((name for name in names if len(name) > 1), key=len, reverse=True):
        text = re.sub(re.escape(name), mask_name(name), text, flags=re.IGNORECASE)
    text = mask_email(text)
    text = _DIGITS.sub(_cover, text)
    return _ADDRESS.sub(STARS, _han_address().sub(STARS, text))


def _cover(match: re.Match[str]) -> str:
    found = match.group()
    if sum(ch.isdigit() for ch in found) < 7 or _DATE.fullmatch(found):
        return found
    return mask_phone(found)


class Veil(Struct, frozen=True):
    """Covers what is personal, or shows it as it is once it is `lifted`."""

    names: tuple[str, ...]
    lifted: bool

    def name(self, value: str | None) -> str:
        return self._covered(value, mask_name)

    def phone(self, value: str | None) -> str:
        return self._covered(value, mask_phone)

    def email(self, value: str | None) -> str:
        return self._covered(value, mask_email)

    def text(self, value: str | None) -> str:
        return self._covered(value, lambda text: mask_text(text, self.names))

    def _covered(self, value: str | None, mask: Callable[[str], str]) -> str:
        return (value or "") if self.lifted or not value else mask(value)
