"""The outcome of a case as staff and its parties see it: publishing, the notices, their files, taking one down."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

from flask import Blueprint, Response, abort, flash, g, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response as Answer

from app.cases import actions
from app.cases.models import Case
from app.cases.queries import by_number, events
from app.core import clock
from app.core.db import transaction
from app.core.languages import NAMES, segment
from app.notices import (
    letters,  # noqa: F401 -- which papers go with letters is registered there
    queries,
    service,
)
from app.notices.facts import NoticeKind
from app.notices.files import handed_out, paper_links
from app.notices.forms import PublishForm, TakeDownForm
from app.notices.models import Edition, RegisterEntry, Standing
from app.notices.preview import previews
from app.notices.views_frame import hand_over, receipt
from app.web.api import found
from app.web.guards import act, current_actor, fresh, requires
from app.web.i18n import language
from app.web.limits import often
from app.web.words import sentence
from workflows.procedure.authority import Permission
from workflows.procedure.errors import Invalid, Stale
from workflows.procedure.states import Action

outcomes = Blueprint("outcomes", __name__, url_prefix="/outcomes")
BLUEPRINTS = (outcomes,)


def _case(number: str) -> Case:
    case: Case = found(by_number(number, current_actor()))
    g.zone = case.time_zone
    return case


@outcomes.get("")
@requires(Permission.CASE_READ_ALL)
def unprinted() -> str:
    """Show staff which notices the press could not print, or has left waiting."""
    late = clock.now() - timedelta(minutes=10)
    return render_template("notices/unprinted.html", notices=queries.unprinted(late), language_names=NAMES)


@outcomes.post("/notices/<int:notice_id>/again")
@requires(Permission.DECISION_PUBLISH)
def print_again(notice_id: int) -> Answer:
    """Give a notice to the press once more."""
    with transaction():
        service.print_again(found(queries.notice_for(notice_id, current_actor())), act=act())
    flash(_("The notice is being printed once more."), "success")
    return redirect(url_for("outcomes.unprinted"), code=303)


@outcomes.get("/<number>")
@requires(Permission.CASE_READ)
def outcome(number: str) -> Any:
    """Show what is to be published and what is."""
    return _page(_case(number))


def _page(case: Case, form: PublishForm | None = None, status: int = 200) -> Any:
    actor = current_actor()
    publishable = any(handler.action is Action.PUBLISH for handler in actions.open_to(case, actor))
    waiting = previews(case, language()) if publishable else []
    finds = {find.text: find for each in waiting for find in each.leaks}
    form = form or PublishForm(formdata=None, data={"seen": str(case.version)})
    form.complete({text: find.instead for text, find in finds.items()})
    page = render_template(
        "notices/outcome.html", case=case, entries=queries.entries_of(case), waiting=waiting,
        form=form, language_names=NAMES,
        may_take_down=actor.may(Permission.DECISION_PUBLISH), finds=finds,
        papers=paper_links(case, actor, events(case, actor), partial(url_for, "outcomes.paper", number=case.number)),
    )  # fmt: skip
    return page, status


@outcomes.post("/<number>/publish")
@requires(Permission.DECISION_PUBLISH)
@fresh
def publish(number: str) -> Any:
    """Publish the outcome; what would tell who the parties are is shown instead, marked."""
    form = PublishForm()
    if not form.validate():
        return _page(_case(number), form, 422)
    try:
        with transaction():
            actions.carry_out(_case(number), Action.PUBLISH, form.to_command(), act=act())
    except (Invalid, Stale, StaleDataError) as refused:
        code, fields = getattr(refused, "code", "stale"), getattr(refused, "fields", {})
        form.form_errors = [sentence(str(code), fields)]
        case = _case(number)
        form.seen.data = str(case.version)
        return _page(case, form, 422 if isinstance(refused, Invalid) else 409)
    flash(_("Published. The notices are being printed."), "success")
    return redirect(url_for("outcomes.outcome", number=number), code=303)


def _entry(case: Case, register_number: str) -> RegisterEntry:
    entry: RegisterEntry = found(queries.by_number(register_number))
    if entry.case_id != case.id:
        abort(404)
    return entry


@outcomes.route("/<number>/<register_number>/take-down", methods=["GET", "POST"])
@requires(Permission.DECISION_PUBLISH)
def take_down(number: str, register_number: str) -> Any:
    """Ask for the reason, and take a published outcome out of the register."""
    case, form = _case(number), TakeDownForm()
    entry = _entry(case, register_number)
    if form.validate_on_submit() and entry.status is not Standing.WITHDRAWN:
        try:
            with transaction():
                case = _case(number)
                service.take_down(_entry(case, register_number), case, form.to_command(), act=act())
            return redirect(url_for("outcomes.outcome", number=number), code=303)
        except Invalid as refused:
            form.add_error("reason", sentence(refused.code, refused.fields))
    status = 422 if form.errors else 200
    return render_template("notices/take_down.html", case=case, entry=entry, form=form), status


@outcomes.get("/<number>/<register_number>/<tag>.pdf")
@requires(Permission.CASE_READ)
def party_pdf(number: str, register_number: str, tag: str) -> Answer:
    """Hand the edition that names both sides to a party or to staff."""
    entry = _entry(_case(number), register_number)
    notice = found(queries.edition_of(entry, Edition.PARTY, tag))
    return handed_out(notice, f"{entry.number}-{segment(tag)}.pdf")


@outcomes.get("/<number>/papers/<name>.pdf")
@requires(Permission.CASE_READ)
@often("printing")
def paper(number: str, name: str) -> Response:
    """Hand out a paper of the case as its reader may have it, in their language."""
    return hand_over(lambda: _case(number), name, current_actor(), language())


@outcomes.get("/<number>/deadlines.pdf")
@requires(Permission.CASE_READ)
@often("printing")
def deadline_receipt(number: str) -> Response:
    """Hand out the account of the case's clocks, in the reader's language."""
    return receipt(lambda: _case(number), NoticeKind.DEADLINE_RECEIPT, current_actor(), language())
