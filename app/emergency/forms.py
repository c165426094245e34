"""The form in which an organisation's emergency contacts are kept: a row for each, empty rows are not used."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from flask_babel import lazy_gettext as _l
from pydantic import ValidationError
from wtforms import BooleanField, FieldList, FormField, SelectField, StringField
from wtforms import Form as Row

from app.core.contact import email_address, phone_number
from app.organisations.commands import MOST_CONTACTS, KeepContacts
from app.organisations.models import Organisation
from app.web.forms import Cleaned, Form, choices
from app.web.words import sentence

DAYS = (("every_day", _l("Every day")), ("weekdays", _l("Monday to Friday")), ("weekend", _l("Saturday and Sunday")))
SPARE = 2
ZONES = ("Asia/Shanghai", "Asia/Hong_Kong", "Asia/Macau", "Asia/Taipei")


class ContactRow(Row):
    """One contact."""

    name = StringField(_l("Name or post"), validators=[Cleaned(line=True)])
    phone = StringField(_l("Telephone"), validators=[Cleaned(line=True)])
    email = StringField(_l("E-mail"), validators=[Cleaned(line=True)])
    days = SelectField(_l("Days"), choices=choices(DAYS), default="every_day")
    opens = StringField(_l("From"), default="00:00", validators=[Cleaned(line=True, limit=5)])
    closes = StringField(_l("To"), default="00:00", validators=[Cleaned(line=True, limit=5)])
    fallback = BooleanField(_l("Fall-back: called when nobody else answers"))

    @property
    def used(self) -> bool:
        return any((self.name.data, self.phone.data, self.email.data))

    def to_fields(self) -> dict[str, Any]:
        """Return what was typed, as the command takes it."""
        return {
            "name": self.name.data or "", "phone": phone_number(self.phone.data or "") or self.phone.data or "",
            "email": email_address(self.email.data or "") or self.email.data or "", "days": self.days.data,
            "opens": self.opens.data or "00:00", "closes": self.closes.data or "00:00",
            "fallback": bool(self.fallback.data),
        }  # fmt: skip


class ContactsForm(Form):
    """All contacts of one organisation."""

    time_zone = SelectField(_l("Time zone of the hours"))
    contacts = FieldList(FormField(ContactRow), max_entries=MOST_CONTACTS)

    def prepare(self, organisation: Organisation) -> None:
        """Offer the zones, show what is kept, and leave room for more."""
        zones = dict.fromkeys([organisation.time_zone, *ZONES, *sorted(available_timezones())])
        self.time_zone.choices = [(zone, zone) for zone in zones]
        if not self.is_submitted():
            self.time_zone.data = organisation.time_zone
            for each in organisation.emergency_contacts:
                self.contacts.append_entry(each)
        for _ in range(min(SPARE, MOST_CONTACTS - len(self.contacts))):
            self.contacts.append_entry()

    def to_command(self) -> KeepContacts | None:
        """Return what is to be kept, or None with each mistake written beside its field."""
        used = [row.form for row in self.contacts if row.form.used]
        try:
            fields = {"time_zone": self.time_zone.data, "contacts": tuple(row.to_fields() for row in used)}
            return KeepContacts.model_validate(fields)
        except ValidationError as mistakes:
            for mistake in mistakes.errors():
                self._mark(used, mistake["loc"], mistake["type"])
            return None

    def _mark(self, used: list[ContactRow], place: tuple[int | str, ...], kind: str) -> None:
        code = "hour_invalid" if kind == "string_pattern_mismatch" else kind
        if len(place) < 2:
            self.form_errors = [*self.form_errors, sentence(code)]
            return
        row = used[int(place[1])]
        field = row._fields[str(place[2])] if len(place) > 2 else row.phone
        field.errors = [*field.errors, sentence(code)]
