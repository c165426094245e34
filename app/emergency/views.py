"""Keeping emergency contacts: an organisation its own, the desk anybody's. Source: clause 2.2.3.1."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.core.db import transaction
from app.emergency.forms import ContactsForm
from app.organisations import queries, service
from app.organisations.models import Organisation
from app.web.guards import act, current_actor, requires
from workflows.procedure import on_call
from workflows.procedure.authority import Permission

contacts = Blueprint("contacts", __name__)
BLUEPRINTS = (contacts,)


@contacts.route("/r/contacts", methods=["GET", "POST"])
@requires(Permission.RESPONDENT_DESK)
def own() -> Any:
    """Show the company whom we would call, and take changes."""
    organisation = queries.by_id(current_actor().organisation_id or 0) or abort(404)
    return _page(organisation, url_for("contacts.own"), back=url_for("respondent.index"))


@contacts.get("/desk/contacts")
@requires(Permission.CONTACTS_KEEP)
def every() -> str:
    """Show the organisations with their contacts; those that cannot be reached at every hour come first."""
    rows = [(each, on_call.read(each.emergency_contacts)) for each in queries.all_open()]
    rows.sort(key=lambda row: on_call.covered(row[1]))
    return render_template("emergency/organisations.html", rows=rows, covered=on_call.covered)


@contacts.route("/desk/contacts/<int:organisation_id>", methods=["GET", "POST"])
@requires(Permission.CONTACTS_KEEP)
def of_organisation(organisation_id: int) -> Any:
    """Show one organisation's contacts to the desk, and take changes."""
    organisation = queries.by_id(organisation_id) or abort(404)
    here = url_for("contacts.of_organisation", organisation_id=organisation_id)
    return _page(organisation, here, back=url_for("contacts.every"))


def _page(organisation: Organisation, here: str, *, back: str) -> Any:
    form = ContactsForm()
    form.prepare(organisation)
    command = form.to_command() if form.validate_on_submit() else None
    if command:
        with transaction():
            service.keep_contacts(queries.by_id(organisation.id) or abort(404), command, act=act())
        flash(_("The emergency contacts are kept."), "success")
        return redirect(here, code=303)
    known = on_call.read(organisation.emergency_contacts)
    shown = {"organisation": organisation, "form": form, "back": back, "gap": not on_call.covered(known)}
    return render_template("emergency/contacts.html", **shown), 422 if request.method == "POST" else 200
