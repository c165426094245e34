"""The forms of publishing."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField

from app.notices.commands import Publish, TakeDown
from app.web.forms import Form, Required, text_field

NOTE = 2_000


class PublishForm(Form):
    """Publish what the page shows; it knows the version of the case that it was made from."""

    seen = HiddenField()
    redact = BooleanField(_l("Put the parties' roles in the place of every word that is marked"))

    def to_command(self) -> Publish:
        typed = self.seen.data or ""
        seen = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else None
        return Publish(version=seen or None, redact=bool(self.redact.data))


class TakeDownForm(Form):
    """Take an outcome out of the register."""

    reason = text_field(
        _l("What the public reads in its place"), Required(_l("Say why it is withdrawn.")), limit=NOTE
    )  # fmt: skip

    def to_command(self) -> TakeDown:
        return TakeDown(reason=self.reason.data or "")
