"""Numbers and tokens: what people read aloud, and what opens something."""

import hashlib
import hmac
import re
import secrets
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Model, session

CASE_NUMBER = re.compile(r"H(\d{4})-(\d{6,9})-(\d)", re.ASCII)
CENTURY = "20"


class Counter(Model):
    """A row a series: `case-2026` → the last serial given."""

    __tablename__ = "counters"

    name: Mapped[str] = mapped_column(primary_key=True)
    last: Mapped[int] = mapped_column(default=0)


def next_serial(series: str) -> int:
    """Return the next serial of `series`, from 1; two transactions never get the same."""
    statement = text(
        "INSERT INTO counters (name, last) VALUES (:name, 1) "
        "ON CONFLICT (name) DO UPDATE SET last = counters.last + 1 RETURNING last"
    )
    return int(session().execute(statement, {"name": series}).scalar_one())


def case_number(year: int, serial: int) -> str:
    """Return a case number such as `H2026-000123-7`: year, serial, check digit (ISO 7064 mod 11,10)."""
    return f"H{year}-{serial:06d}-{_check_digits().calc_check_digit(f'{year}{serial:06d}')}"


def read_case_number(typed: str) -> str | None:
    """Return the case number in what a person typed (spaces, case and dashes forgiven), or None if it is none.

    A telephone number of as many digits is none, though every tenth has a check digit that fits.
    """
    digits = re.sub(r"[^0-9]", "", typed.upper().removeprefix("H")) if typed.isascii() and "+" not in typed else ""
    if not 11 <= len(digits) <= 14 or not digits.startswith(CENTURY) or not _check_digits().is_valid(digits):
        return None
    return f"H{digits[:4]}-{digits[4:-1]}-{digits[-1]}"


def _check_digits() -> Any:
    from stdnum.iso7064 import mod_11_10  # loads the whole of pydoc, for which the web's start has no time

    return mod_11_10


def new_token() -> str:
    """Return a token of 128 bits, as text that survives in an address."""
    return secrets.token_urlsafe(16)


def new_code() -> str:
    """Return a one-time code of six digits."""
    return f"{secrets.randbelow(1_000_000):06d}"


# No vowels and no look-alikes: read aloud over the phone, typed from paper.
VERIFY_ALPHABET = "23456789BCDFGHJKMNPQRSTVWXZ"


def new_verification_code() -> str:
    """Return the code of a notice, `XXXX-XXXX-XXXX`, about 57 bits."""
    letters = "".join(secrets.choice(VERIFY_ALPHABET) for _ in range(12))
    return "-".join((letters[:4], letters[4:8], letters[8:]))


def digest(token: str) -> str:
    """Return what is stored of a token: its SHA-256, in hex."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def keyed_digest(key: str, *parts: str) -> str:
    """Return an HMAC-SHA-256 over `parts` in hex: for short codes, which a plain hash would not protect."""
    return hmac.new(key.encode(), "\x1f".join(parts).encode(), hashlib.sha256).hexdigest()
