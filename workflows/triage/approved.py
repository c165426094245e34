"""The weights in use: those that an administrator approved, else those the product ships.

They lie in a folder of DATA_DIR; the file `current` names the ones in use and is replaced whole, so every process
reads one or the other and sees a change at its next text. Approved weights were taught on top of the product's own
words and texts: once a release changes those, they no longer fit and the shipped ones are read again.
"""

import hashlib
import logging
from pathlib import Path

from msgspec import Struct

from workflows.regulation import whole_files
from workflows.regulation.whole_files import Mark
from workflows.triage import scoring
from workflows.triage.scoring import Model

CURRENT = "current"
log = logging.getLogger("heng.triage")


class _Read(Struct, frozen=True):
    """A model with the mark of the file that named it."""

    mark: tuple[int, int, int]
    model: Model


_folder: Path | None = None
_read: _Read | None = None


def use(folder: Path | None) -> None:
    """Set the process's folder of approved weights; called once by the factory."""
    global _folder, _read
    _folder, _read = folder, None


def model() -> Model:
    """Return the model that reads complaints now; costs one look at a file's date."""
    global _read
    mark = _mark()
    if mark is None:
        return scoring.model()
    if _read is None or _read.mark != mark:
        _read = _Read(mark, _load())
    return _read.model


def fits(ground: str) -> bool:
    """Return whether weights taught on `ground` fit this release's words and texts."""
    return ground == scoring.ground()


def keep(content: str) -> str:
    """Store weights and return the SHA-256 that names them; nothing reads them before `choose`."""
    data = content.encode()
    name = hashlib.sha256(data).hexdigest()
    whole_files.put(_place(f"{name}.tsv"), data)
    return name


def kept(name: str) -> Model:
    """Return the stored weights as a model. Raises: OSError or ValueError when they are gone or damaged."""
    data = _place(f"{name}.tsv").read_bytes()
    if hashlib.sha256(data).hexdigest() != name:
        raise ValueError(f"{name}.tsv is damaged")
    return scoring.model_of(data)


def choose(name: str | None) -> None:
    """Have every process read with the stored weights `name` from now on; None for those the product ships."""
    if name is None:
        _place(CURRENT).unlink(missing_ok=True)
    else:
        whole_files.put(_place(CURRENT), f"{name} {scoring.ground()}\n".encode())


def _mark() -> Mark | None:
    if _folder is None:
        return None
    return whole_files.mark(_folder / CURRENT)


def _load() -> Model:
    try:
        name, ground = _place(CURRENT).read_text("ascii").split()
        if fits(ground):
            return kept(name)
        log.warning("approved weights were taught for another release; the shipped ones are read")
    except (OSError, ValueError) as error:
        log.error("approved weights cannot be read (%s); the shipped ones are read", error)
    return scoring.model()


def _place(name: str) -> Path:
    if _folder is None:
        raise RuntimeError("The folder of approved weights is not set up: create_app() does it.")
    return _folder / name
