"""People's data: whom it is about is found with a reason, it is handed out, and erased once two people agreed."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from app.accounts.models_watch import ReasonFor
from app.accounts.service_watch import state_reason
from app.cases import queries_people, service_erasure
from app.core.db import transaction
from app.core.people import Person
from app.desk.personal import EraseForm, LookUpForm, TakeOutForm, face
from app.notices.package import package
from app.web.api import found
from app.web.files import archive
from app.web.guards import act, fresh, requires
from workflows.procedure.authority import Permission

personal = Blueprint("personal", __name__, url_prefix="/admin/data")
BLUEPRINTS = (personal,)


@personal.route("", methods=["GET", "POST"])
@requires(Permission.PERSON_READ)
@fresh
def look_up() -> Any:
    """Find whom a number or an address belongs to; show the requests that wait."""
    form = LookUpForm()
    people = _found(form) if form.validate_on_submit() else None
    page = render_template("desk/personal.html", form=form, people=people, wishes=queries_people.open_wishes())
    return page, 422 if form.is_submitted() and people is None else 200


def _found(form: LookUpForm) -> list[dict[str, Any]]:
    with transaction():
        state_reason(ReasonFor.LOOKUP, form.words(), "person", act=act(), about=form.who.data)
    return [face(person, at=act().at) for person in queries_people.known_by(form.who.data)]


def _person(person_id: str) -> Person:
    person: Person = found(queries_people.by_id(person_id))
    return person


def _page(person_id: str, taking: TakeOutForm, erasing: EraseForm, status: int = 200) -> Any:
    shown = {"person": face(_person(person_id), at=act().at), "taking": taking, "erasing": erasing}
    return render_template("desk/personal_one.html", **shown), status


@personal.get("/<person_id>")
@requires(Permission.PERSON_READ)
@fresh
def person(person_id: str) -> Any:
    """Show whose cases they are, and what can be done."""
    return _page(person_id, TakeOutForm(formdata=None), EraseForm(formdata=None))


@personal.post("/<person_id>/package")
@requires(Permission.PERSON_READ)
@fresh
def take_out(person_id: str) -> Any:
    """Hand out all that is kept of somebody, for a reason that stays."""
    form = TakeOutForm()
    cases = queries_people.cases_of(_person(person_id))
    if not form.validate():
        return _page(person_id, form, EraseForm(formdata=None), 422)
    with transaction():
        state_reason(ReasonFor.EXPORT, form.words(), f"person of {cases[0].number}", act=act())
    return archive(package(queries_people.cases_of(_person(person_id))), f"{cases[0].number}.zip")


@personal.post("/<person_id>/erase")
@requires(Permission.PERSON_ERASE)
@fresh
def erase(person_id: str) -> Any:
    """Ask a second person to agree that somebody is erased."""
    form = EraseForm()
    _person(person_id)
    if not form.validate():
        return _page(person_id, TakeOutForm(formdata=None), form, 422)
    with transaction():
        service_erasure.propose(_person(person_id), form.why.data, act=act())
    flash(_("Somebody else must agree now."), "success")
    return redirect(url_for("personal.person", person_id=person_id), code=303)
