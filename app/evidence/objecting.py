"""A complainant says of one fact of the order that it was otherwise: in their own words, and as a fact where it is one.

What the other side said stays; the two stand side by side until the desk settles it. Source: clause 3.1.1.
"""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateTimeLocalField, RadioField, StringField
from wtforms.validators import Optional

from app.cases import service_facts
from app.cases.forms import read_amount
from app.cases.merging import EVENT, Said
from app.cases.models import Case
from app.cases.service_steps import write_message
from app.evidence.stating import face, fact_label
from app.web.forms import Cleaned, Form, Required, choices, text_field
from workflows.procedure.act import Act

WORDS = 2_000


class ObjectForm(Form):
    """What is right instead, and how the complainant knows; only the field that fits the fact is shown."""

    moment = DateTimeLocalField(_l("When was it?"), validators=[Optional()])
    amount = StringField(_l("How much was it?"), validators=[Cleaned(line=True, limit=20)])
    holds = RadioField(
        _l("Is it so?"), choices=choices([("yes", _l("Yes")), ("no", _l("No"))]), validators=[Optional()]
    )
    words = text_field(
        _l("What was different?"), Required(_l("Say what was different.")), limit=WORDS
    )  # fmt: skip

    def value(self, said: Said, zone: str) -> Any:
        """Return the fact as the complainant has it, or None where they gave none or none can be typed."""
        kind = kind_of(said)
        if kind == "moment" and self.moment.data:
            at = self.moment.data.replace(tzinfo=ZoneInfo(zone)).isoformat()
            return [said.value[0] | {"at": at}] if said.is_event else at
        if kind == "amount" and self.amount.data:
            return read_amount(self.amount.data)
        return self.holds.data == "yes" if kind == "holds" and self.holds.data else None

    def sound(self, said: Said) -> bool:
        """Return whether everything can be read; what cannot is told beside its field."""
        if self.validate() and (kind_of(said) != "amount" or not self.amount.data or read_amount(self.amount.data)):
            return True
        if not self.errors:
            self.add_error("amount", _("Write a sum, such as 199.00."))
        return False


def kind_of(said: Said) -> str:
    """Return which field of the form a fact is typed into; nothing where words alone can tell it."""
    if said.is_event:
        return "moment" if len(said.value) == 1 else ""
    if isinstance(said.value, bool):
        return "holds"
    if isinstance(said.value, int):
        return "amount" if said.path.endswith("_minor") else ""
    return "moment" if said.path.endswith("_at") else ""


def fact(case: Case, path: str) -> Said | None:
    """Return a fact that is known of the order."""
    return service_facts.known(case).facts.get(path)


def shown(said: Said) -> dict[str, Any]:
    """Return a fact as its page shows it."""
    return face(said) | {"kind": kind_of(said)}


def object_to(case: Case, said: Said, form: ObjectForm, *, act: Act) -> None:
    """Keep what the complainant says of the fact, and write it to the desk. Raises Invalid."""
    value = form.value(said, case.time_zone)
    if value is not None:
        document = {"events": value} if said.path.startswith(EVENT) else {"order": _nested(said.path, value)}
        service_facts.state(case, document, side="consumer", source="form", exhibit=None, act=act)
    words = _("On “%(fact)s”: %(words)s", fact=fact_label(said.path), words=form.words.data)
    write_message(case, words, act=act)


def _nested(path: str, value: Any) -> dict[str, Any]:
    for step in reversed(path.split(".")):
        value = {step: value}
    return dict(value)
