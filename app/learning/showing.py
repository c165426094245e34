"""Weights as the page compares them with those in use."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from app.learning.models import Weights
from app.learning.teaching import share

SHARES = ("coverage", "right_party", "out_of_scope_routed", "ambiguous_safe", "alarm_recall", "alarm_precision")


def sets(weights: Weights) -> list[dict[str, Any]]:
    """Return each set that was measured on, with a row per figure: its name, with those in use, with these."""
    names = {"own": _("Our own texts that were never taught"), "cases": _("Cases that people classified, never taught")}
    return [
        {"name": names[key], "rows": _rows(both), "count": both["now"]["rows"]}
        for key, both in weights.figures.items()
        if both["now"]["rows"]
    ]


def _rows(both: dict[str, Any]) -> list[tuple[str, str, str]]:
    names = {
        "coverage": _("Sent on without a person, of clear complaints within the five kinds"),
        "right_party": _("… to the right company"),
        "out_of_scope_routed": _("Out of scope, yet sent on"),
        "ambiguous_safe": _("Ambiguous: to a person, or within what may be meant"),
        "alarm_recall": _("Emergencies that were noticed"),
        "alarm_precision": _("Alarms that were emergencies"),
    }
    first = (
        _("F1 over the anomalies, nothing left to a person"),
        *(f"{both[w]['macro_f1']:.3f}" for w in ("now", "then")),
    )
    return [first, *((names[key], str(share(both["now"][key])), str(share(both["then"][key]))) for key in SHARES)]


def changes(weights: Weights) -> list[dict[str, Any]]:
    """Return the changed answers: those that became right first, then those that became wrong."""
    return sorted(weights.changed, key=lambda each: (-_gain(each), each.get("case_id") or 0))


def _gain(change: dict[str, Any]) -> int:
    right = {name: change[name]["anomaly"] == change["label"] for name in ("now", "then")}
    return int(right["then"]) - int(right["now"])
