"""How likely each anomaly is, from the cues of a text."""

import math
from collections.abc import Iterable

from workflows.triage.lexicon import Hit

ANOMALIES = (
    "system_fault",
    "product_info_error",
    "payment_info_error",
    "logistics_info_error",
    "return_refusal",
    "other",
)
NAMES_ONLY = frozenset({"channel_named", "courier_named", "merchant_named", "return_asked", "money_taken"})


def likelihoods(hits: Iterable[Hit]) -> dict[str, float]:
    """Return a probability for each anomaly; no cue at all speaks for `other`."""
    points = dict.fromkeys(ANOMALIES, 0.0) | {"other": 0.8}
    for name, points_to in {(hit.cue.name, hit.cue.points_to) for hit in hits}:
        points[points_to] += 0.5 if name in NAMES_ONLY else 1.5
    total = sum(math.exp(value) for value in points.values())
    return {anomaly: math.exp(value) / total for anomaly, value in points.items()}
