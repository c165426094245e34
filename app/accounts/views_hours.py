"""One's own quiet hours: when letters that can wait are held."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from app.accounts import service_hours
from app.accounts.forms_hours import HoursForm
from app.core.db import transaction
from app.web.guards import act, current_actor, requires
from workflows.procedure.authority import Permission

hours_pages = Blueprint("hours", __name__)
BLUEPRINTS = (hours_pages,)


@hours_pages.route("/account/hours", methods=["GET", "POST"])
@requires(Permission.QUEUE_READ, Permission.DOSSIER_READ, Permission.WATCH_READ)
def own() -> Any:
    """Show when one is left in peace, and take a change."""
    user_id, form = current_actor().user_id or 0, HoursForm()
    form.prepare(service_hours.hours_of(user_id, at=act().at))
    command = form.to_command() if form.validate_on_submit() else None
    if command:
        with transaction():
            service_hours.keep_hours(user_id, command, act=act())
        flash(_("Your quiet hours are kept."), "success")
        return redirect(url_for("hours.own"), code=303)
    return render_template("accounts/hours.html", form=form), 422 if form.is_submitted() else 200
