"""Work for those who hand in complaints while very many do: a second of a browser's time, hours of a flood's.

In calm times nobody is asked for anything. Beyond that the sender finds a number whose hash with our challenge begins
with some zero bits; how many rises with the flood. Browsers do it in the background while people read. Who cannot
(no scripts) shares a slow lane that never closes. Programs with a token are exempt.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from flask import request
from limits import parse
from msgspec import Struct

from app.core import site
from app.web.guards import act, current_actor
from app.web.limits import count, limiter, used, wait_s
from workflows.procedure.authority import NOBODY

ARRIVALS = parse("1000000 per minute")
CALM = 1_500  # complaints without a token in a minute, from everybody, before work is asked for
FIRST_BITS, MOST_BITS = 16, 21  # 65,000 to 2 million hashes: a second to half a minute of a browser
SLOW_LANE = parse("60 per minute")  # for everybody without proof together
OWN_SHARE = parse("3 per minute")  # of it for one sender
ONCE = parse("1 per hour")
HOLDS_S = 900
HEADER, FIELD = "Proof-Of-Work", "proof"


class Challenge(Struct, frozen=True):
    """What is asked for: `text` goes back with the number that was found, as `text:number`."""

    text: str
    bits: int


class NotYet(Exception):
    """Too many at once, and no proof of work: what would let it in now, and when to try without."""

    def __init__(self, challenge: Challenge, retry_after_s: int) -> None:
        self.challenge, self.retry_after_s = challenge, retry_after_s
        super().__init__()


def bits_needed() -> int:
    """Return how many zero bits are asked for now: none in calm times, one more with every doubling of the flood."""
    arrived = used(ARRIVALS, "arrivals")
    return 0 if arrived < CALM else min(MOST_BITS, FIRST_BITS + (arrived // CALM).bit_length() - 1)


def challenge() -> Challenge | None:
    """Return what a page should have its browser work on, or None in calm times."""
    bits = bits_needed()
    return _made(bits) if bits else None


def admit(sender: str, proof: str) -> None:
    """Let one more complaint in. Raises NotYet for who must do the work first, or wait."""
    if not limiter.enabled or current_actor() is not NOBODY:
        return
    count(ARRIVALS, "arrivals")
    bits = bits_needed()
    if not bits or _holds(proof):
        return
    if count(OWN_SHARE, "slow", sender) and count(SLOW_LANE, "slow"):
        return
    raise NotYet(_made(bits), max(wait_s(OWN_SHARE, "slow", sender), wait_s(SLOW_LANE, "slow")))


def proof_of_request() -> str:
    """Return the proof that came along, in the header (programs) or in the form (pages)."""
    return request.headers.get(HEADER) or request.form.get(FIELD, "")


def _made(bits: int) -> Challenge:
    plain = f"{int(act().at.timestamp())}.{bits}.{secrets.token_hex(8)}"
    return Challenge(f"{plain}.{_signed(plain)}", bits)


def _signed(plain: str) -> str:
    key = site.settings().secret_key.encode()
    return hmac.new(key, f"proof\x1f{plain}".encode(), hashlib.sha256).hexdigest()[:32]


def _holds(proof: str) -> bool:
    """Return whether the proof is of a challenge of ours, young, sufficient, and used for the first time."""
    text, _colon, _number = proof.rpartition(":")
    plain, _dot, signed = text.rpartition(".")
    if len(proof) > 200 or not proof.isascii() or not hmac.compare_digest(signed, _signed(plain)):
        return False
    made_at, bits, _nonce = plain.split(".")
    young = 0 <= act().at.timestamp() - int(made_at) <= HOLDS_S
    enough = int.from_bytes(hashlib.sha256(proof.encode()).digest(), "big") >> (256 - int(bits)) == 0
    return young and enough and count(ONCE, "proof", text)
