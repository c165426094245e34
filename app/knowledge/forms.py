"""The form in which staff answer a question once for all."""

from __future__ import annotations

import re
from typing import Any

from flask_babel import lazy_gettext as _l

from app.web.forms import Form, Required, line_field, text_field

_MISSING = _l("Write it in this language too.")


class AnswerForm(Form):
    """Question and answer in three languages, and the clauses that the answer rests on."""

    clauses = line_field(_l("Clauses"), Required(_l("Cite the clause that answers it.")), limit=200)
    question_hans = line_field(_l("Question in simplified Chinese"), Required(_MISSING))
    answer_hans = text_field(_l("Answer in simplified Chinese"), Required(_MISSING), limit=2_000)
    question_hant = line_field(_l("Question in traditional Chinese"), Required(_MISSING))
    answer_hant = text_field(_l("Answer in traditional Chinese"), Required(_MISSING), limit=2_000)
    question_en = line_field(_l("Question in English"), Required(_MISSING))
    answer_en = text_field(_l("Answer in English"), Required(_MISSING), limit=2_000)

    def command(self) -> dict[str, Any]:
        """Return what the command takes."""
        told = {name: field.data for name, field in self._fields.items() if name.startswith(("question_", "answer_"))}
        return told | {"clauses": list(dict.fromkeys(re.findall(r"[0-9.]+[0-9]", self.clauses.data, re.ASCII)))}
