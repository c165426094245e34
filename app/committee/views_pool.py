"""The pool: for how long somebody serves, what they know, and which companies' cases are not theirs."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.accounts import queries as people
from app.accounts.models import User
from app.committee import forms_pool, queries
from app.committee.service_pool import keep
from app.committee.views import committee
from app.core.db import transaction
from app.web.guards import requires
from workflows.procedure.authority import Permission, Role


@committee.route("/members/<int:user_id>", methods=["GET", "POST"])
@requires(Permission.DECISION_DRAFT)
def member(user_id: int) -> Any:
    """Show and change what is kept of somebody who can be drawn."""
    person = _of_pool(user_id)
    form = forms_pool.PoolForm(data=forms_pool.kept(queries.pool().get(person.id)))
    if request.method == "GET" or not form.validate():
        page = render_template("committee/member.html", form=form, person=person)
        return page, 422 if form.is_submitted() else 200
    with transaction():
        keep(form.to_command(person.id))
    flash(_("Kept. It holds from the next draw on."), "success")
    return redirect(url_for("committee.members"), code=303)


def _of_pool(user_id: int) -> User:
    return next((each for each in people.with_role(Role.MEMBER, Role.CHAIR) if each.id == user_id), None) or abort(404)
