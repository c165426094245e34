"""What the respondent says to the complaint, for those who judge it: the mediation room tells it, without any offer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from msgspec import Struct

from app.cases.models import Case


class Pleading(Struct, frozen=True):
    """A refusal, or the word that it is another's: never what was offered (the settlement wall)."""

    at: datetime
    position: str
    clause: str | None
    text: str | None
    late: bool


Teller = Callable[[Case], Sequence[Pleading]]
_tellers: list[Teller] = []


def tells_pleadings(teller: Teller) -> Teller:
    """Register the function that returns what the respondent answered, oldest first."""
    _tellers[:] = [teller]
    return teller


def told(case: Case) -> Sequence[Pleading]:
    """Return what the respondent answered; nothing where no room keeps answers."""
    return _tellers[0](case) if _tellers else ()
