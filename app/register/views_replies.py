"""Public replies: where companies write them, and where staff withhold them. Source: clauses 2.2.4.4, 1.2.3."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.core.db import session, transaction
from app.notices.models import RegisterEntry
from app.organisations import queries as organisations
from app.organisations.models import Organisation
from app.register import replies
from app.register.forms import SayForm, WithholdForm
from app.register.models import PublicReply
from app.web.api import found
from app.web.guards import act, current_actor, requires
from app.web.words import sentence
from workflows.procedure.authority import Permission
from workflows.procedure.errors import Invalid

own = Blueprint("replies", __name__, url_prefix="/r/replies")
desk = Blueprint("desk_replies", __name__, url_prefix="/desk/replies")
BLUEPRINTS = (own, desk)


def _company() -> Organisation:
    return organisations.by_id(current_actor().organisation_id or 0) or abort(404)


@own.get("")
@requires(Permission.PENALTY_ANSWER)
def index() -> str:
    """Show what was published of the company's cases, and what it said to each."""
    company = _company()
    said: dict[int | None, PublicReply] = {}
    for reply in replies.written_by(company.id):
        said.setdefault(reply.entry_id, reply)
    entries = replies.outcomes_of(company.id)
    return render_template("register/own_replies.html", company=company, entries=entries, said=said)


@own.route("/standing", methods=["GET", "POST"])
@requires(Permission.PENALTY_ANSWER)
def standing() -> Any:
    """Write what the public reads on the company's credit page."""
    return _write(None)


@own.route("/<register_number>", methods=["GET", "POST"])
@requires(Permission.PENALTY_ANSWER)
def outcome(register_number: str) -> Any:
    """Write what the public reads below a published outcome."""
    return _write(register_number)


def _entry(number: str | None) -> RegisterEntry | None:
    if number is None:
        return None
    theirs = replies.outcomes_of(_company().id)
    return next((entry for entry in theirs if entry.number == number), None) or abort(404)


def _write(number: str | None) -> Any:
    company, entry, form = _company(), _entry(number), SayForm()
    if form.validate_on_submit():
        try:
            with transaction():
                replies.say(_company(), _entry(number), form.to_command(), act=act())
            flash(_("Your reply is public."), "success")
            return redirect(url_for("replies.index"), code=303)
        except Invalid as refused:
            form.add_error("text", sentence(refused.code, refused.fields))
    shown = {"company": company, "entry": entry, "form": form}
    return render_template("register/reply.html", **shown), 422 if form.errors else 200


# --- staff ---------------------------------------------------------------------------------------------------------


@desk.get("")
@requires(Permission.DECISION_PUBLISH)
def every() -> str:
    """Show what companies say in public, newest first."""
    page = replies.page(cursor=request.args.get("cursor"))
    return render_template("register/desk_replies.html", replies=page.items, next=page.next)


def _reply(reply_id: int) -> PublicReply:
    reply: PublicReply = found(session().get(PublicReply, reply_id) if reply_id < 2**31 else None)
    return reply


@desk.route("/<int:reply_id>/withhold", methods=["GET", "POST"])
@requires(Permission.DECISION_PUBLISH)
def withhold(reply_id: int) -> Any:
    """Ask for the reason, and take a reply out of the public's sight."""
    reply, form = _reply(reply_id), WithholdForm()
    if form.validate_on_submit():
        try:
            with transaction():
                replies.withhold(_reply(reply_id), form.to_command(), act=act())
            return redirect(url_for("desk_replies.every"), code=303)
        except Invalid as refused:
            form.add_error("reason", sentence(refused.code, refused.fields))
    return render_template("register/withhold.html", reply=reply, form=form), 422 if form.errors else 200
