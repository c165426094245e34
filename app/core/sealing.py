"""Small secrets at rest: sealed under the secret key (AES-256-GCM), so that the database alone gives none away."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os

from app.core import site

NONCE_BYTES = 12


def seal(purpose: str, secret: bytes) -> str:
    """Return `secret` sealed for `purpose`, as text. What was sealed for one purpose opens for no other."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = os.urandom(NONCE_BYTES)
    return base64.b64encode(nonce + AESGCM(_key(purpose)).encrypt(nonce, secret, purpose.encode())).decode()


def unseal(purpose: str, sealed: str) -> bytes:
    """Return what was sealed. Raises ValueError when the key, the purpose or the text is another."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    whole = base64.b64decode(sealed, validate=True)
    try:
        return AESGCM(_key(purpose)).decrypt(whole[:NONCE_BYTES], whole[NONCE_BYTES:], purpose.encode())
    except InvalidTag:
        raise ValueError("not sealed by us for this") from None


def _key(purpose: str) -> bytes:
    return hmac.new(site.settings().secret_key.encode(), f"seal\x1f{purpose}".encode(), hashlib.sha256).digest()
