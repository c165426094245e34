"""What administrators watch: security events, and acts that take two people."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from app.accounts import queries, queries_watch, service_approvals
from app.accounts.models_watch import Approval
from app.core import clock
from app.core.db import session, transaction
from app.web.api import found
from app.web.guards import act, current_actor, fresh, requires
from workflows.procedure.authority import Permission

accounts_watch = Blueprint("accounts_watch", __name__, url_prefix="/admin")
BLUEPRINTS = (accounts_watch,)


@accounts_watch.get("/alarms")
@requires(Permission.SECURITY_READ)
def alarms() -> str:
    """Show security events, newest first."""
    page = queries_watch.events(cursor=request.args.get("cursor"))
    names = queries.names({user for event in page.items for user in (event.about_id, event.by_id)})
    return render_template("accounts/alarms.html", events=page.items, next_cursor=page.next, names=names)


@accounts_watch.get("/approvals")
@requires(Permission.APPROVAL_DECIDE)
def approvals() -> str:
    """Show what was asked for and waits for a second person, and what was decided."""
    rows = service_approvals.newest()
    names = queries.names({user for row in rows for user in (row.asked_by_id, row.decided_by_id)})
    told = {row.id: service_approvals.told(row) for row in rows}
    shown = {"told": told, "pages": {row.id: service_approvals.page(row) for row in rows}}
    mine = current_actor().user_id
    return render_template("accounts/approvals.html", rows=rows, names=names, mine=mine, at=clock.now(), **shown)


@accounts_watch.post("/approvals/<int:approval_id>")
@requires(Permission.APPROVAL_DECIDE)
@fresh
def decide(approval_id: int) -> Response:
    """Agree, and it is done; or decline."""
    answer = request.form.get("answer")
    if answer not in ("agree", "decline"):
        raise BadRequest
    with transaction():
        approval = found(session().get(Approval, approval_id))
        service_approvals.decide(approval, agreed=answer == "agree", act=act())
    flash(_("You agreed, and it is done.") if answer == "agree" else _("You declined. Nothing was done."), "success")
    return redirect(url_for("accounts_watch.approvals"), code=303)
