"""Verifying a notice, and the papers that a private link opens."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from app.cases.queries import by_link
from app.core import clock
from app.core.languages import NAMES
from app.notices import queries, receipts
from app.notices.facts import NoticeLanguage
from app.notices.files import printed
from app.notices.freezing import written_number
from app.web.api import found
from app.web.guards import open_to_all
from app.web.i18n import language, public
from app.web.limits import often

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
    if entry is None:
        return render_template("notices/verify_unknown.html", code=code[:40]), 404
    number = written_number(entry.number, NoticeLanguage(language()))
    return render_template("notices/verify.html", entry=entry, number=number, language_names=NAMES)


@notices.get("/c/<token>/receipt.pdf")
@open_to_all
@often("printing")
def acknowledgement(token: str) -> Response:
    """Print the receipt of a complaint for whoever holds its private link; it names nobody."""
    case = found(by_link(token))
    return printed(receipts.acknowledgement(case, NoticeLanguage(language())), f"{case.number}-receipt")


@notices.get("/c/<token>/deadlines.pdf")
@open_to_all
@often("printing")
def deadline_receipt(token: str) -> Response:
    """Print the account of a case's clocks for whoever holds its private link; it names nobody."""
    case = found(by_link(token))
    facts = receipts.deadline_receipt(case, NoticeLanguage(language()), at=clock.now())
    return printed(facts, f"{case.number}-deadlines")


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
