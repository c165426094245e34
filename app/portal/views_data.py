"""What is kept of the complainant: they may take it with them, and ask that it be erased."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template
from flask_babel import gettext as _

from app.cases import queries_people, service_erasure
from app.cases.queries import case_to_work
from app.core.db import transaction
from app.notices.package import package
from app.portal.views_frame import Visit, by_private_link, to_act
from app.web.files import archive
from app.web.guards import act, open_to_all
from app.web.i18n import public
from app.web.limits import often
from workflows.regulation import book

own_data = public(Blueprint("own_data", __name__, url_prefix="/c/<token>/data"))
BLUEPRINTS = (own_data,)


@own_data.get("")
@open_to_all
@to_act
def page(visit: Visit) -> str:
    """Show what is kept, how long, and what can be asked for."""
    person = visit.case.person
    kept = book.current().figure("case_kept", on=act().at.date()).value
    shown = {"cases": queries_people.cases_of(person), "wish": queries_people.open_wish(person), "days": kept}
    return render_template("portal/data.html", visit=visit, case=visit.case, **shown)


@own_data.get("/package")
@open_to_all
@often("printing")
@to_act
def take(visit: Visit) -> Response:
    """Hand out all of it."""
    content = package(queries_people.cases_of(visit.case.person))
    return archive(content, f"{visit.case.number}.zip")


@own_data.post("/erase")
@open_to_all
@by_private_link
def ask(visit: Visit) -> Any:
    """Keep the request to be erased; two people of the desk look at it."""
    if not visit.confirmed:
        return redirect(visit.url("entry.verify", next=visit.url("own_data.page")), code=303)
    with transaction():
        service_erasure.wish(case_to_work(visit.case.id).person, act=act())
    flash(_("We have your request. Two people of the desk look at it."), "success")
    return redirect(visit.url("own_data.page"), code=303)
