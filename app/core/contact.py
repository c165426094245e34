"""Ways to reach a person: telephone numbers and e-mail addresses as people type them, read into one form each."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from app.core.text import OptionalLine

_WIDE = (
    {0xFF10 + n: str(n) for n in range(10)} | dict.fromkeys((0xFF0B,), "+") | {0x3000: " ", 0xFF20: "@", 0xFF0E: "."}
)
_BETWEEN = re.compile(r"[\s().\u2010-\u2015\uff08\uff09\uff0d/-]+")
_DIGITS = re.compile(r"\+?[0-9]{5,18}", re.ASCII)
# What a number without a country's code looks like here, and the code it means.
_AT_HOME = (
    (re.compile(r"1[3-9]\d{9}", re.ASCII), "86", 0),  # mobile, mainland
    (re.compile(r"0[1-9]\d{9,10}", re.ASCII), "86", 1),  # landline with its area, mainland
    (re.compile(r"09\d{8}|0[2-8]\d{7,8}", re.ASCII), "886", 1),  # mobile and landline, Taiwan
    (re.compile(r"[2-9]\d{7}", re.ASCII), "852", 0),  # Hong Kong
)
_ABROAD = {
    "86": re.compile(r"1[3-9]\d{9}|[2-9]\d{8,10}|10\d{8}", re.ASCII),
    "852": re.compile(r"[2-9]\d{7}", re.ASCII),
    "853": re.compile(r"[2-9]\d{7}", re.ASCII),
    "886": re.compile(r"[2-9]\d{7,8}", re.ASCII),
}
_EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+(?:[^\W\d_]{2,63}|xn--[a-z0-9-]{2,59})"
)


def phone_number(typed: str) -> str | None:
    """Return the number as `+8613800138000`, or None for what is none.

    Spaces, dashes, brackets and full-width digits are forgiven; without a country's code it is read as a mainland,
    Taiwan or Hong Kong number by its form.
    """
    digits = _BETWEEN.sub("", typed.translate(_WIDE))
    if not _DIGITS.fullmatch(digits):
        return None
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    if digits.startswith("+"):
        return _international(digits[1:])
    for form, code, dropped in _AT_HOME:
        if form.fullmatch(digits):
            return f"+{code}{digits[dropped:]}"
    return _international(digits) if digits.startswith(tuple(_ABROAD)) else None


def _international(digits: str) -> str | None:
    for code, form in _ABROAD.items():
        if digits.startswith(code):
            rest = digits[len(code) :].removeprefix("0")
            return f"+{code}{rest}" if form.fullmatch(rest) else None
    return f"+{digits}" if 8 <= len(digits) <= 15 and digits[0] != "0" else None


def email_address(typed: str) -> str | None:
    """Return the address in small letters, its domain as A-labels, or None for what cannot be one."""
    address = typed.translate(_WIDE).strip().casefold()
    if len(address) > 254 or ".." in address or not _EMAIL.fullmatch(address):
        return None
    if address.isascii():
        return address
    mailbox, _at, domain = address.partition("@")
    try:
        read = f"{mailbox}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        return None
    return read if _EMAIL.fullmatch(read) else None  # a domain may become what is none: `test³` is `test3`


def _phone(value: str) -> str:
    read = phone_number(value) if value else ""
    if read is None:
        raise PydanticCustomError("phone_invalid", "phone_invalid")
    return read


def _email(value: str) -> str:
    read = email_address(value) if value else ""
    if read is None:
        raise PydanticCustomError("email_invalid", "email_invalid")
    return read


Phone = Annotated[OptionalLine, AfterValidator(_phone)]
Email = Annotated[OptionalLine, AfterValidator(_email)]
