"""What staff do with questions that the assistant could not answer."""

from __future__ import annotations

from app.core.commands import Frozen
from app.core.text import Line, Note


class GiveAnswer(Frozen):
    """An answer once for all, in three languages, with the clauses that it rests on."""

    question_hant: Line
    question_hans: Line
    question_en: Line
    answer_hant: Note
    answer_hans: Note
    answer_en: Note
    clauses: list[str]
