"""What the transparency log commits to of the committee's work. Source: clause 3.1.4.

Each value is what never changes of its row. A vote is published by its `ballot`, which stands for the member.
"""

from __future__ import annotations

from typing import Any

from app.committee.models import Challenge, Decision, Issue, Panel, PanelDraw, PanelSeat, ReviewRequest, Vote
from app.ledger.records import recorded


def _some(row: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


@recorded("panel", Panel)
def _panel(row: Panel) -> dict[str, Any]:
    return _some(row, "id", "case_id", "round", "size", "expert_seats", "quorum", "tie_rule", "opened_at")


@recorded("issue", Issue)
def _issue(row: Issue) -> dict[str, Any]:
    return _some(row, "id", "panel_id", "n", "kind", "subject", "clause", "party", "amount_minor", "currency")


@recorded("draw", PanelDraw)
def _draw(row: PanelDraw) -> dict[str, Any]:
    return _some(row, "panel_id", "n", "candidates", "at")


@recorded("seat", PanelSeat)
def _seat(row: PanelSeat) -> dict[str, Any]:
    return _some(row, "panel_id", "user_id", "place", "draw", "ballot", "seated_at")


@recorded("vote", Vote)
def _vote(row: Vote) -> dict[str, Any]:
    return _some(row, "id", "panel_id", "issue_id", "ballot", "user_id", "choice", "reason", "at")


@recorded("decision", Decision, when=Decision.signed_at.is_not(None))
def _decision(row: Decision) -> dict[str, Any]:
    names = ("id", "case_id", "round", "number", "language", "outcome", "facts_found", "clauses", "reasons", "terms")
    return _some(row, *names, "dissent", "dissent_ruling", "signed_by", "signed_at")


@recorded("review", ReviewRequest)
def _review(row: ReviewRequest) -> dict[str, Any]:
    return _some(row, "case_id", "round", "side", "grounds", "text", "language", "at")


@recorded("challenge", Challenge)
def _challenge(row: Challenge) -> dict[str, Any]:
    return _some(row, "id", "panel_id", "seat_id", "n", "side", "grounds", "text", "language", "at")
