"""The parent of every form: protected, cleaned by the one text validator, messages in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import Field, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import StopValidation

from app.core.text import BODY_LIMIT, LINE_LIMIT, TextRefused, clean, one_line
from app.web.words import sentence


class Sentences:
    """What stands for the sentences that WTForms brings itself: ours, in the reader's language."""

    @staticmethod
    def about_choices() -> str:
        return str(_("Choose one of the answers offered."))

    def gettext(self, string: str) -> str:
        return self.about_choices() if "choice" in string.lower() else sentence("not_possible")

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return self.gettext(singular)


class Form(FlaskForm):
    """A page's form. Every message is ours, and what a field asks for is told before what is wrong in general."""

    form_errors: list[str]  # about no field alone

    class Meta(FlaskForm.Meta):
        locales = ("en",)

        def get_translations(self, form: Any) -> Sentences:
            return Sentences()

    def validate(self, extra_validators: Any = None) -> bool:
        """Validate; where a field says itself what to do, the general sentence about choices is left out."""
        sound: bool = super().validate(extra_validators)
        general = Sentences.about_choices()
        for field in self:
            if len(field.errors) > 1:
                field.errors = [error for error in field.errors if error != general]
        return sound

    def add_error(self, name: str, words: str) -> None:
        """Put an error that a service found beside the field it is about (the first field, when unknown)."""
        field = self[name] if name in self else next(iter(self))
        field.errors = [*field.errors, words]


class Cleaned:
    """Validate a text field by the one text validator; the field then holds the cleaned text."""

    def __init__(self, *, line: bool = False, limit: int | None = None) -> None:
        self.line, self.limit = line, limit or (LINE_LIMIT if line else BODY_LIMIT)

    def __call__(self, form: Any, field: Field) -> None:
        try:
            field.data = (one_line if self.line else clean)(field.data or "", limit=self.limit)
        except TextRefused as refused:
            raise StopValidation(sentence(refused.code, {"limit": refused.limit})) from None


class Required:
    """Refuse an empty field with a message that says what to do."""

    field_flags: ClassVar = {"required": True}

    def __init__(self, message: Any) -> None:
        self.message = message

    def __call__(self, form: Any, field: Field) -> None:
        if not field.data or (isinstance(field.data, str) and not field.data.strip()):
            raise StopValidation(str(self.message))


class OneOf:
    """Refuse a choice that was not offered."""

    def __init__(self, values: Sequence[str]) -> None:
        self.values = values

    def __call__(self, form: Any, field: Field) -> None:
        if field.data and field.data not in self.values:
            raise StopValidation(_("Choose one of the answers offered."))


def choices(answers: Iterable[tuple[str, Any]]) -> list[SelectChoice]:
    """Return (value, label) pairs as the answers of a `SelectField` or `RadioField`."""
    return [SelectChoice(value, label) for value, label in answers]


def line_field(label: Any, *validators: Any, limit: int = LINE_LIMIT, **options: Any) -> StringField:
    """Return a field for one line of text; cleaned first, so `Required` sees what the eye sees."""
    return StringField(label, validators=[Cleaned(line=True, limit=limit), *validators], **options)


def text_field(label: Any, *validators: Any, limit: int = BODY_LIMIT, **options: Any) -> TextAreaField:
    """Return a field for text of several lines."""
    return TextAreaField(label, validators=[Cleaned(limit=limit), *validators], **options)
