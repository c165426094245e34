"""Weights taught anew from our texts and people's labels, measured beside those in use."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct, to_builtins

from app.learning.models import Label
from workflows.triage import approved, learning, measuring, scoring
from workflows.triage.learning import Example
from workflows.triage.measuring import Judged, Share
from workflows.triage.scoring import Model

HOLD_BACK = 5  # every fifth case is measured on and never taught
MOST_CHANGES = 100


class Lesson(Struct, frozen=True):
    """A case's text with what people said of it."""

    case_id: int
    example: Example

    @property
    def held_back(self) -> bool:
        """Whether it is kept for measuring: always the same cases, so that no weights ever saw them."""
        return hashlib.sha256(str(self.case_id).encode()).digest()[0] % HOLD_BACK == 0


class Taught(Struct, frozen=True):
    """What teaching brought: the weights, their figures beside those in use, the answers that differ."""

    content: str
    model: Model
    against: str
    texts: int
    labels: int
    held_back: int
    figures: dict[str, Any]
    changed: list[dict[str, Any]]


def lessons(labels: Sequence[Label], texts: Mapping[int, str]) -> list[Lesson]:
    """Return what can be learned from labels: not where a fact decides, and not where the text was erased."""
    return [
        Lesson(label.case_id, Example(texts[label.case_id], label.language, label.anomaly, None, label.emergency,
                                      ambiguous=False, ours=False))
        for label in labels
        if not label.by_fact and label.case_id in texts
    ]  # fmt: skip


def taught(given: Sequence[Lesson]) -> Taught:
    """Return weights taught from our texts and `given`. Takes some ten seconds of CPU and touches no database."""
    ours = learning.examples(learning.TRAINING)
    learned = [lesson for lesson in given if not lesson.held_back]
    kept = [lesson for lesson in given if lesson.held_back]
    content = learning.written(*learning.teach([*ours, *(lesson.example for lesson in learned)]))
    now, then = approved.model(), scoring.model_of(content.encode())
    figures, changed = _compared(kept, now, then)
    return Taught(content, then, now.version, len(ours), len(learned), len(kept), figures, changed)


def _compared(kept: Sequence[Lesson], now: Model, then: Model) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    sets = {"own": learning.examples(learning.HELD_OUT), "cases": [lesson.example for lesson in kept]}
    figures: dict[str, Any] = {}
    changed: list[dict[str, Any]] = []
    for name, examples in sets.items():
        before, after = measuring.judged(examples, now), measuring.judged(examples, then)
        figures[name] = {"now": told(before), "then": told(after)}
        ids = [lesson.case_id for lesson in kept] if name == "cases" else [None] * len(examples)
        changed += [
            _change(*pair) for pair in zip(before, after, ids, strict=True) if _answer(pair[0]) != _answer(pair[1])
        ]
    return figures, changed[:MOST_CHANGES]


def _answer(judged: Judged) -> tuple[str, bool, bool]:
    return judged[1].anomaly, judged[1].needs_person, judged[1].emergency


def _change(before: Judged, after: Judged, case_id: int | None) -> dict[str, Any]:
    """Return a changed answer; the words only where they are our own, for a case its id."""
    example = before[0]
    where = {"text": example.text} if case_id is None else {"case_id": case_id}
    faces = {
        name: {"anomaly": reading.anomaly, "needs_person": reading.needs_person, "emergency": reading.emergency}
        for name, (_, reading) in (("now", before), ("then", after))
    }
    return where | faces | {"label": example.label, "language": example.language}


def told(judged: Sequence[Judged]) -> dict[str, Any]:
    """Return the figures of a set as data: each share as hits and total."""
    figures = to_builtins(measuring.figures(judged))
    return {name: [value["hits"], value["total"]] if isinstance(value, dict) and "hits" in value else value
            for name, value in figures.items()}  # fmt: skip


def share(pair: Sequence[int]) -> Share:
    """Return a share that `told` wrote down."""
    return Share(*pair)
