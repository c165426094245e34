"""The questions that we wrote for each clause, in three languages, and those that the assistant must decline."""

from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

DATA = Path(__file__).parent / "data"
DECLINED = "declined"  # how a set that measures marks what nobody can answer from the rules


class Example(Struct, frozen=True):
    """A way to ask: `topic` is the clause that answers first, or the reason why nothing does."""

    language: str
    topic: str
    text: str


def examples(folder: str) -> tuple[Example, ...]:
    """Return the questions in a folder of `data`: one file per language, a line per question, `## topic` above."""
    return tuple(each for path in sorted((DATA / folder).glob("*.txt")) for each in read(path))


def read(path: Path) -> Iterator[Example]:
    """Yield the questions of one file. Raises: ValueError for a question that stands under no topic."""
    topic = None
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        if line.startswith("## "):
            topic = line[3:].strip()
        elif line.strip():
            if topic is None:
                raise ValueError(f"{path.name}, line {number}: a question without a topic")
            yield Example(path.stem, topic, line.strip())
