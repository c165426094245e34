"""The rulebook over the API."""

from __future__ import annotations

from typing import Any

from flask import Response
from pydantic import Field

from app.core.commands import CivilDay, Frozen
from app.core.db import transaction
from app.core.text import Line
from app.knowledge import asking, service
from app.knowledge.contents import clause_shown, figure_shown, figures_by_clause, liability_shown
from app.knowledge.views import today
from app.web.api import answer, api_blueprint, found, operation, read_query
from app.web.guards import act, open_to_all
from app.web.i18n import language
from app.web.limits import often
from workflows.assistant import answering
from workflows.regulation import book
from workflows.regulation.book import NotInRulebook

api = api_blueprint("knowledge")
BLUEPRINTS = (api,)
OBJECT: dict[str, Any] = {"type": "object"}


class AsOf(Frozen):
    """The civil day whose rules are asked for; today by default."""

    as_of: CivilDay | None = None


@api.get("/rulebook")
@open_to_all
@operation(
    "Clauses, limits and the liability table in force", tag="rulebook", query=AsOf, answer=OBJECT, signed_in=False
)
def show_rulebook() -> Response:
    """Return the whole rulebook on a day."""
    on = read_query(AsOf).as_of or today()
    rulebook = book.current()
    limits = figures_by_clause(rulebook, on)
    return answer(
        {
            "version": rulebook.version,
            "as_of": on.isoformat(),
            "clauses": [clause_shown(clause, limits.get(clause.number, [])) for clause in rulebook.clauses(on)],
            "limits": [figure_shown(figure) for figures in limits.values() for figure in figures],
            "liability": liability_shown(rulebook, on),
        }
    )


@api.get("/rulebook/<clause>")
@open_to_all
@operation("One clause with its limits", tag="rulebook", query=AsOf, answer=OBJECT, signed_in=False)
def show_clause(clause: str) -> Response:
    """Return a clause on a day."""
    on = read_query(AsOf).as_of or today()
    try:
        entry = book.current().clause(clause, on)
    except NotInRulebook:
        entry = None
    return answer(clause_shown(found(entry), figures_by_clause(book.current(), on).get(clause, [])))


class Asked(Frozen):
    """A question in anybody's words, and the language to answer in (that of the question by default)."""

    q: Line
    language: str | None = Field(default=None, max_length=20)


ANSWERED: dict[str, Any] = {
    "type": "object",
    "properties": {
        "answered": {"type": "boolean"},
        "answer": {"type": "string"},
        "clauses": {"type": "array", "items": {"type": "string"}},
        "confidence": {"type": "number"},
        "alternatives": {
            "type": "array",
            "items": {"type": "object", "properties": {"clause": {"type": "string"}, "title": {"type": "string"}}},
        },
    },
    "required": ["answered", "answer", "clauses", "confidence", "alternatives"],
}


@api.get("/ask")
@open_to_all
@often("questions")
@operation(
    "Answer a question about the rules with its clause, or decline", tag="rulebook", query=Asked, answer=ANSWERED,
    signed_in=False, problems=(429,),
)  # fmt: skip
def ask() -> Response:
    """Return the assistant's answer; what it does not know is collected for staff, without any personal data."""
    asked = read_query(Asked)
    tongue = language() if asked.language else asking.language_of(asked.q, language())
    said = asking.say(asked.q, on=today())
    if said.declined == answering.UNKNOWN:
        with transaction():
            service.collect(asked.q, tongue, at=act().at)
    return answer(_shown(said, tongue))


def _shown(said: asking.Said, tongue: str) -> dict[str, Any]:
    return {
        "answered": said.answered,
        "answer": said.text.in_(tongue),
        "clauses": [clause.number for clause in said.clauses],
        "confidence": round(said.confidence, 3),
        "alternatives": [{"clause": each.number, "title": each.title.in_(tongue)} for each in said.others],
    }
