"""Registering organisations."""

from __future__ import annotations

from typing import Any

from app.core.db import session
from app.organisations import queries
from app.organisations.commands import KeepContacts, KeepLicence, MergeInto, PartAgain
from app.organisations.models import Organisation, OrganisationMerge, PartyKind
from app.organisations.queries import folded
from workflows.procedure.act import Act
from workflows.procedure.errors import Invalid


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


def merge(organisation: Organisation, command: MergeInto, *, act: Act) -> None:
    """Let a company count for another: its address leads there, and cases, ratings and penalties count together.

    Nothing is rewritten: its people go on with the cases they have, and `part` takes it back. Raises Invalid where the
    other is no open company of the same kind, or others count for this one.
    """
    into = queries.by_id(command.into_id)
    if into is None or into.id == organisation.id or into.kind is not organisation.kind:
        raise Invalid("not_possible", pointer="/into_id")
    if organisation.closed_at is not None or queries.merged_into(organisation.id):
        raise Invalid("merged_already", pointer="/into_id")
    organisation.closed_at, organisation.merged_into_id = act.at, into.id
    session().add(
        OrganisationMerge(
            organisation_id=organisation.id, into_id=into.id, reason=command.reason, at=act.at, by=act.actor.name
        )
    )  # fmt: skip


def part(organisation: Organisation, command: PartAgain, *, act: Act) -> None:
    """Take a merge back: the company stands for itself again. Raises Invalid where it is not merged."""
    done = next((each for each in queries.merges(organisation.id) if each.undone_at is None), None)
    if done is None:
        raise Invalid("not_possible", pointer="/reason")
    organisation.closed_at = organisation.merged_into_id = None
    done.undone_at, done.undone_by, done.undone_because = act.at, act.actor.name, command.reason
