"""The complainant's keys to their case: the private link, and the token of the API.

Both are derived from the case's number under the secret key, so that they can be shown again (a repeated request, a
lost link, a QR code) although the database holds only their hashes.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

from app.cases.models import Case
from app.cases.queries import by_access_token
from app.core import site
from app.core.languages import segment
from app.web.bearer import reads_tokens
from workflows.procedure.authority import Actor, consumer_of


def link_token(number: str) -> str:
    """Return the token in the private link of the case with this number; `Case.link_hash` is its digest."""
    return _derived("link", number)


def access_token(number: str) -> str:
    """Return the complainant's bearer token for the API; `Case.access_hash` is its digest."""
    return _derived("access", number)


def private_link(case: Case) -> str:
    """Return the address of the complainant's page, in the language of the case."""
    return site.absolute(f"/{segment(case.language)}/c/{link_token(case.number)}")


def _derived(purpose: str, number: str) -> str:
    """Return 128 bits, as text that survives in an address."""
    key = site.settings().secret_key.encode()
    mac = hmac.new(key, f"{purpose}\x1f{number}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(mac[:16]).decode().rstrip("=")


@reads_tokens
def complainant_of_token(token: str) -> Actor | None:
    """Return the complainant whose token this is; holding it proves that it is them."""
    case = by_access_token(token)
    return consumer_of(case.id, name="", language=case.language, confirmed=True) if case else None
