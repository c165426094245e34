"""Files in a case: intake hands them over, the committee reads them, the evidence room keeps them.

None of the three rooms knows another.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from app.cases.models import Case
from app.core.uploads import Upload
from workflows.procedure.act import Act
from workflows.procedure.authority import Actor

Keeper = Callable[[Case, Sequence[Upload], Act], None]
Shower = Callable[[Case, Actor], list[dict[str, Any]]]
_keepers: list[Keeper] = []
_showers: list[Shower] = []


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


def shows_exhibits(shower: Shower) -> Shower:
    """Register the function that returns a case's exhibits as `file_list` draws them for a reader."""
    _showers[:] = [shower]
    return shower


def shown(case: Case, actor: Actor) -> list[dict[str, Any]]:
    """Return the exhibits that `actor` may see, by number; none where no room keeps any."""
    return _showers[0](case, actor) if _showers else []
