"""Learning the weights from our own labelled texts: softmax regression in plain Python, the same on every machine."""

import json
import math
import random
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, Self

from msgspec import Struct
from msgspec.structs import replace

from workflows.triage.features import Text, alarm_features, features, prepare
from workflows.triage.language import family
from workflows.triage.scoring import ANOMALIES, SCALE, Model, parse, softmax, thresholds, weigh

SEED = 20261
FOLDS = 5
ALARMS_WEIGH = 4.0  # a missed emergency costs more than one too many
SMALLEST = 2  # hundredths; what never gets beyond is left out of the file
TRAINING = Path(str(files(__package__).joinpath("data/training.jsonl")))
HELD_OUT = Path(str(files(__package__).joinpath("data/held_out.jsonl")))  # measured on, never taught

Row = tuple[Mapping[str, float], Sequence[float], float]  # features, wanted shares, weight


class Example(Struct, frozen=True):
    """A text with its labels, as in training.jsonl and in the evaluation sets.

    `real`: others wrote it. `ours`: it may be learned from word by word; a case's text may not, because names and
    addresses stand in it.
    """

    text: str
    language: str
    label: str
    secondary: str | None
    emergency: bool
    ambiguous: bool
    real: bool = False
    ours: bool = True
    kind: str = ""

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """Return the example in a row of JSON; a `source` says that others wrote the text."""
        return cls(
            row["text"],
            row["language"],
            row["label"],
            row.get("secondary"),
            bool(row.get("emergency")),
            bool(row.get("ambiguous")),
            bool(row.get("source")),
            kind=row.get("kind") or "",
        )


def examples(path: Path) -> list[Example]:
    """Return the labelled texts of a JSON Lines file. Raises: ValueError with the line for a row that is none."""
    found = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        try:
            found.append(Example.of(json.loads(line)))
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{path.name}, line {number}: not a labelled text ({error})") from error
    return found


class Schooling(Struct, frozen=True):
    """How the model is taught: rounds over all rows, length of a step, pull towards zero, fewest rows of a feature."""

    rounds: int = 12
    step: float = 0.25
    decay: float = 1e-3
    seen_at_least: int = 2
    asides: float = 0.5
    """The share of clear texts within the five anomalies that are taught once more with an aside."""
    borrowed_at_least: int = 5
    """In how many cases a feature must stand that no text of ours has: so no name or address becomes a weight."""


ORDINARY = Schooling()


def teach(rows: Sequence[Example], schooling: Schooling = ORDINARY) -> tuple[dict, dict]:
    """Return weights for the anomalies and weights for emergencies."""
    every = [*rows, *_with_asides(rows, schooling.asides)]
    texts = [prepare(row.text, family(row.language)) for row in every]
    return _anomalies(every, texts, schooling, len(rows)), _alarms(every, texts, schooling, len(rows))


def _with_asides(rows: Sequence[Example], part: float) -> Iterator[Example]:
    """Yield `part` of the clear texts once more with what people say beside the matter, the same ones every time."""
    chance = random.Random(SEED)  # noqa: S311 - it mixes rows and guards nothing
    asides = tomllib.loads(files(__package__).joinpath("data/asides.toml").read_text("utf-8"))
    for row in rows:
        spoken = asides.get(family(row.language) or "")
        if spoken and row.label != "other" and not row.ambiguous and chance.random() < part:
            said = chance.sample(spoken, 2)
            place = chance.randrange(3)
            parts = ([said[0], row.text], [row.text, said[0]], [said[0], row.text, said[1]])[place]
            yield replace(row, text=" ".join(parts))


def folds(rows: Sequence[Example], schooling: Schooling = ORDINARY) -> Iterator[tuple[Model, list[Example]]]:
    """Yield models with the rows that each never saw, so that every row comes once."""
    order = list(range(len(rows)))
    random.Random(SEED).shuffle(order)  # noqa: S311 - it mixes rows and guards nothing
    for fold in range(FOLDS):
        left_out = set(order[fold::FOLDS])
        weights = teach([row for i, row in enumerate(rows) if i not in left_out], schooling)
        model = parse(written(*weights), warmth=thresholds()["warmth"], version=f"fold-{fold}")
        yield model, [rows[i] for i in sorted(left_out)]


def _anomalies(
    rows: Sequence[Example], texts: Sequence[Text], schooling: Schooling, own: int
) -> dict[str, list[float]]:
    taught = [(features(text), _shares(row), 1.0) for row, text in zip(rows, texts, strict=True)]
    return _learn(taught, len(ANOMALIES), softmax, schooling, _names(taught[:own], rows, schooling))


def _alarms(rows: Sequence[Example], texts: Sequence[Text], schooling: Schooling, own: int) -> dict[str, list[float]]:
    taught: list[Row] = [
        (alarm_features(text), (float(row.emergency),), ALARMS_WEIGH if row.emergency else 1.0)
        for row, text in zip(rows, texts, strict=True)
    ]
    return _learn(taught, 1, _logistic, schooling, _names(taught[:own], rows, schooling))


def _names(taught: Sequence[Row], rows: Sequence[Example], schooling: Schooling) -> list[str]:
    """Return the features that are learned; texts repeated with an aside are not counted again."""
    ours = Counter(name for (found, _, _), row in zip(taught, rows, strict=False) if row.ours for name in found)
    others = Counter(name for (found, _, _), row in zip(taught, rows, strict=False) if not row.ours for name in found)
    known = {name for name, times in ours.items() if times >= schooling.seen_at_least}
    return sorted(known | {name for name, times in others.items() if times >= schooling.borrowed_at_least})


def _shares(row: Example) -> list[float]:
    """Return the share of each anomaly that a row teaches: where it is ambiguous, careful readers differ."""
    shares = [0.0] * len(ANOMALIES)
    divided = row.ambiguous and row.secondary is not None
    shares[ANOMALIES.index(row.label)] = 0.6 if divided else 1.0
    if divided and row.secondary:
        shares[ANOMALIES.index(row.secondary)] += 0.4
    return shares


def _logistic(values: Sequence[float]) -> list[float]:
    return [1 / (1 + math.exp(-max(-50.0, min(50.0, value)))) for value in values]


def _learn(
    rows: Sequence[Row],
    width: int,
    guess: Callable[[Sequence[float]], list[float]],
    schooling: Schooling,
    names: Sequence[str],
) -> dict[str, list[float]]:
    """Return weights for the features `names`, taught by adaptive gradient steps over shuffled rows.

    They are the mean over the later rounds, which depends less on the order of the rows than where the last one ended.
    """
    weights = {name: [0.0] * width for name in names}
    squares = {name: [1e-3] * width for name in names}
    order = list(range(len(rows)))
    chance = random.Random(SEED)  # noqa: S311 - as above
    kept = range(schooling.rounds // 2, schooling.rounds)
    mean = {name: [0.0] * width for name in names}
    for turn in range(schooling.rounds):
        chance.shuffle(order)
        for number in order:
            found, wanted, weight = rows[number]
            known = [(name, value) for name, value in found.items() if name in weights]
            guesses = guess(weigh(weights, known, width))
            errors = [weight * (guesses[k] - wanted[k]) for k in range(width)]
            _step(weights, squares, known, errors, schooling)
        if turn in kept:
            mean = {name: [a + b / len(kept) for a, b in zip(mean[name], weights[name], strict=True)] for name in names}
    return mean


def _step(
    weights: dict[str, list[float]],
    squares: dict[str, list[float]],
    known: Iterable[tuple[str, float]],
    errors: Sequence[float],
    schooling: Schooling,
) -> None:
    for name, value in known:
        row, past = weights[name], squares[name]
        for k, error in enumerate(errors):
            slope = error * value + schooling.decay * row[k]
            past[k] += slope * slope
            row[k] -= schooling.step * slope / math.sqrt(past[k])


def written(anomaly: Mapping[str, Sequence[float]], alarm: Mapping[str, Sequence[float]]) -> str:
    """Return the content of weights.tsv, as `scoring.parse` reads it."""
    parts = [f"# {len(ANOMALIES)} figures: " + " ".join(ANOMALIES), *_lines(anomaly), "# alarm", *_lines(alarm)]
    return "\n".join(parts) + "\n"


def _lines(weights: Mapping[str, Sequence[float]]) -> list[str]:
    rounded = {name: [round(value * SCALE) for value in row] for name, row in weights.items()}
    kept = {name: row for name, row in rounded.items() if max(map(abs, row)) > SMALLEST}
    return ["\t".join((name, *map(str, row))) for name, row in sorted(kept.items())]
