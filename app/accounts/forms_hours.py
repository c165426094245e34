"""The form of one's own quiet hours."""

from __future__ import annotations

from zoneinfo import available_timezones

from flask_babel import lazy_gettext as _l
from pydantic import ValidationError
from wtforms import SelectField

from app.accounts.service_hours import KeepHours
from app.web.forms import Form, line_field
from app.web.words import sentence
from workflows.procedure.quiet import QuietHours

ZONES = ("Asia/Shanghai", "Asia/Hong_Kong", "Asia/Macau", "Asia/Taipei")


class HoursForm(Form):
    """From when to when, on whose clock."""

    time_zone = SelectField(_l("Time zone"))
    begins = line_field(_l("Quiet from"), limit=5)
    ends = line_field(_l("Quiet until"), limit=5)

    def prepare(self, hours: QuietHours) -> None:
        """Offer the zones and show what holds now."""
        zones = dict.fromkeys([hours.zone, *ZONES, *sorted(available_timezones())])
        self.time_zone.choices = [(zone, zone) for zone in zones]
        if not self.is_submitted():
            self.time_zone.data = hours.zone
            self.begins.data, self.ends.data = f"{hours.begins:%H:%M}", f"{hours.ends:%H:%M}"

    def to_command(self) -> KeepHours | None:
        """Return what is to be kept, or None with each mistake beside its field."""
        fields = {"time_zone": self.time_zone.data, "begins": self.begins.data, "ends": self.ends.data}
        try:
            return KeepHours.model_validate(fields)
        except ValidationError as mistakes:
            for mistake in mistakes.errors():
                self.add_error(str(mistake["loc"][0]), sentence("hour_invalid"))
            return None
