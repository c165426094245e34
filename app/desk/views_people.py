"""Administrators' pages: who may sign in, as what; inviting, disabling, helping who lost everything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts import queries, service_people
from app.accounts.models import User
from app.accounts.models_proof import LinkKind
from app.core.db import transaction
from app.desk.people import InviteForm, RolesForm, role_choices
from app.organisations import queries as organisations
from app.web.api import found
from app.web.guards import act, fresh, requires
from app.web.words import sentence
from workflows.procedure.act import Act
from workflows.procedure.authority import Permission
from workflows.procedure.errors import Invalid

people = Blueprint("people", __name__, url_prefix="/admin/people")
BLUEPRINTS = (people,)


@people.get("")
@requires(Permission.PEOPLE_MANAGE)
def everyone() -> str:
    """Show who may sign in."""
    role = request.args.get("role", "")
    page = queries.people(role=role, cursor=request.args.get("cursor"))
    companies = {each.id: each.name for each in organisations.all_open()}
    shown = {"people": page.items, "next_cursor": page.next, "companies": companies, "role": role}
    return render_template("desk/people.html", roles=role_choices(), **shown)


@people.route("/invite", methods=["GET", "POST"])
@requires(Permission.PEOPLE_MANAGE)
@fresh
def invite() -> Any:
    """Write somebody down and send them a link by which they choose a password."""
    form = InviteForm()
    if form.validate_on_submit() and (user := _invited(form)):
        flash(_("The invitation is on its way."), "success")
        return redirect(url_for("people.person", user_id=user.id), code=303)
    return render_template("desk/invite.html", form=form), 422 if form.is_submitted() else 200


def _invited(form: InviteForm) -> User | None:
    try:
        with transaction():
            return service_people.invite(
                email=form.email.data, name=form.name.data, roles=form.chosen(), language=form.spoken.data,
                organisation_id=form.organisation_id(), act=act(),
            )  # fmt: skip
    except Invalid as refused:
        form.add_error(refused.pointer.strip("/"), sentence(refused.code, refused.fields))
        return None


def _person(user_id: int) -> User:
    user: User = found(queries.find(user_id))
    return user


@people.route("/<int:user_id>", methods=["GET", "POST"])
@requires(Permission.PEOPLE_MANAGE)
@fresh
def person(user_id: int) -> Any:
    """Show one person, and give them other roles."""
    user = _person(user_id)
    form = RolesForm(data={"roles": user.roles})
    if form.validate_on_submit() and _given(user, form):
        flash(_("The roles are changed, from their next request on."), "success")
        return redirect(url_for("people.person", user_id=user_id), code=303)
    company = organisations.by_id(user.organisation_id) if user.organisation_id else None
    shown = {"user": user, "form": form, "company": company, "factors": queries.factors(user)}
    return render_template("desk/person.html", **shown), 422 if form.is_submitted() else 200


def _given(user: User, form: RolesForm) -> bool:
    try:
        with transaction():
            service_people.set_roles(user, form.chosen(), act=act())
    except Invalid as refused:
        form.add_error("roles", sentence(refused.code, refused.fields))
        return False
    return True


def _do(user_id: int, deed: Callable[[User, Act], None], words: str) -> Response:
    with transaction():
        deed(_person(user_id), act())
    flash(words, "success")
    return redirect(url_for("people.person", user_id=user_id), code=303)


@people.post("/<int:user_id>/disable")
@requires(Permission.PEOPLE_MANAGE)
@fresh
def disable(user_id: int) -> Response:
    """Shut the person out."""
    done = _("The account is disabled. Sessions and tokens are dead.")
    return _do(user_id, lambda user, by: service_people.disable(user, act=by), done)


@people.post("/<int:user_id>/enable")
@requires(Permission.PEOPLE_MANAGE)
@fresh
def enable(user_id: int) -> Response:
    """Let the person in again."""
    return _do(user_id, lambda user, by: service_people.enable(user, act=by), _("The account is enabled."))


@people.post("/<int:user_id>/link")
@requires(Permission.PEOPLE_MANAGE)
@fresh
def send_link(user_id: int) -> Response:
    """Send the person a link to choose a password."""
    sent = _("The link is on its way.")
    return _do(user_id, lambda user, by: service_people.ask_for_link(user.id, LinkKind.RESET, act=by), sent)


@people.post("/<int:user_id>/factors")
@requires(Permission.PEOPLE_MANAGE)
@fresh
def forget_factors(user_id: int) -> Response:
    """Remove the second factors of who lost them."""
    done = _("The second factors are removed. A new one is set up at the next sign-in.")
    return _do(user_id, lambda user, by: service_people.forget_factors(user, act=by), done)
