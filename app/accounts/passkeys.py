"""Passkeys as browsers speak of them, for the one address that BASE_URL names. Source: W3C WebAuthn Level 3."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Sequence
from datetime import timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from msgspec import Struct

from app.core import site

CHALLENGE_BYTES = 32
CHALLENGE_LIVES = timedelta(minutes=10)


class Made(Struct, frozen=True):
    """A passkey as it is stored: id and public key in base64url, and how often it signed."""

    credential_id: str
    public_key: str
    counter: int


def possible() -> bool:
    """Return whether browsers let this site have passkeys: it needs a name, not a number, and TLS unless local."""
    parts = urlsplit(site.settings().base_url)
    host = parts.hostname or ""
    try:
        ip_address(host)
    except ValueError:
        return parts.scheme == "https" or host == "localhost"
    return False


def new_challenge() -> bytes:
    """Return 256 random bits."""
    return secrets.token_bytes(CHALLENGE_BYTES)


def registration(challenge: bytes, user_id: int, email: str, name: str, present: Sequence[str]) -> str:
    """Return, as JSON, what a browser is asked to make a passkey with; not one that is `present` already."""
    import webauthn
    from webauthn.helpers import structs

    asked = webauthn.generate_registration_options(
        rp_id=_host(), rp_name="Heng 衡", user_id=_handle(user_id), user_name=email, user_display_name=name,
        challenge=challenge,
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.PREFERRED,
            user_verification=structs.UserVerificationRequirement.PREFERRED,
        ),
        exclude_credentials=[structs.PublicKeyCredentialDescriptor(id=_bytes(each)) for each in present],
    )  # fmt: skip
    return webauthn.options_to_json(asked)


def request(challenge: bytes, present: Sequence[str], *, alone: bool = False) -> str:
    """Return, as JSON, what a browser is asked to sign with; `alone`, any unlocked passkey of this site."""
    import webauthn
    from webauthn.helpers import structs

    needed = structs.UserVerificationRequirement
    asked = webauthn.generate_authentication_options(
        rp_id=_host(), challenge=challenge, user_verification=needed.REQUIRED if alone else needed.PREFERRED,
        allow_credentials=[structs.PublicKeyCredentialDescriptor(id=_bytes(each)) for each in present],
    )  # fmt: skip
    return webauthn.options_to_json(asked)


def registered(answer: str, challenge: bytes) -> Made | None:
    """Return the passkey that the browser made, or None where its answer does not hold."""
    import webauthn
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        made = webauthn.verify_registration_response(
            credential=answer, expected_challenge=challenge, expected_rp_id=_host(),
            expected_origin=site.settings().base_url,
        )  # fmt: skip
    except (WebAuthnException, ValueError, KeyError, TypeError):
        return None
    return Made(_text(made.credential_id), _text(made.credential_public_key), made.sign_count)


def answered(answer: str, challenge: bytes, public_key: str, counter: int, *, alone: bool) -> int | None:
    """Return how often the passkey has signed now, or None where its signature does not hold or it seems copied."""
    import webauthn
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        checked = webauthn.verify_authentication_response(
            credential=answer, expected_challenge=challenge, expected_rp_id=_host(),
            expected_origin=site.settings().base_url, credential_public_key=_bytes(public_key),
            credential_current_sign_count=counter, require_user_verification=alone,
        )  # fmt: skip
    except (WebAuthnException, ValueError, KeyError, TypeError):
        return None
    return checked.new_sign_count


def credential_of(answer: str) -> str:
    """Return the id of the passkey that answered, or "" for what is no answer."""
    try:
        found = json.loads(answer)
    except (ValueError, RecursionError):
        return ""
    named = found.get("id") if isinstance(found, dict) else None
    return named if isinstance(named, str) and len(named) <= 1_400 and named.isascii() else ""


def _host() -> str:
    return urlsplit(site.settings().base_url).hostname or ""


def _handle(user_id: int) -> bytes:
    """Return what an authenticator keeps of the person: nothing that could be read."""
    return hmac.new(site.settings().secret_key.encode(), f"passkey\x1f{user_id}".encode(), hashlib.sha256).digest()


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
