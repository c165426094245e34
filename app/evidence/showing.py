"""Exhibits as pages show them and as browsers get them. The complainant's pages use these with their own guard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, abort, url_for
from flask_babel import gettext as _

from app.cases.exhibits import shows_exhibits
from app.cases.models import Case
from app.evidence.models import Evidence
from app.evidence.queries import copy_for, of_case
from app.web import files
from app.web.filters import file_size, named
from workflows.procedure.authority import Actor

Address = Callable[[str, Evidence], str | None]


def _staff_address(what: str, evidence: Evidence) -> str:
    return url_for(f"evidence.{what}", evidence_id=evidence.id)


def face(evidence: Evidence, actor: Actor, address: Address = _staff_address) -> dict[str, Any]:
    """Return an exhibit as `file_list` and `evidence_strip` draw it.

    `address("download" | "picture", evidence)` says where this reader gets it; by default the staff's addresses.
    """
    given = copy_for(evidence, actor)
    return {
        "id": evidence.id,
        "number": evidence.number,
        "filename": evidence.filename,
        "admitted": evidence.counts,
        "name": f"{evidence.number}. {evidence.filename}",
        "kind": "image" if evidence.is_picture else "file",
        "size_text": file_size(evidence.size),
        "note": _note(evidence, given),
        "url": address("download", evidence) if given else None,
        "thumb_url": address("picture", evidence) if evidence.shared_sha256 else None,
        "side": evidence.side,
        "added_at": evidence.added_at,
    }


@shows_exhibits
def faces(case: Case, actor: Actor) -> list[dict[str, Any]]:
    """Return the exhibits of a case for a page of another room."""
    return [face(each, actor) for each in of_case(case)]


def _note(evidence: Evidence, given: tuple[str, str, str] | None) -> str:
    by = _("from: %(side)s", side=named(evidence.side, "side"))
    if evidence.is_picture and evidence.shared_sha256 is None:
        held = _("may hold a place, shown to the desk only") if given is None else _("may hold a place")
        return f"{by} · {held}"
    removed = _("place removed")
    return f"{by} · {removed}" if given and given[0] == evidence.shared_sha256 else by


def send(evidence: Evidence, actor: Actor) -> Response:
    """Return the copy that this reader gets, for saving; 404 where there is none for them."""
    given = copy_for(evidence, actor)
    return files.attachment(*given) if given else abort(404)


def show(evidence: Evidence) -> Response:
    """Return the shared copy of a picture, to be shown in a page; 404 where there is none."""
    return files.picture(evidence.shared_sha256) if evidence.shared_sha256 else abort(404)
