"""The forms of the pages where people's data is found, handed out and erased, and how a person is shown there."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import StopValidation

from app.cases import service_erasure
from app.cases.queries_people import cases_of, open_wish, proposed
from app.core.contact import email_address, phone_number
from app.core.ids import read_case_number
from app.core.people import Person
from app.desk.kept import ReasonForm
from app.web.forms import Form, Required, line_field, text_field


class LookUpForm(ReasonForm):
    """Who is meant, and why somebody asks."""

    who = line_field(
        _l("Case number, telephone number or e-mail address"), Required(_l("Say whom you look for.")), limit=254
    )

    def validate_who(self, field: Any) -> None:
        """Something that somebody can be known by."""
        if not any(read(field.data or "") for read in (read_case_number, phone_number, email_address)):
            raise StopValidation(_("Give a case number, a telephone number or an e-mail address."))


class TakeOutForm(ReasonForm):
    """Why somebody's data is handed out."""


class EraseForm(Form):
    """Why somebody is to be erased. A second person reads it."""

    why = text_field(_l("Why? Name nobody: these words are kept"), Required(_l("Give a reason.")), limit=500)


def face(person: Person, *, at: datetime) -> dict[str, Any]:
    """Return a person as these pages show them: by their cases, never by name."""
    wish, proposal = open_wish(person), proposed(person, at=at)
    return {
        "id": person.id,
        "cases": cases_of(person),
        "erased_at": person.erased_at,
        "running": service_erasure.running(person, at=at),
        "proposed_at": proposal.asked_at if proposal else None,
        "asked_at": wish.asked_at if wish else None,
        "asked_by": wish.asked_by if wish else None,
        "agreed_at": wish.agreed_at if wish else None,
    }
