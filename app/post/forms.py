"""Forms for mail that waits."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField
from wtforms.validators import StopValidation

from app.core.contact import email_address, phone_number
from app.core.languages import LANGUAGES, NAMES
from app.intake.commands import Complainant, Submission
from app.post.commands import DiscardMail, PlaceMail
from app.web.forms import Form, Required, line_field, text_field
from app.web.words import sentence


class PlaceForm(Form):
    """Which case, and whose words they are."""

    number = line_field(_l("Case number"), Required(_l("Write the number of the case.")), limit=40)
    side = RadioField(_l("Who wrote this?"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.side.choices = [
            ("consumer", _("The complainant: I have made sure")),
            ("respondent", _("The company: I have made sure")),
            ("internal", _("Somebody else, or not sure: a note for the desk only")),
        ]

    def to_command(self) -> PlaceMail:
        """Return what was asked for."""
        return PlaceMail(number=self.number.data, side=self.side.data)


class OpenForm(Form):
    """The complaint that the message is."""

    story = text_field(_l("The complaint, in the sender's words"), Required(_l("Write what the message says.")))
    name = line_field(_l("Name"), limit=80)
    email = line_field(_l("E-mail"), limit=200)
    phone = line_field(_l("Telephone"), limit=40)
    spoken = SelectField(_l("Language of the case"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.spoken.choices = [(tag, NAMES[tag]) for tag in LANGUAGES]

    def validate_email(self, field: Any) -> None:
        """An address, or a number instead."""
        if field.data and email_address(field.data) is None:
            raise StopValidation(sentence("email_invalid"))
        if not field.data and not self.phone.data:
            raise StopValidation(_("Give an e-mail address or a telephone number, so that the sender can be answered."))

    def validate_phone(self, field: Any) -> None:
        """A number that can be called, where one is given."""
        if field.data and phone_number(field.data) is None:
            raise StopValidation(sentence("phone_invalid"))

    def to_submission(self) -> Submission:
        """Return the complaint."""
        return Submission(
            narrative=self.story.data,
            language=self.spoken.data,
            complainant=Complainant(
                name=self.name.data or None, email=self.email.data or None, phone=self.phone.data or None
            ),
        )


class DiscardForm(Form):
    """Why nothing more is done."""

    reason = text_field(_l("Reason"), Required(_l("Give a reason.")), limit=2_000)

    def to_command(self) -> DiscardMail:
        """Return what was asked for."""
        return DiscardMail(reason=self.reason.data)
