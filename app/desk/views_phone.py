"""The telephone desk's pages."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts.models_watch import ReasonFor
from app.accounts.service_watch import state_reason
from app.cases import access, queries
from app.cases.lookups import is_about_a_person
from app.cases.models import Case
from app.cases.service_letters import complainant, tell_consumer
from app.cases.service_steps import say
from app.core import clock
from app.core.db import transaction
from app.core.ids import new_token
from app.core.messages import Channel
from app.desk import queue
from app.desk.phone import CallForm, callers_cases, read_back
from app.intake.queries import is_used
from app.intake.service import prepare, receive
from app.web.afterwards import afterwards
from app.web.api import found
from app.web.guards import act, current_actor, requires
from app.web.i18n import language
from workflows.procedure.authority import Audience, Permission

phone_desk = Blueprint("phone_desk", __name__, url_prefix="/desk/phone")
BLUEPRINTS = (phone_desk,)
CALL = "call"


@phone_desk.route("", methods=["GET", "POST"])
@requires(Permission.COMPLAINT_TYPE)
def call() -> Any:
    """Type while the caller talks; one press makes the case and sends the link."""
    typed = request.args.get("phone", "").strip()[:40]
    form = CallForm(data={"phone": typed, "spoken": language()})
    cases = callers_cases(current_actor(), typed)
    if request.method == "POST" and form.validate() and not (cases := _to_look_at(form)):
        return _made(form)
    form.show(cases)
    session.setdefault(CALL, new_token())
    if is_about_a_person(typed):
        look_up = partial(state_reason, ReasonFor.LOOKUP, "caller", "phone", act=act(), about=typed)
        afterwards(look_up)
    rows = [queue.row(case, clock.now(), "search") for case in cases]
    shown = {"form": form, "typed": typed, "rows": rows, "search_url": url_for("desk_lists.search")}
    return render_template("desk/phone.html", **shown), 422 if form.is_submitted() else 200


def _to_look_at(form: CallForm) -> list[Case]:
    """Return the caller's open cases that the operator has not seen; none for a call that made its case already."""
    return [] if is_used(_key()) else form.unseen(current_actor())


def _key() -> str:
    """Return what makes this call one: pressed twice, it is the same."""
    return f"call-{session.get(CALL) or new_token()}"


def _made(form: CallForm) -> Response:
    """Make the case once for each call, however often the button is pressed."""
    prepared = prepare(form.to_submission(), act=act())
    with transaction():
        made = receive(prepared, act=act(), channel="phone", key=_key())
        number = made.case.number
        if form.note.data and not made.again:
            say(made.case, form.note.data, Audience.INTERNAL, act=act())
    session.pop(CALL, None)
    return redirect(url_for("phone_desk.done", number=number), code=303)


@phone_desk.get("/done/<number>")
@requires(Permission.COMPLAINT_TYPE)
def done(number: str) -> str:
    """Show what to read back to the caller, and that the link was sent."""
    case = found(queries.by_number(number, current_actor()))
    text, link, caller = read_back(case), access.private_link(case), complainant(case)
    ways = [(Channel.SMS, caller.phone), (Channel.EMAIL, caller.email)]
    return render_template("desk/phone_done.html", case=case, text=text, link=link, ways=[w for w in ways if w[1]])


@phone_desk.post("/done/<number>/send")
@requires(Permission.COMPLAINT_TYPE)
def send_link(number: str) -> Response:
    """Send the private link once more, by text message or by e-mail, to the contact in the case and nowhere else."""
    way = Channel.SMS if request.form.get("by") == Channel.SMS else Channel.EMAIL
    with transaction():
        case = found(queries.by_number(number, current_actor()))
        sent = tell_consumer(case, "link_again", act=act(), by=way, urgent=True, link=access.private_link(case))
    flash(_("The link is on its way.") if sent else _("There is no such contact in the case."),
          "success" if sent else "error")  # fmt: skip
    return redirect(url_for("phone_desk.done", number=number), code=303)
