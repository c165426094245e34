"""Files in a case: intake hands them over, the committee reads them, the evidence room keeps them and hands them out.

None of the three rooms knows another.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct

from app.cases.models import Case
from app.core.uploads import Upload
from workflows.procedure.act import Act
from workflows.procedure.authority import Actor

Keeper = Callable[[Case, Sequence[Upload], Act], None]
Shower = Callable[[Case, Actor], list[dict[str, Any]]]
Lister = Callable[[Case], "Sequence[Exhibit]"]
Receiver = Callable[[int, int, Act], None]
_keepers: list[Keeper] = []
_showers: list[Shower] = []
_listers: list[Lister] = []
_receivers: list[Receiver] = []


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


class Exhibit(Struct, frozen=True):
    """An exhibit as those know it who judge the case: what is not admitted is not theirs to weigh."""

    id: int
    number: int
    filename: str
    admitted: bool = True


def lists_exhibits(lister: Lister) -> Lister:
    """Register the function that returns every exhibit of a case, by number."""
    _listers[:] = [lister]
    return lister


def admitted(case: Case) -> list[Exhibit]:
    """Return the exhibits on which the case is judged, by number."""
    return [each for each in _listers[0](case) if each.admitted] if _listers else []


def named_in(faces: Sequence[dict[str, Any]]) -> list[Exhibit]:
    """Return the admitted exhibits among those that a page has already, so that they are not read twice."""
    known = [Exhibit(each["id"], each["number"], each["filename"], each["admitted"]) for each in faces]
    return [each for each in known if each.admitted]


def when_opened(receiver: Receiver) -> Receiver:
    """Register what is done when a reader opens an exhibit, told the case's id and the exhibit's (a receipt, say)."""
    _receivers[:] = [receiver]
    return receiver


def opened(case_id: int, exhibit_id: int, act: Act) -> None:
    """Have it written down that the exhibit is opened: whoever hands one out says so first."""
    for receiver in _receivers:
        receiver(case_id, exhibit_id, act)
