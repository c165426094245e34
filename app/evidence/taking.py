"""Taking the files of a page into a case, and telling which of them were there before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flask import flash
from flask_babel import gettext as _

from app.cases.models import Case
from app.evidence.forms import EvidenceForm
from app.evidence.models import Evidence
from app.evidence.service import add, again
from app.web.guards import act


def add_from(case: Case, form: EvidenceForm) -> tuple[Sequence[Evidence], Sequence[Evidence]]:
    """Add the files of a form; return what is new and what this side had added before."""
    files = [replace(upload, proves=form.proves.data or upload.proves) for upload in form.uploads()]
    before = again(case, files, act=act())
    return add(case, files, act=act(), note=form.note.data or "", item=form.asked_for()), before


def tell_added(added: Sequence[Evidence], before: Sequence[Evidence]) -> None:
    """Say what was added and what was there already."""
    if added:
        flash(_("Your files were added."), "success")
    for each in before:
        flash(_("You added this file before: %(name)s.", name=f"{each.number}. {each.filename}"), "warning")
