"""The rulebook as people read it: headings, clauses in order, the figures that rest on each."""

from __future__ import annotations

from datetime import date
from typing import Any

from msgspec import Struct

from workflows.regulation.book import Rulebook
from workflows.regulation.entries import Clause, Figure, Part


class Section(Struct, frozen=True):
    """A heading with the clauses under it."""

    part: Part
    depth: int
    clauses: list[Clause]


def sections(book: Rulebook, on: date, *, language: str, words: str = "") -> list[Section]:
    """Return the rulebook in order; with `words`, only the clauses whose number, title or text contain them."""
    clauses = [clause for clause in book.clauses(on) if _matches(clause, language, words)]
    found = []
    for part in book.parts():
        under = [clause for clause in clauses if clause.part == part.number]
        if under or (not words and any(clause.number.startswith(part.number + ".") for clause in clauses)):
            found.append(Section(part, part.number.count(".") + 1, under))
    return found


def _matches(clause: Clause, language: str, words: str) -> bool:
    wanted = words.casefold().strip()
    text = f"{clause.number} {clause.title.in_(language)} {clause.text.in_(language)}".casefold()
    return not wanted or wanted in text


def figures_by_clause(book: Rulebook, on: date) -> dict[str, list[Figure]]:
    """Return the limits in force under the clause they rest on."""
    found: dict[str, list[Figure]] = {}
    for figure in book.figures.on(on):
        found.setdefault(figure.clause, []).append(figure)
    return found


def clause_shown(clause: Clause, figures: list[Figure]) -> dict[str, Any]:
    """Return a clause as the API shows it."""
    return {
        "clause": clause.number,
        "title": clause.title.as_dict(),
        "text": clause.text.as_dict(),
        "automation": clause.automation,
        "reason": clause.reason.as_dict() if clause.reason else None,
        "in_force_from": clause.in_force_from.isoformat(),
        "limits": [figure_shown(figure) for figure in figures],
    }


def figure_shown(figure: Figure) -> dict[str, Any]:
    """Return a limit as the API shows it."""
    return {
        "key": figure.key,
        "clause": figure.clause,
        "values": list(figure.values),
        "unit": figure.unit,
        "own": figure.own,
        "note": figure.note.as_dict(),
        "in_force_from": figure.in_force_from.isoformat(),
    }


def liability_shown(book: Rulebook, on: date) -> list[dict[str, str]]:
    """Return the liability table in force on a day, as the API shows it. Source: clause 2.2.2."""
    return [
        {"anomaly": row.anomaly, "responsible_party": row.party_kind, "clause": row.clause}
        for row in book.liabilities.on(on)
    ]
