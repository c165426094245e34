"""The rulebook as administrators keep it: what is in force, what is proposed and would change, and the decision."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from app.core.db import transaction
from app.rulebook import parcels, queries, service, showing
from app.rulebook.forms import DecideForm, ProposeForm
from app.rulebook.models import Amendment
from app.rulebook.telling import told
from app.web.api import found
from app.web.files import CLOSED
from app.web.guards import act, current_actor, fresh, requires
from app.web.words import sentence
from workflows.procedure import amending
from workflows.procedure.authority import Permission
from workflows.procedure.errors import Invalid
from workflows.regulation import shipped
from workflows.regulation.errors import RulebookError

rulebook = Blueprint("rulebook", __name__, url_prefix="/admin/rulebook")
BLUEPRINTS = (rulebook,)


@rulebook.get("")
@requires(Permission.WATCH_READ)
def overview() -> str:
    """Show the rulebook in force, what comes after it, and what was proposed."""
    return render_template(
        "rulebook/overview.html", standing=showing.standing(act().at), rows=queries.newest(), state=showing.state,
        at=act().at, may_propose=current_actor().may(Permission.SYSTEM_MANAGE), told=told,
    )  # fmt: skip


@rulebook.get("/files.zip")
@requires(Permission.WATCH_READ)
def files() -> Response:
    """Return the files of the rulebook that was approved last, to be changed."""
    return _parcel(amending.whole(queries.chain()), "rulebook")


@rulebook.get("/shipped.zip")
@requires(Permission.WATCH_READ)
def shipped_files() -> Response:
    """Return the files of the rulebook that this release ships."""
    return _parcel(shipped.open_to_change(), f"rulebook-{shipped.rulebook().version}")


@rulebook.get("/propose")
@requires(Permission.SYSTEM_MANAGE)
def form() -> Any:
    """Ask for the changed files, the day and the reason."""
    return _form(ProposeForm(), None, 200)


@rulebook.post("/propose")
@requires(Permission.SYSTEM_MANAGE)
def propose() -> Any:
    """Judge what was sent and ask another administrator; or say which file, which entry, and why not."""
    asked = ProposeForm()
    try:
        ready = _judged(asked) if asked.validate() else None
    except RulebookError as mistake:
        return _form(asked, mistake, 422)
    if ready is None:
        return _form(asked, None, 422)
    with transaction():
        row = service.propose(ready, asked.reason.data, act=act())
    flash(_("Proposed. Another administrator decides on it; they were told."), "success")
    return redirect(url_for("rulebook.amendment", amendment_id=row.id), code=303)


@rulebook.get("/<int:amendment_id>")
@requires(Permission.WATCH_READ)
def amendment(amendment_id: int) -> Any:
    """Show a change with what it alters, and the decision on it."""
    return _page(found(queries.by_id(amendment_id)), DecideForm(), 200)


@rulebook.get("/<int:amendment_id>/files.zip")
@requires(Permission.WATCH_READ)
def amended_files(amendment_id: int) -> Response:
    """Return the files that a change replaces."""
    this = found(queries.by_id(amendment_id))
    return _parcel(this.files, f"rulebook-{this.version}")


@rulebook.post("/<int:amendment_id>/decide")
@requires(Permission.SYSTEM_MANAGE)
@fresh
def decide(amendment_id: int) -> Any:
    """Approve a change, and it is in force from its day; or decline it."""
    form, this = DecideForm(), found(queries.by_id(amendment_id))
    if not form.validate():
        return _page(this, form, 422)
    agreed = form.answer.data == "approve"
    try:
        with transaction():
            service.decide(found(queries.by_id(amendment_id)), agreed=agreed, act=act())
    except Invalid as refused:
        form.add_error("answer", sentence(refused.code, refused.fields))
        return _page(found(queries.by_id(amendment_id)), form, 422)
    said = _("Approved. It holds from its day on, in every process.") if agreed else _("Declined. Nothing was changed.")
    flash(said, "success")
    return redirect(url_for("rulebook.overview"), code=303)


def _judged(asked: ProposeForm) -> service.Ready | None:
    """Return the change that was sent once it is sound; nothing where the form says what is wrong with it."""
    try:
        sent = parcels.opened((file.filename or "", file.stream) for file in asked.files.data if file.filename)
        return service.prepare(sent, asked.since.data, act=act())
    except Invalid as refused:
        asked.add_error(refused.pointer.strip("/") or "files", sentence(refused.code, refused.fields))
        return None


def _form(asked: ProposeForm, mistake: RulebookError | None, status: int) -> Any:
    first = amending.earliest(act().at)
    page = render_template(
        "rulebook/propose.html", form=asked, mistake=mistake, told=told, first=first, most=parcels.MOST_BYTES,
        refused=status == 422,
    )  # fmt: skip
    return page, status


def _page(this: Amendment, form: DecideForm, status: int) -> Any:
    shown = showing.amendment(this, current_actor(), act().at)
    return render_template("rulebook/amendment.html", form=form, **shown), status


def _parcel(files: dict[str, str], name: str) -> Response:
    readme = (shipped.DATA / "README.md").read_text("utf-8")
    head = {"Content-Disposition": f'attachment; filename="{name}.zip"', "Content-Security-Policy": CLOSED}
    return Response(parcels.packed(files, readme), mimetype="application/zip", headers=head)
