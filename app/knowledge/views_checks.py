"""Checks for merchants: try an order's facts against the rules, by form or by file; nothing is kept."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, render_template, request

from app.cases.faces import found_faces
from app.core import sheet as sheets
from app.knowledge.forms_checks import ChecksForm
from app.web.guards import act, open_to_all
from app.web.i18n import language, public
from app.web.limits import often
from app.web.words import sentence
from workflows.procedure.checks import engine, sheet
from workflows.procedure.checks.facts import CheckRequest, FactsError
from workflows.procedure.checks.sheet import Mistake, SheetRefused
from workflows.regulation import book

checks = public(Blueprint("checks", __name__))
BLUEPRINTS = (checks,)


@checks.route("/checks", methods=["GET", "POST"])
@open_to_all
@often("readings")
def check() -> Any:
    """Check an order's facts and show what the rules say, clause by clause. Source: clauses 3.1.1, 3.2.4."""
    form, findings = ChecksForm(request.form), None
    mistakes: list[str] = []
    if request.method == "POST" and form.validate():
        findings, mistakes = _checked(form)
    refused = request.method == "POST" and findings is None
    page = render_template("knowledge/checks.html", form=form, findings=findings, mistakes=mistakes)
    return page, 422 if refused else 200


@checks.get("/checks/template.csv")
@open_to_all
def template() -> Response:
    """Return a table to start from, as a shop's system could write it."""
    head = {"Content-Disposition": 'attachment; filename="order-facts.csv"'}
    return Response("".join(sheets.lines(sheet.example(language()))), mimetype="text/csv", headers=head)


def _checked(form: ChecksForm) -> tuple[list[dict[str, Any]] | None, list[str]]:
    """Return the findings as the page shows them, or None with what is wrong in the file."""
    upload = request.files.get("file")
    try:
        if upload and upload.filename:
            document = sheet.document(upload.stream.read(sheet.LARGEST + 1))
        else:
            document = form.document()
        document.setdefault("complaint_at", act().at.isoformat())
        found = engine.check(CheckRequest.from_json(document), book.current())
    except SheetRefused as refused:
        return None, [told(each) for each in refused.mistakes]
    except FactsError as wrong:
        return None, [sentence(each.code, each.params) for each in wrong.errors]
    return found_faces(found, language()), []


def told(mistake: Mistake) -> str:
    """Return a mistake of a file in words, with its row."""
    place = sentence("row", {"row": mistake.row}) + " " if mistake.row else ""
    where = f"{mistake.where}: " if mistake.where else ""
    return f"{place}{where}{sentence(mistake.code, mistake.params)}"
