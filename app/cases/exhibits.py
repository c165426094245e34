"""Files that come with a complaint: intake hands them over, the evidence room keeps them, neither knows the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.cases.models import Case
from app.core.uploads import Upload
from workflows.procedure.act import Act

Keeper = Callable[[Case, Sequence[Upload], Act], None]
_keepers: list[Keeper] = []


def keeps_exhibits(keeper: Keeper) -> Keeper:
    """Register the function that writes a new case's files down as its exhibits."""
    _keepers[:] = [keeper]
    return keeper


def keep(case: Case, files: Sequence[Upload], act: Act) -> None:
    """Have `files` kept as the case's first exhibits. Raises RuntimeError where no room keeps any."""
    if not files:
        return
    if not _keepers:
        raise RuntimeError("No room keeps exhibits: the evidence room is not loaded.")
    _keepers[0](case, files, act)
