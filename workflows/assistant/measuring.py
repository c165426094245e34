"""How often the assistant is right: the first clause of questions that it can answer, and the others declined."""

import json
import math
import tomllib
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path

from msgspec import Struct

from workflows.assistant.answering import Match, index, match, own_examples, reasons
from workflows.assistant.examples import DATA, DECLINED, Example, examples, read
from workflows.assistant.matching import Index
from workflows.regulation.text import LANGUAGES

Z = 1.96  # 95 %


class Score(Struct, frozen=True):
    """So many right of so many."""

    right: int
    of: int

    @property
    def share(self) -> float:
        """Return the share that is right, 0 of none."""
        return self.right / self.of if self.of else 0.0

    def interval(self) -> tuple[float, float]:
        """Return the range in which the true share lies with 95 % confidence (Wilson)."""
        if not self.of:
            return 0.0, 1.0
        n, share = self.of, self.share
        middle = share + Z * Z / (2 * n)
        reach = Z * math.sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
        return (middle - reach) / (1 + Z * Z / n), (middle + reach) / (1 + Z * Z / n)


class Accuracy(Struct, frozen=True):
    """Measured in one language: the right clause first, and the unanswerable declined."""

    language: str
    answered: Score
    declined: Score


def measured(found: Iterable[tuple[Example, Match]]) -> tuple[Accuracy, ...]:
    """Return the accuracy in each language that occurs."""
    rows = list(found)
    return tuple(
        Accuracy(
            language,
            _score([is_right(*row) for row in rows if row[0].language == language and not _hopeless(row[0])]),
            _score([is_right(*row) for row in rows if row[0].language == language and _hopeless(row[0])]),
        )
        for language in LANGUAGES
        if any(example.language == language for example, _ in rows)
    )


def _score(outcomes: Sequence[bool]) -> Score:
    return Score(sum(outcomes), len(outcomes))


def _hopeless(example: Example) -> bool:
    return example.topic == DECLINED or example.topic in reasons()


def is_right(example: Example, found: Match) -> bool:
    """Return whether the right clause came first, or what has no answer was declined."""
    return found.declined is not None if _hopeless(example) else found.topic == example.topic


def judged(rows: Iterable[Example], among: Index) -> list[tuple[Example, Match]]:
    """Return what the assistant makes of each question."""
    return [(each, match(each.text, among)) for each in rows]


def held_out() -> list[tuple[Example, Match]]:
    """Return the answers to the questions that were kept apart and never teach."""
    return judged(examples("held_out"), index())


def left_out(each: Callable[[int], None] = lambda number: None) -> list[tuple[Example, Match]]:
    """Return the answers to our own questions, each while it is left out of the index."""
    whole, found = index(), []
    for number, example in enumerate(own_examples()):
        found.append((example, match(example.text, whole, without=number)))
        each(number)
    return found


@cache
def published() -> tuple[Accuracy, ...]:
    """Return the accuracy that the help page shows, as it was last measured on the questions held out."""
    table = tomllib.loads((DATA / "measured.toml").read_text("utf-8"))["accuracy"]
    return tuple(Accuracy(row["language"], Score(*row["right_clause_first"]), Score(*row["declined"])) for row in table)


def written(accuracy: Iterable[Accuracy]) -> str:
    """Return the content of measured.toml."""
    rows = [
        f'[[accuracy]]\nlanguage = "{each.language}"\n'
        f"right_clause_first = [{each.answered.right}, {each.answered.of}]\n"
        f"declined = [{each.declined.right}, {each.declined.of}]\n"
        for each in accuracy
    ]
    return "# Right of asked, on the questions held out. Written by: flask assistant measure --write\n\n" + "\n".join(
        rows
    )


def questions(path: Path) -> tuple[Example, ...]:
    """Return the questions of a file: JSON Lines as the evaluation sets have them, else as our own.

    Raises: ValueError with the line for a row that is none.
    """
    if path.suffix != ".jsonl":
        return tuple(read(path))
    found = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        try:
            row = json.loads(line)
            topic = row["clause"] if row["answerable"] else DECLINED
            found.append(Example(row["language"], topic, row["question"]))
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{path.name}, line {number}: not a question ({error})") from error
    return tuple(found)


def table(accuracy: Iterable[Accuracy]) -> str:
    """Return the accuracy as lines of text, with intervals."""
    lines = [f"{'':<10}{'right clause first':>32}{'declined':>32}"]
    for each in accuracy:
        lines.append(f"{each.language:<10}{_told(each.answered):>32}{_told(each.declined):>32}")
    return "\n".join(lines)


def _told(score: Score) -> str:
    low, high = score.interval()
    return f"{score.right}/{score.of} {score.share:.1%} ({low:.0%}–{high:.0%})"
