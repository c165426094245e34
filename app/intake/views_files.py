"""The files of a draft: chosen, listed, removed. One that is refused keeps no other out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.core import uploads
from app.core.db import transaction
from app.core.uploads import Upload, UploadRefused
from app.intake import drafting, pages, queries, service_drafts
from app.intake.forms import StepForm
from app.intake.models import DraftFile
from app.intake.views import Answer
from app.web.edge import csrf
from app.web.files import picture
from app.web.filters import file_size
from app.web.guards import act, open_to_all
from app.web.i18n import language, public
from app.web.limits import often
from app.web.words import sentence
from workflows.procedure.errors import Invalid
from workflows.regulation import book

filing_files = public(Blueprint("filing_files", __name__, url_prefix="/complain/evidence"))
BLUEPRINTS = (filing_files,)
filing_files.before_request(pages.receipt_when_sent)
Refusal = dict[str, str]


@filing_files.route("", methods=["GET", "POST"])
@open_to_all
@often("uploads")
@csrf.exempt  # the form checks it, so that an old page loses nothing
def evidence() -> Answer:
    """Show the files; add those that were chosen."""
    form = StepForm()
    if request.method == "GET":
        return _page(form)
    if not form.validate():
        return _page(form), 422
    taken, refused = _taken()
    token, too_many = _added(taken)
    refused += too_many
    answer = make_response(_page(form, refused), 422) if refused else redirect(_going_to(), code=303)
    return drafting.remember(answer, token)


def _going_to() -> str:
    if "save" in request.form:
        return url_for("later.saved")
    return pages.after("evidence") if "next" in request.form else pages.url_of("evidence", **pages.from_check())


def _taken() -> tuple[list[Upload], list[Refusal]]:
    """Keep the files that were sent and return them, and those that cannot be taken with the reason."""
    taken, refused = [], []
    for file in request.files.getlist("files"):
        if not file.filename:
            continue
        try:
            upload = uploads.take(file.filename, file.stream)  # type: ignore[arg-type]
            taken.append(replace(upload, proves=_proves()))
        except UploadRefused as refusal:
            words = sentence(refusal.code, {"limit": refusal.limit})
            refused.append({"name": uploads.shown_name(file.filename), "error": words})
    return taken, refused


def _proves() -> str | None:
    """Return what of the checklist the sender says these files are."""
    said = request.form.get("proves")
    return said if said in {row.key for row in book.current().proofs} else None


def _proof(files: Sequence[DraftFile]) -> list[dict[str, Any]]:
    """Return what usually helps, and whether it is among the files. Source: clause 2.1.6.5."""
    anomaly = (drafting.answers().get("problem") or {}).get("anomaly")
    known = anomaly if anomaly in {each.key for each in book.current().anomalies} else "other"
    rows = [row for row in book.current().proof_of(known) if row.side == "consumer"]
    there = {file.proves for file in files}
    return [{"key": row.key, "name": row.name.in_(language()), "exhibits": row.key in there} for row in rows]


def _added(taken: Sequence[Upload]) -> tuple[str, list[Refusal]]:
    """Add files to the draft; return the token that opens it, and the refusal of more than may be added."""
    try:
        with transaction():
            draft, token = service_drafts.to_write(drafting.token(), language(), act=act())
            before = service_drafts.add_files(draft, taken, act=act())
    except Invalid as refusal:
        words = sentence(refusal.code, refusal.fields)
        return drafting.token() or "", [{"name": file.filename, "error": words} for file in taken]
    for name in before:
        flash(_("You added this file before: %(name)s.", name=name), "warning")
    return token, []


def _page(form: StepForm, refused: Sequence[Refusal] = ()) -> str:
    draft = drafting.current(again=True)
    files = queries.files_of(draft)
    return render_template(
        "intake/evidence.html", form=form, draft=draft, files=[*map(_face, files), *refused], proof=_proof(files),
        errors=[{"target": "files", "text": f"{each['name']}: {each['error']}"} for each in refused],
        accept=uploads.ACCEPT,
        limit_mb=uploads.FILE_LIMIT // 1024**2, most=uploads.COUNT_LIMIT, **pages.place("evidence"),
    )  # fmt: skip


def _face(file: DraftFile) -> dict[str, Any]:
    thumb = url_for("filing_files.thumbnail", file_id=file.id) if file.shared_sha256 else None
    return {
        "name": file.filename,
        "kind": "image" if file.media_type.startswith("image/") else "file",
        "size_text": file_size(file.size),
        "thumb_url": thumb,
        "remove_url": url_for("filing_files.remove", file_id=file.id, **pages.from_check()),
    }


@filing_files.get("/<int:file_id>/picture")
@open_to_all
def thumbnail(file_id: int) -> Response:
    """Show a picture of this browser's draft."""
    file = queries.file_of(drafting.current(), file_id)
    return picture(file.shared_ref) if file and file.shared_ref else abort(404)


@filing_files.post("/<int:file_id>/remove")
@open_to_all
def remove(file_id: int) -> Response:
    """Take a file out of the draft."""
    if draft := drafting.current():
        with transaction():
            service_drafts.remove_file(draft, file_id, act=act())
    return redirect(pages.url_of("evidence", **pages.from_check()), code=303)
