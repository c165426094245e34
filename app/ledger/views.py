"""The transparency log for people: what it is, its newest checkpoint, and one entry with its proof."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.ledger import keys, queries
from app.ledger.models import LedgerEntry
from app.web.api import found
from app.web.guards import open_to_all
from app.web.i18n import language, public
from workflows.verify.commitments import values_of
from workflows.verify.merkle import leaf_hash

ledger = public(Blueprint("ledger", __name__))
doors = Blueprint("ledger_doors", __name__)
BLUEPRINTS = (ledger, doors)

COMMITMENT = re.compile(r"[0-9a-f]{64}")
PLACE = re.compile(r"[0-9]{1,15}", re.ASCII)
REGISTER_NUMBER = re.compile(r"[DS][0-9]{4}-[0-9]{1,9}", re.ASCII)
CASE_NUMBER = re.compile(r"H[0-9]{4}-[0-9]{6,9}-[0-9]", re.ASCII)
CODE = re.compile(r"[0-9A-Z]{4}-?[0-9A-Z]{4}-?[0-9A-Z]{4}")


@ledger.get("/ledger")
@open_to_all
def index() -> Any:
    """Explain the log, show its newest checkpoint, and lead to what was asked for."""
    typed = request.args.get("q", "").strip()[:80]
    if typed and (to := _meant(typed)):
        return redirect(to, code=303)
    return render_template(
        "ledger/index.html", latest=queries.latest(), key=keys.public(), typed=typed,
        witnessed=queries.latest(witnesses=1), witnesses=keys.witnesses(),
        case_number=bool(CASE_NUMBER.fullmatch(typed.upper())),
    )  # fmt: skip


def _meant(typed: str) -> str | None:
    """Return the address of what somebody typed: an entry by its number or commitment, a decision, a notice's code."""
    if PLACE.fullmatch(typed) and queries.entry_at(int(typed)):
        return url_for("ledger.entry", position=int(typed))
    if COMMITMENT.fullmatch(typed.lower()):
        entry = queries.entry_with(bytes.fromhex(typed))
        return url_for("ledger.entry", position=entry.position) if entry else None
    if REGISTER_NUMBER.fullmatch(typed.upper()):
        return f"/decisions/{typed.upper()}"
    return f"/v/{typed.upper()}" if CODE.fullmatch(typed.upper()) else None


@ledger.get("/ledger/<int:position>")
@open_to_all
def entry(position: int) -> str:
    """Show one entry: its commitment, the proof that the newest checkpoint holds it, and what of it is public."""
    row: LedgerEntry = found(queries.entry_at(position) if position < 2**53 else None)
    newest = found(queries.latest())
    return render_template(
        "ledger/entry.html", entry=row, latest=newest, leaf=leaf_hash(row.commitment).hex(),
        proof=[each.hex() for each in queries.inclusion(position, newest.size)],
        opened=values_of(row.opening) if row.opening else {},
    )  # fmt: skip


@doors.get("/ledger")
@open_to_all
def index_door() -> Response:
    """Lead to the log in the reader's own language."""
    language()
    return redirect(url_for("ledger.index", q=request.args.get("q")))


@doors.get("/ledger/<int:position>")
@open_to_all
def entry_door(position: int) -> Response:
    """Lead to an entry in the reader's own language."""
    return redirect(url_for("ledger.entry", position=position))
