"""What administrators keep of an organisation: its licence."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import DateField
from wtforms.validators import Optional

from app.organisations.commands import KeepLicence
from app.organisations.models import Organisation
from app.web.forms import Form, Required, line_field

LONGEST = 60


class LicenceForm(Form):
    """The business licence as somebody saw it: its number, and the last day on which it holds."""

    number = line_field(_l("Number of the licence"), Required(_l("Write the number that stands on it.")), limit=LONGEST)
    until = DateField(_l("Holds until"), validators=[Optional()])

    @classmethod
    def of(cls, company: Organisation) -> LicenceForm:
        """Return the form with what is kept."""
        return cls(data={"number": company.licence_number, "until": company.licence_until})

    def to_command(self) -> KeepLicence:
        return KeepLicence(number=self.number.data or "", until=self.until.data)
