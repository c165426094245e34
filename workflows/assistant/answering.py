"""Answering a question from the rules with the clause, or declining: nothing is foretold, no instruction followed."""

import math
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from msgspec import Struct

from workflows.assistant.examples import DATA, Example, examples
from workflows.assistant.matching import FAINT, Index, Standing
from workflows.regulation import wording
from workflows.regulation.rulebook import Rulebook
from workflows.regulation.text import Text3
from workflows.triage.normalising import fold

UNKNOWN = "unknown"
_FIGURE = re.compile(r"\{(\w+)\}")
LONGEST = 500  # characters of a question that are read
_NOTHING = Standing(-100.0, UNKNOWN, 0.0)


class Match(Struct, frozen=True):
    """What a question is about: a topic, how sure that is (0 to 1), and other topics it may mean, likeliest first.

    `declined` is the reason for not answering, None where the topic answers.
    """

    topic: str | None
    confidence: float
    declined: str | None
    others: tuple[str, ...] = ()


class Reply(Struct, frozen=True):
    """What is said first to a question on a topic, and the clauses that it rests on, the first one foremost."""

    text: Text3
    clauses: tuple[str, ...]


@cache
def _data(name: str) -> dict[str, Any]:
    return tomllib.loads((DATA / name).read_text("utf-8"))


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return what always makes the assistant decline, with the reason."""
    always: Mapping[str, Mapping[str, list[str]]] = _data("declining.toml")["always"]
    return tuple((reason, re.compile("|".join([*kinds["zh"], *kinds["en"]]))) for reason, kinds in always.items())


def reasons() -> tuple[str, ...]:
    """Return the reasons for declining."""
    return tuple(_data("declining.toml")["sentence"])


def sentence(reason: str) -> Text3:
    """Return what is said when the assistant declines. Raises: KeyError."""
    return Text3.of(_data("declining.toml")["sentence"][reason])


@cache
def own_examples() -> tuple[Example, ...]:
    """Return the questions that ship with the product: those of the clauses, and those to decline."""
    return examples("questions") + examples("declined")


def index(further: Iterable[Example] = ()) -> Index:
    """Return the index of all questions, with those that staff answered since."""
    return Index((*own_examples(), *further), weights=_data("thresholds.toml")["weights"])


def match(text: str, among: Index, *, without: int | None = None) -> Match:
    """Return what a question is about, or why it is declined."""
    folded = fold(text[:LONGEST]).text
    for reason, pattern in _patterns():
        if pattern.search(folded):
            return Match(None, 0.0, reason)
    return decide(among.standings(folded, without=without))


def decide(standings: Sequence[Standing]) -> Match:
    """Return the topic that a question is surely about, else the reason for declining."""
    inside = [each for each in standings if each.topic not in reasons()]
    outside = next((each for each in standings if each.topic in reasons()), _NOTHING)
    best, second = (*inside[:2], _NOTHING, _NOTHING)[:2]
    sure = confidence(signals(best, second, outside))
    from_here = _data("thresholds.toml")
    others = tuple(each.topic for each in inside[1:4] if each.alike > best.alike / 2)
    if sure >= from_here["answered_from"] and best.alike >= from_here["like_from"]:
        return Match(best.topic, sure, None, others)
    named = outside.topic if outside.score > best.score and outside.alike >= from_here["reason_from"] else UNKNOWN
    return Match(None, sure, named, tuple(each.topic for each in inside[:3] if each.alike > 0.1))


def signals(best: Standing, second: Standing, outside: Standing) -> dict[str, float]:
    """Return what tells how sure an answer is, from the best topic, the second, and the nearest thing to decline."""
    return {
        "base": 1.0,
        "above_outside": best.score - outside.score,
        "above_second": best.score - second.score,
        "alike": math.log(best.alike + FAINT),
        "likelier": math.log((best.alike + FAINT) / (outside.alike + FAINT)),
    }


def confidence(told: Mapping[str, float]) -> float:
    """Return the calibrated share of such questions that the best topic answers."""
    figures = _data("thresholds.toml")["calibration"]
    value = sum(figures[name] * signal for name, signal in told.items())
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, value))))


@cache
def _replies() -> dict[str, tuple[Text3, tuple[str, ...]]]:
    return {row["topic"]: (Text3.of(row), tuple(row["clauses"])) for row in _data("answers.toml")["answer"]}


def reply(topic: str, book: Rulebook, on: date) -> Reply:
    """Return the answer on a topic with the figures in force; without words of its own the clause speaks.

    Raises: NotInRulebook for a topic that is no clause in force.
    """
    held = _replies().get(topic)
    if held is None:
        return Reply(book.clause(topic, on).text, (topic,))
    return Reply(held[0].filled(_figures(held[0], book, on)), held[1])


def _figures(template: Text3, book: Rulebook, on: date) -> dict[str, Text3]:
    """Return the figures that a text names, in words, as they stand on a day. Raises: NotInRulebook."""
    named = {name for text in template.as_dict().values() for name in _FIGURE.findall(text)}
    return {name: wording.figure(book.figure(name, on)) for name in named}


def leading() -> tuple[Mapping[str, str], ...]:
    """Return the questions that the help page offers, each in three languages with its topic."""
    return tuple(_data("leading.toml")["question"])
