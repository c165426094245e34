"""Addresses of ours that say what a letter is about: where to answer in a case, and where a letter bounces to.

Each carries a keyed digest, so nobody can make one who was not written to. The domain must deliver `desk+anything@`
to the desk's mailbox.
"""

from __future__ import annotations

import hmac
import re

from app.core import site
from app.core.ids import keyed_digest, read_case_number

COMPLAINANT = "c"
MAC = 20  # hex digits: 80 bits
_REPLY = re.compile(r"(h\d{4}-\d{6,9}-\d)-(c|r\d{1,15})-([0-9a-f]{20})", re.ASCII)
_BOUNCE = re.compile(r"b(\d{1,18})-([0-9a-f]{20})", re.ASCII)


def company(organisation_id: int) -> str:
    """Return how an address names the company that was written to."""
    return f"r{organisation_id}"


def reply_address(number: str, party: str) -> str:
    """Return where `party` (`COMPLAINANT`, or what `company` returns) answers in the case with this number."""
    return _tagged(f"{number.lower()}-{party}-{_mac('reply', number.lower(), party)}")


def bounce_address(message_id: int) -> str:
    """Return where the letter of this row is returned to when it cannot be delivered."""
    return _tagged(f"b{message_id}-{_mac('bounce', str(message_id))}")


def tag_of(address: str) -> str | None:
    """Return what stands after the `+` of an address of ours, or None for one without, and for a foreign address."""
    local, _, domain = address.strip().lower().rpartition("@")
    ours, _, our_domain = site.settings().mail_from.lower().rpartition("@")
    base, plus, tag = local.partition("+")
    return tag if plus and (base, domain) == (ours.partition("+")[0], our_domain) else None


def is_ours(address: str) -> bool:
    """Return whether letters leave from this address, or answers come to it."""
    return address.strip().lower() == site.settings().mail_from.lower() or tag_of(address) is not None


def read_reply(tag: str) -> tuple[str, str] | None:
    """Return (case number, party) of a reply address's tag that we made, or None."""
    found = _REPLY.fullmatch(tag)
    if not found or not hmac.compare_digest(found[3], _mac("reply", found[1], found[2])):
        return None
    number = read_case_number(found[1])
    return (number, found[2]) if number else None


def read_bounce(tag: str) -> int | None:
    """Return the row of the letter that a bounce address's tag names, if we made it."""
    found = _BOUNCE.fullmatch(tag)
    return int(found[1]) if found and hmac.compare_digest(found[2], _mac("bounce", found[1])) else None


def _tagged(tag: str) -> str:
    local, _, domain = site.settings().mail_from.rpartition("@")
    return f"{local.partition('+')[0]}+{tag}@{domain}"


def _mac(*parts: str) -> str:
    return keyed_digest(site.settings().secret_key, *parts)[:MAC]
