"""Reading a kept message whole, for who has to hand it on: with a reason, and noted."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template

from app.accounts.models_watch import EventKind, ReasonFor
from app.accounts.service_watch import note, state_reason
from app.core.db import session, transaction
from app.core.messages import OutboundMessage
from app.desk.kept import ReasonForm, may_reveal
from app.web.api import found
from app.web.guards import act, current_actor, fresh, requires
from workflows.procedure.authority import Permission

kept_messages = Blueprint("kept_messages", __name__, url_prefix="/desk/outbox")
BLUEPRINTS = (kept_messages,)


@kept_messages.route("/<int:message_id>", methods=["GET", "POST"])
@requires(Permission.OUTBOX_READ)
@fresh
def reveal(message_id: int) -> Any:
    """Ask why, then show the message whole."""
    message = session().get(OutboundMessage, message_id)
    message = found(message if message and may_reveal(message, current_actor()) else None)
    form = ReasonForm()
    if not form.validate_on_submit():
        page = render_template("desk/reveal.html", form=form, message=message, whole=False)
        return page, 422 if form.is_submitted() else 200
    with transaction():
        state_reason(ReasonFor.REVEAL, form.words(), f"message {message_id}", act=act(), about=message.address)
        note(EventKind.REVEALED, about=None, act=act(), message=message_id)
    return render_template("desk/reveal.html", form=form, message=message, whole=True)
