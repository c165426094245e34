"""The rules, for everybody to read, search, link to and download; and what the desk says of itself."""

from __future__ import annotations

import re
from datetime import date

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as Redirect

from app.core import clock
from app.core.languages import preferred, segment
from app.knowledge.contents import figures_by_clause, sections
from app.web.filters import zone
from app.web.guards import open_to_all
from app.web.i18n import language, public
from workflows.regulation import approved, book

knowledge = public(Blueprint("knowledge", __name__))
doors = Blueprint("knowledge_doors", __name__)
BLUEPRINTS = (knowledge, doors)
ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def today() -> date:
    """Return the civil day."""
    return clock.now().astimezone(zone()).date()


def asked_for(day: str) -> date:
    """Return the day that an address names, today where it names none."""
    try:
        return date.fromisoformat(day) if ISO_DAY.fullmatch(day) else today()
    except ValueError:
        return today()


@knowledge.get("/rules")
@open_to_all
def rules() -> str:
    """Show the rulebook in force, today or on another day, with an anchor for each clause. Source: clause 2.4.1."""
    words = request.args.get("q", "").strip()[:60]
    rulebook, on = book.current(), asked_for(request.args.get("as_of", ""))
    return render_template(
        "knowledge/rules.html", rulebook=rulebook, words=words, on=on, today=today(),
        sections=sections(rulebook, on, language=language(), words=words),
        figures=figures_by_clause(rulebook, on), coming=approved.coming(),
    )  # fmt: skip


@knowledge.get("/rules.txt")
@open_to_all
def rules_text() -> Response:
    """Return the rulebook as a plain text file to keep. Source: clause 2.4.1 (it can be downloaded)."""
    rulebook = book.current()
    found = sections(rulebook, today(), language=language())
    text = render_template("knowledge/rules.txt", rulebook=rulebook, sections=found, on=today())
    name = f"rules-{rulebook.version}-{segment(language())}.txt"
    return Response(text, mimetype="text/plain", headers={"Content-Disposition": f'attachment; filename="{name}"'})


@knowledge.get("/rules.json")
@open_to_all
def rules_data() -> Response:
    """Return the rulebook's files, edition by edition, as `python -m workflows.verify --rulebook` takes them."""
    head = {"Content-Disposition": 'attachment; filename="rules.json"'}
    return Response(approved.written(approved.editions()), mimetype="application/json", headers=head)


@knowledge.get("/privacy")
@open_to_all
def privacy() -> str:
    """Say what is kept of people, and why."""
    return render_template("knowledge/privacy.html", days=book.current().figure("case_kept").value)


@knowledge.get("/accessibility")
@open_to_all
def accessibility() -> str:
    """Say how the desk can be used by everybody, and whom to tell where it cannot."""
    return render_template("knowledge/accessibility.html")


@knowledge.get("/language")
@open_to_all
def languages() -> str:
    """Let the reader choose the language."""
    return render_template("knowledge/languages.html")


@doors.get("/<any(rules, rules.txt, rules.json, language, privacy, accessibility, complain, track, decisions):page>")
@open_to_all
def door(page: str) -> Redirect:
    """Send an address without a language to the reader's language."""
    tongue = preferred(tag for tag, _quality in request.accept_languages)
    return redirect(f"/{segment(tongue)}/{page}", code=302)
