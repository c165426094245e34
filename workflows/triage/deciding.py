"""Whether a reading may be acted on by itself, and if not, why a person must look."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from msgspec import Struct

from workflows.triage.scoring import thresholds

OF_MONEY = frozenset({"payment_info_error", "system_fault"})
OF_SENDING = frozenset({"logistics_info_error", "return_refusal"})
OF_DAMAGE = frozenset({"logistics_info_error", "product_info_error"})
UNPROVEN_HANDOVER = ("shipped", "tracking_updated")


class Evidence(Struct, frozen=True):
    """All that the decision rests on. `parties` holds each party's share of the likelihood, None for `other`."""

    anomaly: str
    party: str | None
    parties: Mapping[str | None, float]
    text_party: str | None
    fact_anomalies: tuple[str, ...]
    claimed_party: str | None
    readable: bool
    length: int
    shortest: int
    only_asks: bool
    danger: bool
    cues: frozenset[str]
    on_the_way: bool
    payment_known: bool
    hearsay: bool


@cache
def codes() -> dict[str, dict[str, str]]:
    """Return the codes of reasons for a person, in their order, with what is said about each in three languages."""
    return _texts("why")


@cache
def fact_names() -> dict[str, dict[str, str]]:
    """Return the facts that can be missing, with their names in three languages."""
    return _texts("fact")


def _texts(kind: str) -> dict[str, dict[str, str]]:
    table = tomllib.loads(files(__package__).joinpath("data/person.toml").read_text("utf-8"))
    return {row.pop("code"): row for row in table[kind]}


def missing_facts(seen: Evidence) -> tuple[str, ...]:
    """Return the facts without which the text alone must not decide the party.

    "Money taken, order missing" needs to know where the payment failed, "never shipped" whether the
    carrier ever had the parcel, "broken, nobody knows where" what the inspection found: else the table
    would blame one company for the act of another.
    """
    if seen.fact_anomalies:
        return ()
    wanted: list[str] = []
    if "money_no_order" in seen.cues and seen.anomaly in OF_MONEY and not seen.payment_known:
        wanted.append("payment_failed.cause")
    if "never_shipped" in seen.cues and seen.anomaly in OF_SENDING and not seen.on_the_way:
        wanted.extend(UNPROVEN_HANDOVER)
    if "damage_unclear" in seen.cues and seen.anomaly in OF_DAMAGE:
        wanted.append("inspection_finding")
    return tuple(wanted)


def why_person(seen: Evidence) -> str | None:
    """Return the code of the first reason for a person, None when the reading may stand by itself."""
    held = _always(seen) | (_by_facts(seen) if seen.fact_anomalies else _by_text(seen))
    return next((code for code in codes() if held.get(code)), None)


def _always(seen: Evidence) -> dict[str, bool]:
    return {"safety_or_fraud": seen.danger}


def _by_facts(seen: Evidence) -> dict[str, bool]:
    """Facts decide, unless they name two parties or the text plainly speaks of another one."""
    rival = max((share for party, share in seen.parties.items() if party != seen.party), default=0.0)
    spoken = seen.readable and seen.length >= seen.shortest
    return {
        "text_and_facts_conflict": spoken and rival >= thresholds()["conflict_at"],
        "two_parties": len(seen.fact_anomalies) > 1,
    }


def _by_text(seen: Evidence) -> dict[str, bool]:
    limits = thresholds()
    other = seen.parties.get(None, 0.0)
    rivals = [share for party, share in seen.parties.items() if party not in (None, seen.party)]
    return {
        "unsupported_language": not seen.readable,
        "too_short": seen.length < seen.shortest,
        "seller_side": "seller_self" in seen.cues or ("seller_side" in seen.cues and other > limits["other_below"]),
        "question": seen.only_asks or bool(seen.cues.intersection(limits["never_alone_cues"])),
        "out_of_scope_likely": seen.party is None or other > limits["other_below"] or _speaks_of_elsewhere(seen),
        "claim_conflicts": seen.claimed_party not in (None, seen.text_party),
        "missing_fact": bool(missing_facts(seen)),
        "two_parties": seen.hearsay or max(rivals, default=0.0) > limits["second_party_below"],
        "low_margin": seen.parties.get(seen.party, 0.0) < limits["route_at"],
    }


def _speaks_of_elsewhere(seen: Evidence) -> bool:
    """Return whether a word that belongs outside the five anomalies leaves too much doubt."""
    outside = seen.cues.intersection(thresholds()["outside_cues"])
    return bool(outside) and seen.parties.get(seen.party, 0.0) < thresholds()["route_outside_at"]
