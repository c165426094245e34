"""What the signs of an inspection point to: a flaw of the goods, or harm done on the way."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from workflows.regulation.entries import Sign


def points_to(seen: Collection[str], signs: Iterable[Sign]) -> str | None:
    """Return "quality" or "transit_damage" when all signs that tell anything agree; else None.

    It is advice: whoever inspected concludes, and gives a reason for concluding otherwise. Source: clause 2.1.5.2.
    """
    told = {sign.points_to for sign in signs if sign.key in seen and sign.points_to}
    return told.pop() if len(told) == 1 else None
