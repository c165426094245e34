"""Messages in the Standard Webhooks form: a secret that starts with `whsec_`, and three headers over id, time and body.

Source: the Standard Webhooks specification, version 1.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime

from app.core import site
from app.hooks.models import HookEndpoint


def secret_of(endpoint: HookEndpoint) -> str:
    """Return the secret by which the organisation checks what comes: 192 bits, made anew from salt and key."""
    return "whsec_" + base64.b64encode(_key(endpoint)).decode()


def headers(endpoint: HookEndpoint, message_id: str, body: bytes, *, at: datetime) -> dict[str, str]:
    """Return the headers that go with `body`; the time is that of this attempt, in seconds."""
    seconds = str(int(at.timestamp()))
    signed = b".".join((message_id.encode(), seconds.encode(), body))
    signature = base64.b64encode(hmac.new(_key(endpoint), signed, hashlib.sha256).digest()).decode()
    return {"webhook-id": message_id, "webhook-timestamp": seconds, "webhook-signature": f"v1,{signature}"}


def _key(endpoint: HookEndpoint) -> bytes:
    secret = site.settings().secret_key.encode()
    return hmac.new(secret, f"webhook\x1f{endpoint.salt}".encode(), hashlib.sha256).digest()[:24]
