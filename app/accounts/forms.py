"""Forms of signing in."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import EmailField, PasswordField

from app.web.forms import Cleaned, Form, Required


class SignInForm(Form):
    """E-mail and password; paste and password managers are welcome."""

    email = EmailField(_l("E-mail"), validators=[Cleaned(line=True), Required(_l("Enter your e-mail address."))])
    password = PasswordField(_l("Password"), validators=[Required(_l("Enter your password."))])
