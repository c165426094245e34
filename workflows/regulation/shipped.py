"""The rulebook that comes with the product: what holds until an installation approves its own."""

from functools import cache
from pathlib import Path

from workflows.regulation.binding import PAPERS, bound
from workflows.regulation.reading import files_in
from workflows.regulation.rulebook import Rulebook

DATA = Path(__file__).parent / "data"
OF_THE_RELEASE = PAPERS | {"absolute_wording.toml", "refusals.toml"}
"""What changes with the product only: papers, and patterns, which are program (a bad one can search for hours)."""


@cache
def files() -> dict[str, str]:
    """Return the files of the rulebook that the product ships, by their names."""
    return files_in(DATA)


@cache
def rulebook() -> Rulebook:
    """Return the rulebook that the product ships, read once."""
    return bound(files())


def open_to_change() -> dict[str, str]:
    """Return the shipped files that an installation may replace by its own."""
    return {name: text for name, text in files().items() if name not in OF_THE_RELEASE}


def of_the_release() -> dict[str, str]:
    """Return the shipped files that hold whatever an installation approves."""
    return {name: text for name, text in files().items() if name in OF_THE_RELEASE}
