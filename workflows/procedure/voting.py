"""Voting: choices, quorum, the tie, the tally, and how long votes stay sealed.

The choices are ordered (reject, partly, uphold), and the result of an issue is the middle one: a majority stands
behind granting that much and no more. With an even number of votes two middles may differ; then the chair's vote
decides between them. So the chair must vote, and cannot abstain. Source: clause 3.3.2.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct


class Choice(StrEnum):
    """What a member says to an issue."""

    UPHOLD = "uphold"
    PARTLY = "partly"
    REJECT = "reject"
    ABSTAIN = "abstain"


class TieRule(StrEnum):
    """What decides a tie; frozen when a panel opens."""

    CHAIR = "chair"


ORDER = (Choice.REJECT, Choice.PARTLY, Choice.UPHOLD)


class Tally(Struct, frozen=True):
    """The result of one issue, how it was counted, and whether the chair's vote broke a tie."""

    counts: Mapping[Choice, int]
    result: Choice
    tie_broken: bool


def tally(votes: Mapping[int, Choice], *, chair_id: int) -> Tally:
    """Return the result of the votes (by member) on one issue.

    Raises: ValueError unless the chair voted, and did not abstain.
    """
    casting = votes.get(chair_id, Choice.ABSTAIN)
    if casting is Choice.ABSTAIN:
        raise ValueError("Without the chair's vote there is no result.")
    said = sorted(ORDER.index(vote) for vote in votes.values() if vote is not Choice.ABSTAIN)
    lower, upper = said[(len(said) - 1) // 2], said[len(said) // 2]
    result = min(max(ORDER.index(casting), lower), upper)
    found = Counter(votes.values())
    return Tally({choice: found[choice] for choice in Choice}, ORDER[result], lower != upper)


def quorum_met(voted: Collection[int], *, quorum: int, chair_id: int | None) -> bool:
    """Return whether the votes count: enough members voted (an abstention is a vote), the chair among them."""
    return chair_id in voted and len(set(voted)) >= quorum


def all_in(voted: Collection[int], *, seated: Collection[int], quorum: int, chair_id: int | None) -> bool:
    """Return whether nobody is left to wait for."""
    return set(seated) <= set(voted) and quorum_met(voted, quorum=quorum, chair_id=chair_id)


def is_sealed(closed_at: datetime | None) -> bool:
    """Return whether nobody may read the votes yet: until all are in, or time is up and the quorum met."""
    return closed_at is None


def voting_ends(
    opened_at: datetime, *, length: timedelta, limit_ends: datetime | None, reserve: timedelta, shortest: timedelta
) -> datetime:
    """Return when voting ends: after `length`, but so that `reserve` is left before the case's own limit ends.

    Where less than that is left, half of it; where that would be less than `shortest`, or the limit is already over,
    the full length: the limit cannot be kept any more, and a vote needs time.
    Source: clause 2.2.4.3 (seven days).
    """
    if limit_ends is None or (limit_ends - opened_at) / 2 < shortest:
        return opened_at + length
    latest = limit_ends - reserve
    if latest <= opened_at:
        latest = opened_at + (limit_ends - opened_at) / 2
    return min(opened_at + length, latest)
