"""The regulation as data: `current()` is the rulebook that the product ships, `load(folder)` reads another one."""

import hashlib
import json
from functools import cache
from pathlib import Path

from workflows.regulation import loading, soundness, vocabulary
from workflows.regulation.credit import Credit
from workflows.regulation.errors import NotInRulebook, RulebookError
from workflows.regulation.reading import Folder
from workflows.regulation.rulebook import Rulebook
from workflows.regulation.shelf import Shelf
from workflows.regulation.text import LANGUAGES, Text3

__all__ = ["LANGUAGES", "NotInRulebook", "Rulebook", "RulebookError", "Text3", "current", "load"]

DATA = Path(__file__).parent / "data"
EXAMPLES = "worked_examples.toml"  # they test the rulebook and are no part of it


@cache
def current() -> Rulebook:
    """Return the rulebook that the product ships, read once."""
    return load(DATA)


def load(path: Path) -> Rulebook:
    """Return the rulebook in a folder. Raises: RulebookError for any mistake in it."""
    folder = Folder(path)
    edition = loading.edition(folder)
    headings, clauses = loading.clauses(folder)
    credit = Credit(folder)
    book = Rulebook(
        edition=edition,
        version=f"{edition}-{_fingerprint(folder)}",
        headings=headings,
        numbered=Shelf("clauses/", clauses, lambda clause: clause.number),
        figures=Shelf("figures.toml", loading.figures(folder)),
        party_kinds=Shelf("parties.toml", loading.party_kinds(folder)),
        anomalies=Shelf("anomalies.toml", loading.anomalies(folder)),
        liabilities=Shelf("liability.toml", loading.liabilities(folder), lambda row: row.anomaly),
        plans=Shelf("plans.toml", loading.plans(folder)),
        categories=Shelf("categories.toml", loading.categories(folder)),
        remedy_kinds=Shelf("remedies.toml", loading.remedies(folder)),
        usual_remedies=Shelf("usual_remedies.toml", loading.usual_remedies(folder)),
        importance_rules=Shelf("importance.toml", loading.importance(folder)),
        breaches=Shelf("penalties.toml", loading.breaches(folder)),
        credit_methods=Shelf("credit.toml", credit.methods),
        grades=Shelf("credit.toml", credit.grades),
        listings=Shelf("credit.toml", credit.listings),
        order_fields=Shelf("order_fields.toml", vocabulary.order_fields(folder)),
        required=Shelf("required.toml", vocabulary.required(folder), lambda each: f"{each.clause} {each.key}"),
        proofs=Shelf("proof.toml", vocabulary.proofs(folder)),
        signs=Shelf("inspection.toml", vocabulary.signs(folder)),
        wordings=Shelf("absolute_wording.toml", vocabulary.wordings(folder), lambda each: each.language),
        merits=Shelf("refusals.toml", vocabulary.merits(folder), lambda each: each.language),
        terms=vocabulary.terms(folder),
        explanations=vocabulary.explanations(folder),
    )
    soundness.verify(book)
    return book


def _fingerprint(folder: Folder) -> str:
    """Return a short hash of what the files say; comments and layout do not count."""
    content = {name: folder.tables(name) for name in folder.names("**/*.toml") if name != EXAMPLES}
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()[:10]
