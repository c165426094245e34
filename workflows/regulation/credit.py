"""From `credit.toml` to its entries: the method, the grades with what they bring, what leads to the blacklist."""

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from workflows.regulation import entries as kinds
from workflows.regulation.errors import Quoted, Words
from workflows.regulation.loading import MEASURES, File, finish
from workflows.regulation.reading import Entry, Folder
from workflows.regulation.text import LANGUAGES

Told = TypeVar("Told", kinds.CreditMethod, kinds.Listing)
FILE = "credit.toml"
MOST_DAYS = 3_650


class Credit:
    """What the file holds, read once."""

    def __init__(self, folder: Folder) -> None:
        file = File(folder, FILE)
        self.methods = tuple(_method(file, entry) for entry in file.entries(Words("method"), "key"))
        self.grades = tuple(_grade(file, entry) for entry in file.entries(Words("grade"), "key"))
        self.listings = tuple(_listing(file, entry) for entry in file.entries(Words("blacklist"), "key"))
        file.done()


def _filled(entry: Entry, built: Told, tell: Callable[[Told, str], str]) -> Told:
    """Return what was built, once its words can be filled in each language."""
    for language in LANGUAGES:
        try:
            tell(built, language)
        except (KeyError, IndexError, ValueError) as mistake:
            raise entry.fail(
                "its words in %(language)s have braces that no figure fills: %(mistake)s",
                language=language, mistake=Quoted(mistake),
            ) from mistake  # fmt: skip
    return finish(entry, built)


def _method(file: File, entry: Entry) -> kinds.CreditMethod:
    return _filled(
        entry,
        kinds.CreditMethod(
            **file.named(entry),
            text=entry.text3("text"),
            full=entry.whole("full", least=1, most=1_000),
            per_point=entry.whole("per_point", least=1, most=1_000),
            points_last=timedelta(days=entry.whole("points_last_days", least=1, most=MOST_DAYS)),
            window=timedelta(days=entry.whole("window_days", least=1, most=MOST_DAYS)),
            least_cases=entry.whole("least_cases", least=1, most=1_000),
            least_ratings=entry.whole("least_ratings", least=1, most=1_000),
            ratings_percent=entry.whole("ratings_percent", least=0, most=100),
        ),
        kinds.CreditMethod.told,
    )


def _grade(file: File, entry: Entry) -> kinds.Grade:
    from_score, brings = entry.whole("from_score", least=0, most=1_000), entry.text3("brings")
    return finish(entry, kinds.Grade(**file.named(entry), from_score=from_score, brings=brings))


def _listing(file: File, entry: Entry) -> kinds.Listing:
    measures, points = entry.strings("measures", among=MEASURES), entry.whole("points", least=0, most=1_000)
    if bool(measures) == bool(points):
        raise entry.fail("names either measures or points")
    listing = kinds.Listing(**file.named(entry), measures=measures, points=points)
    return _filled(entry, listing, kinds.Listing.reason)
