"""When a search finds a person rather than a case: whoever searches so says why."""

from __future__ import annotations

import re
from collections.abc import Iterable

from app.cases.models import Case
from app.core.contact import email_address, phone_number
from app.core.ids import read_case_number

FEWEST, MOST = 7, 15  # digits that are part of a telephone number, or all of one
_DIGITS_ALONE = re.compile(r"[\s0-9().+/-]+", re.ASCII)


def is_about_a_person(typed: str) -> bool:
    """Return whether this finds a person: an e-mail address, a telephone number, or so much of one as finds it."""
    if phone_number(typed) or email_address(typed):
        return True
    digits = re.sub(r"[^0-9]", "", typed)
    alone = _DIGITS_ALONE.fullmatch(typed) is not None and FEWEST <= len(digits) <= MOST
    return alone and read_case_number(typed) is None


def found_by_name(cases: Iterable[Case], typed: str) -> bool:
    """Return whether one of these cases was found because `typed` is the name of somebody in it."""
    name = typed.strip()
    return any(name in (party.name, party.on_behalf_of) for case in cases for party in case.parties if name)


def finds_a_person(typed: str, cases: Iterable[Case]) -> bool:
    """Return whether this look-up, which found these cases, takes a reason."""
    return is_about_a_person(typed) or found_by_name(cases, typed)
