"""What administrators keep of an organisation: its licence, and for whom it counts."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectField
from wtforms.validators import Optional

from app.organisations import queries
from app.organisations.commands import KeepLicence, MergeInto, PartAgain
from app.organisations.models import Organisation
from app.web.forms import Form, Required, line_field, text_field

LONGEST, NOTE = 60, 2_000


class LicenceForm(Form):
    """The business licence as somebody saw it: its number, and the last day on which it holds."""

    number = line_field(_l("Number of the licence"), Required(_l("Write the number that stands on it.")), limit=LONGEST)
    until = DateField(_l("Holds until"), validators=[Optional()])

    @classmethod
    def of(cls, company: Organisation) -> LicenceForm:
        """Return the form with what is kept."""
        return cls(formdata=None, data={"number": company.licence_number, "until": company.licence_until})

    def to_command(self) -> KeepLicence:
        return KeepLicence(number=self.number.data or "", until=self.until.data)


class MergeForm(Form):
    """Of whom the company becomes part, and why."""

    into_id = SelectField(_l("Becomes part of"), coerce=int, validators=[Required(_l("Choose a company."))])
    merge_reason = text_field(_l("Why the two are one"), Required(_l("Give a reason.")), limit=NOTE)

    def among(self, company: Organisation) -> MergeForm:
        """Offer the other companies of its kind."""
        others = [(each.id, each.name) for each in queries.of_kind(company.kind) if each.id != company.id]
        self.into_id.choices = [(0, _l("Choose a company")), *others]
        return self

    def to_command(self) -> MergeInto:
        return MergeInto(into_id=self.into_id.data, reason=self.merge_reason.data or "")


class PartForm(Form):
    """Why a merge is taken back."""

    part_reason = text_field(_l("Why it is taken back"), Required(_l("Give a reason.")), limit=NOTE)

    def to_command(self) -> PartAgain:
        return PartAgain(reason=self.part_reason.data or "")
