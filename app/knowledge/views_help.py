"""The assistant's pages: a question box, and the answer with its clause or an honest no. Source: clause 3.1.2."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response as Redirect

from app.core.db import transaction
from app.core.languages import preferred, segment
from app.core.text import TextRefused, one_line
from app.knowledge import asking, service
from app.knowledge.views import today
from app.web.guards import act, open_to_all
from app.web.i18n import language, public
from app.web.limits import often
from workflows.assistant import answering, measuring
from workflows.regulation import book

help_pages = public(Blueprint("help", __name__))
help_doors = Blueprint("help_doors", __name__)
BLUEPRINTS = (help_pages, help_doors)


@help_pages.get("/help")
@open_to_all
def start() -> str:
    """Show the question box, the questions asked most, and how often the assistant is right."""
    return _start_page()


def _start_page(*, refused: bool = False) -> str:
    kept = book.current().figure("question_kept", today())
    accuracy, leading = measuring.published(), answering.leading()
    return render_template("knowledge/help.html", leading=leading, accuracy=accuracy, kept=kept, refused=refused)


@help_pages.get("/ask")
@open_to_all
@often("questions")
def ask() -> tuple[str, int] | Redirect | str:
    """Answer a question, or decline and hand over to people. What is not known is collected for staff."""
    try:
        question = one_line(request.args.get("q", ""), limit=answering.LONGEST)
    except TextRefused:
        return _start_page(refused=True), 422
    if not question:
        return redirect(f"/{segment(language())}/help", code=303)
    said, tongue = asking.say(question, on=today()), asking.language_of(question, language())
    if said.declined == answering.UNKNOWN:
        with transaction():
            service.collect(question, tongue, at=act().at)
    return render_template("knowledge/answer.html", question=question, said=said, tongue=tongue)


@help_doors.get("/<any(help, ask, checks):page>")
@open_to_all
def door(page: str) -> Redirect:
    """Send an address without a language to the reader's language, the question with it."""
    tongue = preferred(tag for tag, _quality in request.accept_languages)
    asked = request.query_string.decode("ascii", "ignore")
    return redirect(f"/{segment(tongue)}/{page}" + (f"?{asked}" if asked else ""), code=302)
