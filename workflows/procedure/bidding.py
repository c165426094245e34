"""Blind bidding: two secret figures settle a case where they cross, and tell nothing where they do not.

The consumer names the least they would take, the company the most it would pay. Neither is ever shown: where they
cross, only the middle is known; where they do not, only that they do not. So neither side gains by holding back, and
nothing is given away by trying. Source: clause 2.2.4.3 (resolved in time), 3.3.2.
"""

from __future__ import annotations


def middle(least_minor: int, most_minor: int) -> int | None:
    """Return the sum (minor units) on which the figures settle, None where they do not cross.

    `least_minor` is what the consumer would take at least, `most_minor` what the company would pay at most. An odd cent
    goes to the consumer. Raises: ValueError for a figure that is not above zero.
    """
    if least_minor <= 0 or most_minor <= 0:
        raise ValueError(f"A figure must be above zero: {least_minor}, {most_minor}.")
    if least_minor > most_minor:
        return None
    return (least_minor + most_minor + 1) // 2
