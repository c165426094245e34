"""Messages that stay here because no carrier took them: what opens something is covered until somebody says why.

In a demonstration nobody else could hand them on, so they are shown whole there, and the page says so.
"""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.validators import StopValidation

from app.core.concealing import conceal, hides_something
from app.core.messages import OutboundMessage
from app.web.forms import Form, Required, choices, line_field
from app.web.i18n import language
from workflows.procedure.authority import Actor, Permission
from workflows.procedure.names import names

OTHER = "other"
SIGN_IN = "/signin/link/"


class ReasonForm(Form):
    """Why somebody looks a person up, or reads what opens something."""

    reason = SelectField(_l("Why?"), validators=[Required(_l("Say why. It is kept with your name."))])
    note = line_field(_l("In your own words"), limit=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reason.choices = choices([("", _("Choose …")), *names("lookup_reason", language()).items()])

    def validate_note(self, field: Any) -> None:
        """Another reason needs words."""
        if self.reason.data == OTHER and not field.data:
            raise StopValidation(_("Say in a few words why."))

    def words(self) -> str:
        """Return the reason as it is kept."""
        return f"{self.reason.data}: {self.note.data}" if self.note.data else str(self.reason.data)


def is_covered(message: OutboundMessage, *, demo: bool) -> bool:
    """Return whether something in the message is covered: always what lets staff in, elsewhere outside a demo."""
    return hides_something(message.body) and (not demo or SIGN_IN in message.body)


def shown(message: OutboundMessage, *, demo: bool) -> str:
    """Return the message as the outbox shows it."""
    return conceal(message.body) if is_covered(message, demo=demo) else message.body


def may_reveal(message: OutboundMessage, actor: Actor) -> bool:
    """Return whether the actor may read it whole: what lets staff in only who manages people; nothing that was sent."""
    if message.sent_at is not None or not hides_something(message.body):
        return False
    return actor.may(Permission.PEOPLE_MANAGE if SIGN_IN in message.body else Permission.OUTBOX_READ)
