"""What a shop signs about one order, so that its customer finds it filled in: `key.facts.signature`.

`facts` is JSON in base64url: `order` and `events` as in `/checks` with the order's number, a `nonce`, and `expires_at`.
`signature` is HMAC-SHA256 over `key.facts` under the key's secret, in base64url. docs/widget.md tells shops.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
from datetime import datetime
from typing import Any

from msgspec import Struct

from app.core import site
from app.core.text import TextRefused, one_line
from app.organisations.models import Organisation
from app.organisations.models_keys import OrderKey
from app.organisations.queries import by_id
from app.organisations.queries_keys import key_named
from workflows.procedure.checks.facts import CheckRequest, FactsError

LONGEST = 6_000  # characters of a link that every browser and proxy lets pass
INSTANTS = ("submitted_at", "delivered_at", "received_at")
FIELDS = {"order", "events", "nonce", "expires_at"}
_NONCE = re.compile(r"[A-Za-z0-9_-]{8,64}")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,6})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


class LinkRefused(Exception):
    """Why the facts are not believed: `tampered`, `unreadable`, `revoked` or `expired`."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


class SignedOrder(Struct, frozen=True):
    """What a shop says about one order. `digest` tells this link from all others."""

    organisation: Organisation
    digest: str
    order: dict[str, Any]
    events: list[dict[str, Any]]


def secret_of(key: OrderKey) -> str:
    """Return the secret that the shop signs with, as it writes it."""
    own = site.settings().secret_key.encode()
    made = hmac.new(own, f"order key\x1f{key.salt}".encode(), hashlib.sha256).digest()
    return "hosk_" + base64.urlsafe_b64encode(made).decode().rstrip("=")


def sign(key: OrderKey, facts: dict[str, Any]) -> str:
    """Return what stands in a link for these facts, as a shop makes it."""
    written = json.dumps(facts, ensure_ascii=False, separators=(",", ":")).encode()
    signed = f"{key.name}.{_encoded(written)}"
    return f"{signed}.{_encoded(_mac(key, signed))}"


def read(link: str, *, at: datetime) -> SignedOrder:
    """Return what the shop says. Raises LinkRefused for what no shop of ours signed so, or not for this day."""
    name, _, rest = link.partition(".")
    written, _, signature = rest.partition(".")
    key = key_named(name) if len(link) <= LONGEST and link.isascii() and name.isalnum() else None
    if key is None or not hmac.compare_digest(_decoded(signature), _mac(key, f"{name}.{written}")):
        raise LinkRefused("tampered")
    organisation = by_id(key.organisation_id)
    if key.revoked_at is not None or organisation is None:
        raise LinkRefused("revoked")
    order, events, nonce = _facts(_decoded(written), at)
    digest = hashlib.sha256(f"{organisation.id}\x1f{order['id']}\x1f{nonce}".encode()).hexdigest()
    return SignedOrder(organisation, digest, order, events)


def _facts(written: bytes, at: datetime) -> tuple[dict[str, Any], list[dict[str, Any]], str]:
    """Return order, events and nonce. Raises LinkRefused."""
    try:
        facts = json.loads(written)
        order, events = facts["order"], facts.get("events") or []
        known = CheckRequest.from_json({"order": order, "events": events}).order
        order |= {name: getattr(known, name).isoformat() for name in INSTANTS if order.get(name)}  # in one form
        order["id"] = one_line(order["id"])
        sound = set(facts) <= FIELDS and order["id"] and _NONCE.fullmatch(facts["nonce"])
        until = datetime.fromisoformat(facts["expires_at"]) if _INSTANT.fullmatch(facts["expires_at"]) else None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, FactsError, TextRefused):
        raise LinkRefused("unreadable") from None
    if not sound or until is None:
        raise LinkRefused("unreadable")
    if until <= at:
        raise LinkRefused("expired")
    return {name: held for name, held in order.items() if held is not None}, events, facts["nonce"]


def _mac(key: OrderKey, signed: str) -> bytes:
    return hmac.new(secret_of(key).encode(), signed.encode(), hashlib.sha256).digest()


def _encoded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        return b""
