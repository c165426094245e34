"""Administrators' pages about companies: the licence of each, and which of them are one.

Source: clauses 3.2.2 (licences), 1.2.3 (credit).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from app.core import clock
from app.core.db import transaction
from app.organisations import queries, service
from app.organisations.forms import LicenceForm, MergeForm, PartForm
from app.organisations.models import Organisation
from app.web.api import found
from app.web.forms import Form
from app.web.guards import act, requires
from app.web.words import sentence
from workflows.procedure.authority import Permission
from workflows.procedure.errors import Invalid

companies = Blueprint("companies", __name__, url_prefix="/admin/organisations")
BLUEPRINTS = (companies,)


@companies.get("")
@requires(Permission.ORGANISATION_MANAGE)
def every() -> str:
    """Show the companies, and whose licence has ended."""
    shown = {"companies": queries.all_open(), "merged": queries.all_merged(), "today": clock.now().date()}
    return render_template("organisations/every.html", **shown)


def _company(organisation_id: int) -> Organisation:
    company: Organisation = found(queries.as_known(organisation_id) if organisation_id < 2**31 else None)
    return company


@companies.get("/<int:organisation_id>")
@requires(Permission.ORGANISATION_MANAGE)
def one(organisation_id: int) -> Any:
    """Show a company: its licence, and for whom it counts."""
    return _page(_company(organisation_id))


def _page(company: Organisation, form: Form | None = None) -> Any:
    given = {type(form): form} if form else {}
    forms = {
        "licence": given.get(LicenceForm) or LicenceForm.of(company),
        "merging": given.get(MergeForm) or MergeForm(formdata=None).among(company),
        "parting": given.get(PartForm) or PartForm(formdata=None),
    }
    shown = {"company": company, "today": clock.now().date(), "refused": form}
    told = {"merges": queries.merges(company.id), "parts": queries.merged_into(company.id)}
    return render_template("organisations/one.html", **forms, **shown, **told), 422 if form else 200


def _take(organisation_id: int, form: Any, deed: Callable[..., None], words: str) -> Any:
    if not form.validate():
        return _page(_company(organisation_id), form)
    try:
        with transaction():
            deed(_company(organisation_id), form.to_command(), act=act())
    except Invalid as refused:
        form.add_error(next(iter(form)).name, sentence(refused.code, refused.fields))
        return _page(_company(organisation_id), form)
    flash(words, "success")
    return redirect(url_for("companies.one", organisation_id=organisation_id), code=303)


@companies.post("/<int:organisation_id>/licence")
@requires(Permission.ORGANISATION_MANAGE)
def licence(organisation_id: int) -> Any:
    """Write down a licence as it was verified."""
    return _take(organisation_id, LicenceForm(), service.keep_licence, _("The licence is written down."))


@companies.post("/<int:organisation_id>/merge")
@requires(Permission.ORGANISATION_MANAGE)
def merge(organisation_id: int) -> Any:
    """Let the company count for another."""
    form = MergeForm().among(_company(organisation_id))
    return _take(organisation_id, form, service.merge, _("The two are counted together from now on."))


@companies.post("/<int:organisation_id>/part")
@requires(Permission.ORGANISATION_MANAGE)
def part(organisation_id: int) -> Any:
    """Take a merge back."""
    return _take(organisation_id, PartForm(), service.part, _("The company stands for itself again."))
