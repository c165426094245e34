"""The forms about public replies."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.register.replies import Say, Withhold
from app.web.forms import Form, Required, text_field

NOTE = 2_000


class SayForm(Form):
    """What a company says in public."""

    text = text_field(_l("Your public reply"), Required(_l("Write your reply.")), limit=NOTE)

    def to_command(self) -> Say:
        return Say(text=self.text.data or "")


class WithholdForm(Form):
    """Why a reply is not shown."""

    reason = text_field(_l("Why it is withheld"), Required(_l("Give a reason.")), limit=NOTE)

    def to_command(self) -> Withhold:
        return Withhold(reason=self.reason.data or "")
