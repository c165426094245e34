"""The form by which an administrator decides on weights."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice

from app.learning.commands import Decide
from app.web.forms import Form, Required, text_field

NOTE = 2_000


class DecideForm(Form):
    """Approve or reject, with a reason; who asked for the weights can only reject them."""

    answer = RadioField(
        _l("Should complaints be read with these weights?"),
        choices=[
            SelectChoice("approve", _l("Yes, use them from now on")),
            SelectChoice("reject", _l("No, keep those in use")),
        ],
        validators=[Required(_l("Choose one of the answers."))],
    )
    reason = text_field(_l("Reason"), Required(_l("Say why, in a sentence.")), limit=NOTE)

    def __init__(self, *args: Any, may_approve: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_approve:
            self.answer.choices = [choice for choice in self.answer.choices if choice.value != "approve"]

    def to_command(self) -> Decide:
        return Decide(approve=self.answer.data == "approve", reason=self.reason.data)
