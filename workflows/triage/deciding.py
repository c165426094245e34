"""Whether a reading may be acted on by itself, and if not, why a person must look."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True)
class Evidence:
    """All that the decision rests on; `parties` holds each party's share of the likelihood, `other` under ""."""

    anomaly: str
    parties: Mapping[str, float]
    family: str | None
    length: int
    only_asks: bool
    cues: frozenset[str]
    danger: bool
    fact_anomalies: tuple[str, ...]
    fact_party: str | None
    text_party: str | None
    claim_party: str | None
    on_the_way: bool
    payment_known: bool
    missing: list[str] = field(default_factory=list)


@cache
def thresholds() -> dict[str, Any]:
    """Return the figures of the decision, from data."""
    return tomllib.loads(files(__package__).joinpath("data/thresholds.toml").read_text("utf-8"))


@cache
def codes() -> dict[str, dict[str, str]]:
    """Return the codes of reasons for a person, in their order, with their texts by language."""
    table = tomllib.loads(files(__package__).joinpath("data/person.toml").read_text("utf-8"))
    return {row["code"]: row for row in table["why"]}


def missing_facts(seen: Evidence) -> tuple[str, ...]:
    """Return the facts without which the text alone must not decide the party."""
    wanted = []
    if (
        "money_no_order" in seen.cues
        and not seen.payment_known
        and seen.anomaly in ("payment_info_error", "system_fault")
    ):
        wanted.append("payment_failed.cause")
    if "never_shipped" in seen.cues and not seen.on_the_way and seen.anomaly == "logistics_info_error":
        wanted.extend(("shipped", "tracking_updated"))
    return tuple(wanted)


def why_person(seen: Evidence) -> str | None:
    """Return the code of the first reason for a person, None when the reading may stand by itself."""
    held = _reasons(seen)
    return next((code for code in codes() if held.get(code)), None)


def _reasons(seen: Evidence) -> dict[str, bool]:
    limits = thresholds()
    party = seen.parties.get(seen.fact_party or seen.text_party or "", 0.0)
    rivals = [share for kind, share in seen.parties.items() if kind not in ("", seen.text_party)]
    other = seen.parties.get("", 0.0)
    by_text = not seen.fact_anomalies
    return {
        "unsupported_language": seen.family is None,
        "too_short": by_text and seen.length < limits["shortest"].get(seen.family, 1),
        "safety_or_fraud": seen.danger,
        "seller_side": "seller_side" in seen.cues and other > limits["other_below"] / 2,
        "question": by_text and seen.only_asks,
        "out_of_scope_likely": by_text and (seen.anomaly == "other" or other > limits["other_below"]),
        "text_and_facts_conflict": not by_text
        and seen.text_party not in (None, seen.fact_party)
        and party < limits["second_party_below"],
        "claim_conflicts": by_text and seen.claim_party not in (None, seen.text_party),
        "missing_fact": by_text and bool(missing_facts(seen)),
        "two_parties": len(seen.fact_anomalies) > 1
        or (by_text and max(rivals, default=0) > limits["second_party_below"]),
        "low_margin": by_text and party < limits["route_at"],
    }
