"""What the assistant says to a question: from the rulebook and from what staff answered since, with the clause."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date
from functools import lru_cache

from msgspec import Struct

from app.knowledge.models import StaffAnswer
from app.knowledge.queries import given_answers
from workflows.assistant import answering
from workflows.assistant.answering import Match
from workflows.assistant.examples import Example
from workflows.assistant.matching import Index
from workflows.regulation import book
from workflows.regulation.entries import Clause
from workflows.regulation.errors import NotInRulebook
from workflows.regulation.text import Text3
from workflows.triage import language as languages

GIVEN = "answer-"  # a topic that staff answered


class Said(Struct, frozen=True):
    """An answer with its clauses, or why there is none; `others` are clauses that the question may mean instead."""

    text: Text3
    clauses: tuple[Clause, ...]
    confidence: float
    declined: str | None
    others: tuple[Clause, ...]

    @property
    def answered(self) -> bool:
        return self.declined is None


def language_of(question: str, hint: str) -> str:
    """Return the language to answer in: that of the question, or the page's where it cannot be told."""
    found = languages.detect(question, hint=hint)
    return found if found in languages.SUPPORTED else hint


def say(question: str, *, on: date) -> Said:
    """Return what the assistant says to a question under the rules of a day."""
    given = given_answers()
    found = answering.match(question, _index(_examples(given)))
    others = tuple(_clauses(found.others, on))
    if found.topic is None:
        why = found.declined or answering.UNKNOWN
        return Said(answering.sentence(why), (), found.confidence, why, others)
    text, numbers = _reply(found, given, on)
    cited = tuple(_clauses(numbers, on))
    return Said(text, cited, found.confidence, None, tuple(each for each in others if each not in cited))


def _reply(found: Match, given: Sequence[StaffAnswer], on: date) -> tuple[Text3, tuple[str, ...]]:
    topic = found.topic or ""
    if topic.startswith(GIVEN):
        row = next(each for each in given if f"{GIVEN}{each.id}" == topic)
        return Text3(row.answer_hant, row.answer_hans, row.answer_en), tuple(row.clauses)
    reply = answering.reply(topic, book.current(), on)
    return reply.text, reply.clauses


def _clauses(numbers: Sequence[str], on: date) -> Iterator[Clause]:
    """Yield the clauses in force among topics."""
    for number in numbers:
        with suppress(NotInRulebook):
            yield book.current().clause(number, on)


def _examples(given: Sequence[StaffAnswer]) -> tuple[Example, ...]:
    return tuple(
        Example(language, f"{GIVEN}{row.id}", text)
        for row in given
        for language, text in (
            ("zh-Hant", row.question_hant),
            ("zh-Hans", row.question_hans),
            ("en", row.question_en),
            *(("", asked) for asked in row.asked),
        )
        for _ in range(2)  # a topic is weighed by its three nearest questions, and this one has few
    )


@lru_cache(maxsize=2)
def _index(further: tuple[Example, ...]) -> Index:
    """Return the index with the answers of staff; made anew when these change."""
    return answering.index(further)
