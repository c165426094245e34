"""Registering organisations."""

from __future__ import annotations

from typing import Any

from app.core.db import session
from app.organisations.commands import KeepContacts, KeepLicence
from app.organisations.models import Organisation, PartyKind
from app.organisations.queries import folded
from workflows.procedure.act import Act


def register(kind: PartyKind, name: str, *, act: Act, **contact: Any) -> Organisation:
    """Write down an organisation and return it, with its id given."""
    organisation = Organisation(kind=kind, name=name, folded_name=folded(name), created_at=act.at, **contact)
    session().add(organisation)
    session().flush()
    return organisation


def keep_contacts(organisation: Organisation, command: KeepContacts, *, act: Act) -> None:
    """Write down whom to reach in an emergency; also a look that changes nothing is noted. Source: clause 2.2.3.1."""
    organisation.time_zone, organisation.emergency_contacts = command.time_zone, command.stored()
    organisation.contacts_kept_at, organisation.contacts_kept_by = act.at, act.actor.name


def keep_licence(organisation: Organisation, command: KeepLicence, *, act: Act) -> None:
    """Write down a licence as it was verified; a look that changes nothing is noted too. Source: clause 3.2.2."""
    organisation.licence_number, organisation.licence_until = command.number, command.until
    organisation.licence_verified_at, organisation.licence_verified_by = act.at, act.actor.name
