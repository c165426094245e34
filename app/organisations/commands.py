"""What is kept of an organisation: whom to reach in an emergency and when, and its licence."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from app.core.commands import Frozen
from app.core.contact import Email, Phone
from app.core.hours import Hour, TimeZone
from app.core.text import Line, Note

MOST_CONTACTS = 8


class EmergencyContact(Frozen):
    """Somebody who can be reached at once. `opens` equal to `closes` is round the clock. Source: clause 2.2.3.1."""

    name: Line
    phone: Phone = ""
    email: Email = ""
    days: Literal["every_day", "weekdays", "weekend"] = "every_day"
    opens: Hour = "00:00"
    closes: Hour = "00:00"
    fallback: bool = False

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        if not self.phone and not self.email:
            raise PydanticCustomError("contact_unreachable", "contact_unreachable")
        return self


class KeepContacts(Frozen):
    """All contacts of an organisation, and the zone in which their hours are meant."""

    time_zone: TimeZone
    contacts: Annotated[tuple[EmergencyContact, ...], Field(max_length=MOST_CONTACTS)]

    def stored(self) -> list[dict[str, Any]]:
        """Return the contacts as the organisation's row holds them."""
        return [contact.model_dump(exclude_defaults=True) for contact in self.contacts]


class KeepLicence(Frozen):
    """A company's licence as somebody verified it; `until` is its last day. Source: clause 3.2.2."""

    number: Line
    until: date | None = None


class MergeInto(Frozen):
    """Let a company count for another one of its kind from now on."""

    into_id: Annotated[int, Field(ge=1)]
    reason: Note


class PartAgain(Frozen):
    """Take a merge back."""

    reason: Note
