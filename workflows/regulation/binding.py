"""From the files of a rulebook to one value that can be asked, or to the mistake in them."""

import hashlib
import json
from collections.abc import Mapping

from workflows.regulation import loading, soundness, vocabulary
from workflows.regulation.credit import Credit
from workflows.regulation.reading import Folder
from workflows.regulation.rulebook import Rulebook
from workflows.regulation.shelf import Shelf

EXAMPLES = "worked_examples.toml"
PAPERS = frozenset({"notices.toml", "wording.toml"})
"""What notices are made of and say: it lies beside the rules and is read by those who print."""


def bound(files: Mapping[str, str]) -> Rulebook:
    """Return the rulebook that the files make, by their names. Raises: RulebookError for any mistake in them."""
    folder = Folder(files)
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
    """Return a short hash of what the rules say; comments, layout, examples and papers do not count."""
    content = {name: folder.tables(name) for name in folder.names() if name not in {EXAMPLES, *PAPERS}}
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()[:10]
