"""Forms about people who sign in."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import EmailField, SelectField, SelectMultipleField

from app.core.languages import LANGUAGES, NAMES
from app.organisations import queries as organisations
from app.web.forms import Cleaned, Form, Required, choices, line_field
from app.web.i18n import language
from workflows.procedure.authority import ACCOUNT_ROLES, Role
from workflows.procedure.names import names


def role_choices() -> list[tuple[str, str]]:
    """Return the roles that an account can have, with their names."""
    words = names("role", language())
    return [(role.value, words[role.value]) for role in ACCOUNT_ROLES]


class RolesForm(Form):
    """What a person is to the desk."""

    roles = SelectMultipleField(_l("Roles"), validators=[Required(_l("Choose at least one role."))])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.roles.choices = choices(role_choices())

    def chosen(self) -> list[Role]:
        """Return the roles."""
        return [Role(each) for each in self.roles.data or ()]


class InviteForm(RolesForm):
    """Somebody new."""

    email = EmailField(_l("E-mail"), validators=[Cleaned(line=True), Required(_l("Enter their e-mail address."))])
    name = line_field(_l("Name"), Required(_l("Enter their name.")), limit=80)
    organisation = SelectField(_l("Company, for its own people"))
    spoken = SelectField(_l("Language"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.spoken.choices = choices((tag, NAMES[tag]) for tag in LANGUAGES)
        companies = [(str(each.id), each.name) for each in organisations.all_open()]
        self.organisation.choices = choices([("", _("None: they belong to the desk")), *companies])

    def organisation_id(self) -> int | None:
        """Return the company that they answer for."""
        return int(self.organisation.data) if self.organisation.data else None
