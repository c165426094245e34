"""The forms of publishing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FieldList, FormField, HiddenField, RadioField, StringField
from wtforms import Form as Part

from app.notices.commands import Publish, Resolve, TakeDown
from app.web.forms import Form, Required, choices, text_field

NOTE = 2_000
HOW = [("instead", _l("Put this in its place")), ("accept", _l("Publish it as it stands, because"))]


class ResolvePart(Part):
    """What becomes of one word that was found."""

    found = HiddenField()
    how = RadioField(_l("What becomes of it?"), choices=choices(HOW), validate_choice=False)
    said = StringField(_l("The words in its place, or the reason"))


class PublishForm(Form):
    """Publish what the page shows, once each find is resolved; it knows the version that it was made from."""

    seen = HiddenField()
    resolutions = FieldList(FormField(ResolvePart), max_entries=200)
    redact = BooleanField(_l("Put the parties' roles in the place of every word that is left open"))

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask for a reason wherever a find is to be published as it stands."""
        sound = bool(super().validate(extra_validators))
        for part in self._parts():
            if part.how.data == "accept" and not (part.said.data or "").strip():
                part.said.errors = [*part.said.errors, _("Say why nobody can be found by it.")]
                self.form_errors = [*self.form_errors, _("Say why “%(word)s” may be published.", word=part.found.data)]
        return sound and not self.form_errors

    def complete(self, finds: Mapping[str, str]) -> None:
        """Add a line for each word that was found and has none yet, with what can stand in its place."""
        known = {part.found.data for part in self._parts()}
        for found, instead in finds.items():
            if found not in known:
                self.resolutions.append_entry({"found": found, "said": instead})

    def _parts(self) -> Iterable[ResolvePart]:
        return [entry.form for entry in self.resolutions]

    def to_command(self) -> Publish:
        typed = self.seen.data or ""
        seen = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else None
        answered = [part for part in self._parts() if part.found.data and part.how.data in ("instead", "accept")]
        return Publish(version=seen or None, redact=bool(self.redact.data), resolutions=list(map(_resolve, answered)))


def _resolve(part: ResolvePart) -> Resolve:
    said = " ".join((part.said.data or "").split())[:NOTE]
    return Resolve(text=part.found.data[:NOTE], **{part.how.data: said})


class TakeDownForm(Form):
    """Take an outcome out of the register."""

    reason = text_field(
        _l("What the public reads in its place"), Required(_l("Say why it is withdrawn.")), limit=NOTE
    )  # fmt: skip

    def to_command(self) -> TakeDown:
        return TakeDown(reason=self.reason.data or "")
