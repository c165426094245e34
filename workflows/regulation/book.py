"""The regulation as data: `current()` is the rulebook in force here, `load(folder)` reads another one."""

from pathlib import Path

from workflows.regulation import approved
from workflows.regulation.binding import EXAMPLES, bound
from workflows.regulation.errors import NotInRulebook, RulebookError
from workflows.regulation.reading import files_in
from workflows.regulation.rulebook import Rulebook
from workflows.regulation.shipped import DATA
from workflows.regulation.text import LANGUAGES, Text3

__all__ = ["DATA", "EXAMPLES", "LANGUAGES", "NotInRulebook", "Rulebook", "RulebookError", "Text3", "current", "load"]


def current() -> Rulebook:
    """Return the rulebook in force: the one that was approved for this installation, else the one that was shipped.

    It costs a look at a file's date. Raises: RulebookError when what was approved cannot be read.
    """
    return approved.current()


def load(path: Path) -> Rulebook:
    """Return the rulebook in a folder. Raises: RulebookError for any mistake in it."""
    return bound(files_in(path))
