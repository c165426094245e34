"""Forms of coming to terms: a secret figure, and the signature under the settlement record."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, StringField
from wtforms.validators import StopValidation

from app.cases.commands import Money
from app.cases.forms import read_amount
from app.core.languages import LANGUAGES
from app.mediation.commands import EnterBid
from app.portal.forms import CodeForm
from app.web.forms import Cleaned, Form, OneOf, Required


class FigureForm(Form):
    """One side's secret figure, asked twice: typed first, then confirmed on the page that sends it."""

    amount = StringField(_l("Your figure"), validators=[Cleaned(line=True, limit=20), Required(_l("Enter an amount."))])
    checked = HiddenField(validators=[OneOf(("yes",))])

    def validate_amount(self, field: StringField) -> None:
        """An amount of money."""
        if read_amount(field.data or "") is None:
            raise StopValidation(_l("Write the amount in figures, for example 3299.00."))

    def amount_minor(self) -> int:
        """Return the figure in minor units."""
        return read_amount(self.amount.data or "") or 0

    def to_command(self, currency: str) -> EnterBid:
        return EnterBid(amount=Money(amount_minor=self.amount_minor(), currency=currency))


class SignForm(Form):
    """The signature of somebody who is signed in: over the text on the page, told by its language and SHA-256."""

    tongue = HiddenField(validators=[OneOf(LANGUAGES)])
    digest = HiddenField()
    read = BooleanField(
        _l("I have read the record and sign it"), validators=[Required(_l("Tick that you have read it and sign it."))]
    )


class SignByCodeForm(SignForm, CodeForm):
    """The complainant's signature: proved by a code that was sent for it."""
