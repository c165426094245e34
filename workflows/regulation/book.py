"""The regulation as data: `current()` is the rulebook that the product ships, `load(folder)` reads another one."""

import hashlib
import json
from functools import cache
from pathlib import Path

from workflows.regulation import loading, soundness, vocabulary
from workflows.regulation.errors import NotInRulebook, RulebookError
from workflows.regulation.reading import parse
from workflows.regulation.rulebook import Rulebook
from workflows.regulation.text import LANGUAGES, Text3

__all__ = ["LANGUAGES", "NotInRulebook", "Rulebook", "RulebookError", "Text3", "current", "load"]

DATA = Path(__file__).parent / "data"
EXAMPLES = "worked_examples.toml"  # they test the rulebook and are no part of it


@cache
def current() -> Rulebook:
    """Return the rulebook that the product ships, read once."""
    return load(DATA)


def load(folder: Path) -> Rulebook:
    """Return the rulebook in a folder. Raises: RulebookError for any mistake in it."""
    headings, clauses = loading.clauses(folder)
    edition = loading.edition(folder)
    book = Rulebook(
        edition=edition,
        version=f"{edition}-{_fingerprint(folder)}",
        headings=headings,
        all_clauses=clauses,
        figures=loading.figures(folder),
        party_kinds=loading.party_kinds(folder),
        anomalies=loading.anomalies(folder),
        liabilities=loading.liabilities(folder),
        plans=loading.plans(folder),
        categories=loading.categories(folder),
        remedy_kinds=loading.remedies(folder),
        importance_rules=loading.importance(folder),
        breaches=loading.breaches(folder),
        terms=vocabulary.terms(folder),
        explanations=vocabulary.explanations(folder),
        order_fields=vocabulary.order_fields(folder),
        required=vocabulary.required(folder),
        wordings=vocabulary.wordings(folder),
        merits=vocabulary.merits(folder),
    )
    soundness.verify(book)
    return book


def _fingerprint(folder: Path) -> str:
    """Return a short hash of what the files say; comments and layout do not count."""
    content = {
        name: parse(path, name)
        for path in sorted(folder.rglob("*.toml"))
        if (name := path.relative_to(folder).as_posix()) != EXAMPLES
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()[:10]
