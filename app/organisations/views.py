"""Administrators' pages about companies: who is registered, and the licence of each. Source: clause 3.2.2."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from app.core import clock
from app.core.db import transaction
from app.organisations import queries, service
from app.organisations.forms import LicenceForm
from app.organisations.models import Organisation
from app.web.api import found
from app.web.guards import act, requires
from workflows.procedure.authority import Permission

companies = Blueprint("companies", __name__, url_prefix="/admin/organisations")
BLUEPRINTS = (companies,)


@companies.get("")
@requires(Permission.ORGANISATION_MANAGE)
def every() -> str:
    """Show the companies, and whose licence has ended."""
    today = clock.now().date()
    return render_template("organisations/every.html", companies=queries.all_open(), today=today)


def _company(organisation_id: int) -> Organisation:
    company: Organisation = found(queries.by_id(organisation_id) if organisation_id < 2**31 else None)
    return company


@companies.route("/<int:organisation_id>", methods=["GET", "POST"])
@requires(Permission.ORGANISATION_MANAGE)
def one(organisation_id: int) -> Any:
    """Show a company, and write down its licence as it was verified."""
    company = _company(organisation_id)
    form = LicenceForm.of(company)
    if form.validate_on_submit():
        with transaction():
            service.keep_licence(_company(organisation_id), form.to_command(), act=act())
        flash(_("The licence is written down."), "success")
        return redirect(url_for("companies.one", organisation_id=organisation_id), code=303)
    shown = {"company": company, "form": form, "today": clock.now().date()}
    return render_template("organisations/one.html", **shown), 422 if form.is_submitted() else 200
