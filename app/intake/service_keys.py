"""What opens a case, and what keeps a repeated request from making a second one."""

from __future__ import annotations

from msgspec import Struct
from sqlalchemy import bindparam, text, update

from app.cases import access
from app.cases.models import Case
from app.cases.queries import case_to_work
from app.core.db import UtcInstant, session
from app.core.masters import trace
from app.intake.models import IdempotencyKey
from workflows.procedure.act import Act
from workflows.procedure.errors import Invalid

_CLAIM = text(
    "INSERT INTO idempotency_keys (key, request_sha256, created_at) VALUES (:key, :sha, :at) "
    "ON CONFLICT (key) DO NOTHING RETURNING key"
).bindparams(bindparam("at", type_=UtcInstant()))


class Received(Struct, frozen=True):
    """A case, with the private link's token and the API's. They are made from the case, so a retry gets the same.

    `again` says that an earlier request of the same key made it.
    """

    case: Case
    link_token: str
    access_token: str
    again: bool = False


def received(case: Case, *, again: bool = False) -> Received:
    """Return the case with its tokens."""
    return Received(case, access.link_token(case.number), access.access_token(case.number), again)


def claim(key: str, request_sha256: str, *, act: Act) -> Received | None:
    """Take `key` for this request and return None; or return what the same request made before.

    Two at the same time: the second waits in the database for the first. Raises Invalid for other content.
    """
    hashed = _hashed(key)
    taken = session().execute(_CLAIM, {"key": hashed, "sha": request_sha256, "at": act.at}).first()
    if taken is not None:
        return None
    earlier = session().get_one(IdempotencyKey, hashed, populate_existing=True)
    if earlier.request_sha256 != request_sha256 or earlier.case_id is None:
        raise Invalid("idempotency_reused", pointer="/Idempotency-Key")
    return received(case_to_work(earlier.case_id), again=True)


def settle(key: str, case: Case) -> None:
    """Write down which case the key's request made."""
    session().execute(update(IdempotencyKey).where(IdempotencyKey.key == _hashed(key)).values(case_id=case.id))


def _hashed(key: str) -> str:
    return trace("idempotency", key).hex()  # a sender may have made it of a name
