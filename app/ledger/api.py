"""The transparency log over the API: the signed checkpoint, the entries, and proofs. Open to anyone."""

from __future__ import annotations

from typing import Annotated, Any

from flask import Response, abort
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from app.core import paging
from app.core.commands import LARGEST, Digits, Frozen
from app.core.db import transaction
from app.ledger import keys, queries, witnessing
from app.ledger.models import LedgerCheckpoint
from app.web.api import answer, api_blueprint, operation, page, read_body, read_query
from app.web.guards import open_to_all
from app.web.limits import often
from workflows.verify.merkle import leaf_hash
from workflows.verify.notes import Key

api = api_blueprint("ledger")
BLUEPRINTS = (api,)
Place = Annotated[Digits, Field(ge=0, le=LARGEST)]
HASHES: dict[str, Any] = {"type": "array", "items": {"type": "string", "pattern": "^[0-9a-f]{64}$"}}
ENTRIES: dict[str, Any] = {
    "type": "object",
    "required": ["items", "next"],
    "properties": {"items": {"type": "array", "items": {"type": "object"}}, "next": {"type": ["string", "null"]}},
}
PROOF: dict[str, Any] = {
    "type": "object",
    "required": ["size", "proof", "checkpoint"],
    "properties": {"size": {"type": "integer"}, "proof": HASHES, "checkpoint": {"type": "string"}},
}


COSIGNED: dict[str, Any] = {
    "type": "object",
    "required": ["size", "witnesses"],
    "properties": {"size": {"type": "integer"}, "witnesses": {"type": "integer"}},
}


class EntryList(Frozen):
    """From which entry on: by number, or by the cursor of the page before."""

    start: Place = 0
    limit: Annotated[Digits, Field(ge=1, le=paging.MAXIMUM)] = paging.LIMIT
    cursor: paging.ByNumber | None = None


class ProofWanted(Frozen):
    """Either `index`, for the proof that an entry is in the log, or `old`, for the proof that the log only grew.

    `size` is that of the tree; by default of the newest checkpoint.
    """

    index: Place | None = None
    old: Place | None = None
    size: Place | None = None

    @model_validator(mode="after")
    def one_of_both(self) -> ProofWanted:
        if (self.index is None) == (self.old is None):
            raise PydanticCustomError("missing", "index or old")
        return self


class CheckpointWanted(Frozen):
    """By how many witnesses at least it is to be cosigned."""

    witnesses: Annotated[Digits, Field(ge=0, le=100)] = 0


class Cosigned(Frozen):
    """A checkpoint of this log, with the line of a witness below it."""

    note: Annotated[str, Field(max_length=8_000)]


def latest(*, witnesses: int = 0) -> LedgerCheckpoint:
    """Return the newest checkpoint, or answer 404: it is not signed, or not by so many witnesses."""
    return queries.latest(witnesses=witnesses) or abort(404)


@api.get("/ledger/checkpoint")
@open_to_all
@operation(
    "The newest checkpoint: a C2SP signed note with the size and the root of the log", tag="ledger", signed_in=False,
    query=CheckpointWanted, answer={"type": "string"}, answer_type="text/plain", problems=(404,),
)  # fmt: skip
def checkpoint() -> Response:
    """Return the newest signed note, cosigned by `witnesses` at least; the log's public key stands in a header."""
    wanted = read_query(CheckpointWanted).witnesses
    newest = latest(witnesses=wanted)
    answer_ = Response(
        newest.cosigned if wanted and newest.cosigned else newest.note, content_type="text/plain; charset=utf-8"
    )
    answer_.headers["Cache-Control"] = "no-cache"
    answer_.headers["X-Log-Key"] = keys.public() or ""
    return answer_


@api.post("/ledger/cosignatures")
@open_to_all
@often("cosigning")
@operation(
    "Hand in a checkpoint that a witness cosigned; taken from those whom the operator trusts", tag="ledger",
    body=Cosigned, answer=COSIGNED, signed_in=False,
)  # fmt: skip
def cosign() -> Response:
    """Keep a witness's line; its signature is what lets it in."""
    given, log = read_body(Cosigned), keys.public() or abort(404)
    with transaction():
        row = witnessing.take(given.note, log=Key.read(log), trusted=keys.witnesses())
        told = {"size": row.size, "witnesses": row.witnesses}
    return answer(told)


@api.get("/ledger/entries")
@open_to_all
@operation(
    "A page of the log, in the order of the tree: commitments and their leaf hashes", tag="ledger", query=EntryList,
    answer=ENTRIES, signed_in=False, problems=(400,),
)  # fmt: skip
def entries() -> Response:
    """Return entries; they tell nothing of what they commit to."""
    asked = read_query(EntryList)
    first = paging.decode(asked.cursor, int)[0] if asked.cursor else asked.start
    found = queries.page(first=first, limit=asked.limit)
    return page(
        [{"index": n, "commitment": data.hex(), "leaf_hash": leaf_hash(data).hex()} for n, data in found.items],
        found.next,
    )


@api.get("/ledger/proof")
@open_to_all
@operation(
    "The proof that an entry is in the log (`index`), or that the log only grew since it had `old` entries",
    tag="ledger", query=ProofWanted, answer=PROOF, signed_in=False, problems=(404,),
)  # fmt: skip
def proof() -> Response:
    """Return the hashes of a proof with the newest checkpoint; 404 for what is not in the tree at that size."""
    asked, newest = read_query(ProofWanted), latest()
    size = newest.size if asked.size is None else asked.size
    if size > newest.size:
        abort(404)
    try:
        hashes = _hashes(asked, size)
    except ValueError:
        abort(404)
    return answer({"size": size, "proof": [each.hex() for each in hashes], "checkpoint": newest.note})


def _hashes(asked: ProofWanted, size: int) -> list[bytes]:
    if asked.index is not None:
        return queries.inclusion(asked.index, size)
    return queries.consistency(asked.old or 0, size)
