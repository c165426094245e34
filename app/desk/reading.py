"""What triage read in a case, in words: why a person looks, what would change it, what the text says beside."""

from __future__ import annotations

from typing import Any

from app.cases.models import Case
from app.web.filters import law, money, named
from app.web.i18n import language
from workflows.triage import deciding


def face(case: Case) -> dict[str, Any]:
    """Return the reading as the case page and the page of the step show it; empty for a case that was not read."""
    reading = case.reading or {}
    said = reading.get("said") or {}
    why = deciding.codes().get(reading.get("why_person") or "")
    return {
        "why": why[language()] if why else None,
        "sure": reading.get("confidence"),
        "changes": [(_fact(each["fact"]), each["anomaly"]) for each in reading.get("would_change", ())],
        "without": [(each["text"], each["without"]) for each in reading.get("reasons", ()) if each.get("without")],
        "asked_for": [law(kind, "remedy_kind") for kind in said.get("asked_for", ())],
        "amounts": [_sum(words) for words in said.get("amounts", ())],
        "dates": [words["text"] for words in said.get("dates", ())],
    }


def _fact(fact: str) -> str:
    """Return a fact such as `payment_failed.cause=bank` in words."""
    return named(fact.replace(".", "_").replace("=", "_"), "settling_fact")


def _sum(words: dict[str, Any]) -> str:
    known = words.get("currency") and words.get("amount_minor") is not None
    return money(words["amount_minor"], words["currency"]) if known else words["text"]
