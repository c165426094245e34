"""Beside the queue: search, many cases at once, saved views, and the messages that left the desk."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.accounts import queries as people
from app.accounts.models_watch import ReasonFor
from app.accounts.service_watch import state_reason
from app.cases import actions, queries, queries_joint
from app.cases.commands import Assign, Join
from app.cases.lookups import finds_a_person
from app.cases.models import Case
from app.core import clock, paging, site
from app.core.commands import Command
from app.core.db import session, transaction
from app.core.messages import OutboundMessage
from app.core.text import TextRefused, one_line
from app.desk import kept, queue
from app.desk.forms import TogetherForm
from app.desk.kept import ReasonForm
from app.desk.models import SavedView
from app.web.guards import act, current_actor, requires
from app.web.words import sentence
from workflows.procedure.authority import Permission, Role
from workflows.procedure.errors import Invalid, ProcedureError
from workflows.procedure.states import Action

desk_lists = Blueprint("desk_lists", __name__, url_prefix="/desk")
BLUEPRINTS = (desk_lists,)
MOST = 50
FILTERS = ("state", "anomaly", "language", "q")


@desk_lists.route("/search", methods=["GET", "POST"])
@requires(Permission.QUEUE_READ)
def search() -> Any:
    """Find cases by number, telephone, order, company or words; to look a person up takes a reason."""
    typed, form = request.values.get("q", "").strip()[:100], ReasonForm()
    page = _found_with(typed)
    if finds_a_person(typed, page.items):
        if not form.validate_on_submit():
            asked = render_template("desk/why.html", search_query=typed, form=form)
            return asked, 422 if form.is_submitted() else 200
        with transaction():
            state_reason(ReasonFor.LOOKUP, form.words(), "search", act=act(), about=typed)
        page = _found_with(typed)  # what was read before is stale
    rows = [queue.row(case, clock.now(), "search") for case in page.items]
    return render_template("desk/search.html", search_query=typed, rows=rows, next_cursor=page.next)


def _found_with(typed: str) -> paging.Page[Case]:
    if not typed:
        return paging.Page([], None)
    wanted = queries.Filter(text=typed)
    return queries.page(current_actor(), wanted, order="-received", cursor=request.args.get("cursor"))


@desk_lists.get("/rises")
@requires(Permission.QUEUE_READ)
def rises() -> str:
    """Show where complaints of one kind about one company have become many."""
    return render_template(
        "desk/rises.html", rises=queries_joint.rises(clock.now()), search_url=url_for("desk_lists.search")
    )


@desk_lists.post("/views")
@requires(Permission.CASE_REPLY)
def save_view() -> Response:
    """Keep the present filters under a name; the same name again replaces it."""
    try:
        name = one_line(request.form.get("name", ""), limit=40)
        filters = {key: one_line(request.form.get(key, ""), limit=100) for key in FILTERS}
    except TextRefused:
        name = ""
    if not name:
        raise Invalid("view_name", pointer="/name")
    with transaction():
        saved = _keep(name, {key: value for key, value in filters.items() if value})
    return redirect(url_for("desk.list_cases", v=f"own-{saved.id}"), code=303)


def _keep(name: str, filters: dict[str, str]) -> SavedView:
    actor = current_actor()
    mine = select(SavedView).where(SavedView.user_id == actor.user_id, SavedView.name == name)
    saved = session().scalars(mine).one_or_none()
    if saved is None:
        saved = SavedView(user_id=actor.user_id, name=name, filters=filters, created_at=clock.now())
        session().add(saved)
    saved.filters = filters
    session().flush()
    return saved


@desk_lists.post("/views/<int:view_id>/remove")
@requires(Permission.CASE_REPLY)
def remove_view(view_id: int) -> Response:
    """Forget a saved view."""
    with transaction():
        saved = session().get(SavedView, view_id)
        if saved and saved.user_id == current_actor().user_id:
            session().delete(saved)
    return redirect(url_for("desk.list_cases"), code=303)


@desk_lists.post("/bulk")
@requires(Permission.CASE_ASSIGN)
def bulk() -> Any:
    """Assign many cases: first what will happen, then, on the same page, doing it."""
    numbers, able = _chosen(), people.with_role(Role.MEDIATOR, Role.LEAD)
    if not numbers:
        flash(_("Select cases first."), "error")
        return redirect(url_for("desk.list_cases"), code=303)
    chosen = next((person for person in able if str(person.id) == request.form.get("person")), None)
    if chosen is None:
        return _bulk_page(numbers, able=able)
    results = [(number, _step(number, Action.ASSIGN, Assign(user_id=chosen.id))) for number in numbers]
    return _bulk_page(numbers, results=results, done=_("With %(who)s", who=chosen.name))


@desk_lists.post("/bulk/join")
@requires(Permission.CASE_JOIN)
def bulk_join() -> Any:
    """Have many cases worked on together: each is joined with the first."""
    numbers, form = _chosen(), TogetherForm()
    if len(numbers) < 2 or not form.validate():
        return _bulk_page(numbers, joining=form, able=people.with_role(Role.MEDIATOR, Role.LEAD)), 422
    reason = form.reason.data or ""
    results = [
        (number, _step(numbers[0], Action.JOIN, Join(case_number=number, reason=reason))) for number in numbers[1:]
    ]
    return _bulk_page(numbers, results=results, done=_("Worked on together with %(number)s", number=numbers[0]))


def _chosen() -> list[str]:
    return list(dict.fromkeys(request.form.getlist("case")))[:MOST]


def _bulk_page(numbers: list[str], *, joining: TogetherForm | None = None, **more: Any) -> str:
    form = joining or TogetherForm(formdata=None)
    return render_template("desk/bulk.html", numbers=numbers, joining=form, **more)


def _step(number: str, action: Action, command: Command) -> str | None:
    """Take the step in one case, in a transaction of its own; return why not, or None when it was done."""
    try:
        with transaction():
            case = queries.by_number(number, current_actor())
            if case is None:
                return _("There is no such case.")
            actions.carry_out(case, action, command, act=act())
    except ProcedureError as refused:
        return sentence(refused.code, refused.fields)
    return None


@desk_lists.get("/outbox")
@requires(Permission.OUTBOX_READ)
def outbox() -> str:
    """Show what was sent, newest first; without a mail server this is where messages are kept."""
    query = select(OutboundMessage).order_by(OutboundMessage.created_at.desc(), OutboundMessage.id.desc())
    if cursor := request.args.get("cursor"):
        query = query.where(OutboundMessage.id < paging.decode(cursor, int)[0])
    if case := request.args.get("case", "").strip()[:40]:
        query = query.where(OutboundMessage.case_number == case)
    rows = session().scalars(query.limit(paging.LIMIT + 1)).all()
    next_cursor = paging.encode(rows[paging.LIMIT - 1].id) if len(rows) > paging.LIMIT else None
    demo = site.settings().demo
    return render_template(
        "desk/outbox.html", messages=[(row, kept.shown(row, demo=demo)) for row in rows[: paging.LIMIT]],
        next_cursor=next_cursor, case=case, demo=demo,
    )  # fmt: skip
