"""How the system is, and what was given up: for leads, supervisors and administrators."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from app.core import clock, outbox
from app.core.db import transaction
from app.monitoring import health, queries, words
from app.web.guards import requires
from workflows.procedure.authority import Permission

system = Blueprint("system", __name__, url_prefix="/admin/system")
BLUEPRINTS = (system,)


@system.get("")
@requires(Permission.WATCH_READ)
def status() -> str:
    """Show what is late, and why."""
    return render_template("monitoring/system.html", health=health.report(clock.now()), words=words)


@system.get("/given-up")
@requires(Permission.OUTBOX_REDRIVE)
def given_up() -> str:
    """Show the tasks that were given up, with the reason of each."""
    page = queries.dead_letters(request.args.get("cursor"))
    shown = {"rows": page.items, "about": queries.subjects(page.items), "next_cursor": page.next}
    return render_template("monitoring/given_up.html", words=words, **shown)


@system.post("/given-up/again")
@requires(Permission.OUTBOX_REDRIVE)
def all_again() -> Response:
    """Have everything that was given up done again."""
    return _again(None)


@system.post("/given-up/<int:outbox_id>/again")
@requires(Permission.OUTBOX_REDRIVE)
def again(outbox_id: int) -> Response:
    """Have one task done again. Twice is harmless."""
    return _again(outbox_id)


def _again(outbox_id: int | None) -> Response:
    with transaction():
        n = outbox.revive(outbox_id, at=clock.now())
    words = ngettext("%(num)s task is done again now.", "%(num)s tasks are done again now.", n)
    flash(words if n else _("That was done again already."), "success" if n else "info")
    return redirect(url_for("system.given_up"), code=303)
