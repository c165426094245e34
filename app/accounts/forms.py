"""Forms of signing in, of one's own account, and of the links that are sent."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import EmailField, HiddenField, PasswordField, SelectField, SelectMultipleField, StringField
from wtforms.validators import Optional

from app.web.forms import Cleaned, Form, Required, choices, line_field
from workflows.procedure.authority import Scope

PASSWORD_HINT = _l("At least 10 characters. A few unusual words are easy to keep in mind and hard to guess.")
SCOPE_NAMES = {
    Scope.READ: _l("Read cases"), Scope.FILE: _l("File complaints"), Scope.WORK: _l("Work on cases"),
    Scope.DECIDE: _l("Vote, sign and publish"), Scope.EXPORT: _l("Export data"),
}  # fmt: skip
DAYS = {"30": _l("30 days"), "90": _l("90 days"), "365": _l("One year")}


def password_field(label: Any, missing: Any) -> PasswordField:
    """Return a field for a password: never cleaned, for what was chosen is what counts."""
    return PasswordField(label, validators=[Required(missing)])


class SignInForm(Form):
    """E-mail and password; paste and password managers are welcome."""

    email = EmailField(_l("E-mail"), validators=[Cleaned(line=True), Required(_l("Enter your e-mail address."))])
    password = password_field(_l("Password"), _l("Enter your password."))


class FactorForm(Form):
    """The second factor: a code of the app or a recovery code, or what a passkey answered."""

    code = line_field(_l("Code"), limit=40)
    credential = HiddenField()


class ProveForm(Form):
    """The factor once more, or the password of who has none. Its fields bear names of their own: another form's go
    along."""

    prove_password = PasswordField(_l("Password"), validators=[Optional()])
    prove_code = StringField(_l("Code"), validators=[Optional(), Cleaned(line=True, limit=40)])
    prove_credential = HiddenField()


class TotpForm(Form):
    """The first code of a new authenticator app."""

    sealed = HiddenField()
    name = line_field(_l("Name of this device"), limit=60)
    code = line_field(_l("Code that the app shows"), Required(_l("Enter the code that the app shows.")), limit=40)


class PasskeyForm(Form):
    """A name, and what the browser answered."""

    name = line_field(_l("Name of this device"), limit=60)
    credential = HiddenField()


class EmailForm(Form):
    """The address to which a link is sent."""

    email = EmailField(_l("E-mail"), validators=[Cleaned(line=True), Required(_l("Enter your e-mail address."))])


class ChooseForm(Form):
    """A new password, after a link."""

    password = password_field(_l("New password"), _l("Choose a password."))


class ChangeForm(Form):
    """The password now, and the new one."""

    current = password_field(_l("Password now"), _l("Enter your password."))
    password = password_field(_l("New password"), _l("Choose a password."))


class TokenForm(Form):
    """A token for a program."""

    name = line_field(_l("What it is for"), Required(_l("Say what the token is for.")), limit=80)
    scopes = SelectMultipleField(_l("What it may do"), validators=[Required(_l("Choose what the token may do."))])
    days = SelectField(_l("How long it holds"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scopes.choices = choices((scope.value, words) for scope, words in SCOPE_NAMES.items())
        self.days.choices = choices(DAYS.items())
