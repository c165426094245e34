"""Verifying a notice, and the papers that a private link opens."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response as Answer

from app.cases.queries import by_link
from app.core.languages import NAMES
from app.notices import authority, queries
from app.notices.facts import NoticeKind, NoticeLanguage
from app.notices.freezing import written_number
from app.notices.kinds import kinds
from app.notices.models import Notice
from app.notices.views_frame import receipt
from app.web.api import found
from app.web.guards import open_to_all
from app.web.i18n import language, public
from app.web.limits import often
from workflows.procedure.authority import consumer_of

notices = public(Blueprint("notices", __name__))
doors = Blueprint("notices_doors", __name__)
BLUEPRINTS = (notices, doors)


@notices.get("/v")
@open_to_all
def verify_start() -> Any:
    """Ask for the code that stands on a notice."""
    typed = request.args.get("code", "").strip()[:40]
    if typed:
        return redirect(url_for("notices.verify", code=queries.read_code(typed) or typed), code=303)
    return render_template("notices/verify_start.html")


@notices.get("/v/<code>")
@open_to_all
def verify(code: str) -> Any:
    """Say what the notice with this code is and where it stands, and offer to compare a file with it."""
    entry = queries.by_code(code)
    if entry is None and (paper := queries.paper_by_code(code)):
        return _paper_page(paper)
    if entry is None:
        return render_template("notices/verify_unknown.html", code=code[:40]), 404
    number = written_number(entry.number, NoticeLanguage(language()))
    return render_template("notices/verify.html", entry=entry, number=number, language_names=NAMES)


def _paper_page(paper: Notice) -> str:
    newer = queries.newer_than(paper) if kinds()[paper.kind].tells_how_things_stand else None
    return render_template("notices/verify_paper.html", paper=paper, newer=newer, language_names=NAMES)


@notices.get("/v/certificate.pem")
@open_to_all
def certificate() -> Response:
    """Hand out the certificate of the authority behind our signatures; 404 before anything was signed."""
    path = authority.published()
    if not path.is_file():
        abort(404)
    return send_file(path, mimetype="application/x-pem-file", as_attachment=True, download_name="heng-authority.pem")


@notices.get("/c/<token>/receipt.pdf")
@open_to_all
@often("printing")
def acknowledgement(token: str) -> Response:
    """Hand out the receipt of a complaint to whoever holds its private link; it names nobody."""
    return _receipt(token, NoticeKind.ACKNOWLEDGEMENT)


@notices.get("/c/<token>/deadlines.pdf")
@open_to_all
@often("printing")
def deadline_receipt(token: str) -> Response:
    """Hand out the account of a case's clocks to whoever holds its private link; it names nobody."""
    return _receipt(token, NoticeKind.DEADLINE_RECEIPT)


def _receipt(token: str, kind: NoticeKind) -> Response:
    case = found(by_link(token))
    reader = consumer_of(case.id, name="", language=case.language, confirmed=False)
    return receipt(lambda: found(by_link(token)), kind, reader, language())


# --- addresses without a language: they stand on paper, and lead to the reader's own ---


@doors.get("/v")
@open_to_all
def start_door() -> Answer:
    """Lead to the page that asks for a code."""
    return redirect(url_for("notices.verify_start", code=request.args.get("code")))


@doors.get("/v/<code>")
@open_to_all
def verify_door(code: str) -> Answer:
    """Lead to the page that verifies the notice with this code."""
    return redirect(url_for("notices.verify", code=code))
