"""The forms by which a change of the rulebook is proposed and decided."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, MultipleFileField, RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from app.web.forms import Form, Required, text_field

NOTE = 2_000


class ProposeForm(Form):
    """Changed files, the day from which they hold, and why."""

    files = MultipleFileField(_l("Changed files"))
    since = DateField(_l("In force from"), validators=[InputRequired(_l("Choose the day from which this holds."))])
    reason = text_field(_l("Reason"), Required(_l("Say why, in a sentence.")), limit=NOTE)

    def validate(self, extra_validators: Any = None) -> bool:
        """Validate; a form whose files did not come is not complete."""
        sound = super().validate(extra_validators)
        if not any(file and file.filename for file in self.files.data or ()):
            self.add_error("files", str(_l("Choose the files that you changed.")))
            return False
        return sound


class DecideForm(Form):
    """Approve or decline."""

    answer = RadioField(
        _l("Should these rules hold?"),
        choices=[
            SelectChoice("approve", _l("Yes, from the day named above")),
            SelectChoice("decline", _l("No, the rulebook stays as it is")),
        ],
        validators=[InputRequired(_l("Choose one of the answers."))],
    )
