"""The desk's pages: the queue, a case, and a page for every step."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from msgspec import Struct
from werkzeug.wrappers import Response

from app.cases import (
    actions,
    queries,
    service_joint,  # noqa: F401 -- joining and parting are registered there
)
from app.cases.commands import ConfirmFinding
from app.cases.lookups import finds_a_person
from app.cases.models import Case
from app.cases.proposing import proposed
from app.cases.service_steps import confirm_finding
from app.core import clock
from app.core.db import transaction
from app.desk import forms, queue, reading
from app.desk.forms_reply import ReplyForm
from app.desk.workspace import PAGES, TABS, workspace
from app.web.api import found
from app.web.filters import named
from app.web.guards import act, current_actor, requires
from app.web.words import sentence
from workflows.procedure.authority import Permission
from workflows.procedure.errors import Invalid, Stale
from workflows.procedure.states import Action

desk = Blueprint("desk", __name__, url_prefix="/desk")
BLUEPRINTS = (desk,)


class StepPage(Struct, frozen=True):
    """A page on which one step is taken."""

    action: Action
    form: type[forms.StepForm]


STEP_PAGES = {
    PAGES[action]: StepPage(action, form)
    for action, form in {
        Action.REPLY: ReplyForm,
        Action.CLASSIFY: forms.ClassifyForm,
        Action.ASSIGN: forms.AssignForm,
        Action.START_EMERGENCY: forms.EmergencyForm,
        Action.END_EMERGENCY: forms.EndEmergencyForm,
        Action.REQUEST_ANSWER: forms.RequestAnswerForm,
        Action.PROPOSE: forms.OfferForm,
        Action.OPEN_BIDDING: forms.BiddingForm,
        Action.REFER: forms.ReferForm,
        Action.JOIN: forms.JoinForm,
        Action.PART: forms.PartForm,
        Action.CLOSE: forms.CloseForm,
    }.items()
}


@desk.get("/")
@requires(Permission.QUEUE_READ)
def index() -> Response:
    """Send the address with a slash to the queue."""
    return redirect(url_for("desk.list_cases"), code=308)


@desk.get("")
@requires(Permission.QUEUE_READ)
def list_cases() -> Any:
    """Show a view of the queue, in groups by urgency; to look a person up is for the search, which asks why."""
    shown = _queue(request.args.get("v"))
    if shown["finds_a_person"]:
        return redirect(url_for("desk_lists.search", q=shown["filters"].text), code=303)
    return render_template("desk/queue.html", **shown)


def _queue(view: str | None) -> dict[str, Any]:
    actor, now = current_actor(), clock.now()
    views = queue.standard_views(actor, now)
    own = {f"own-{saved.id}": saved for saved in queue.saved_views(actor)}
    key = view if view in views or view in own else ("mine" if actor.may(Permission.CASE_REPLY) else "all")
    args = {**own[key].filters, **request.args} if key in own else request.args
    label, wanted = views.get(key) or (own[key].name, views["all"][1])
    wanted = queue.refined(wanted, args)
    page = queue.page(actor, wanted, cursor=request.args.get("cursor"), newest=key == "closed")
    counts = queries.counts(actor, {name: each[1] for name, each in views.items() if name != "closed"})
    return {
        "view": key, "label": label, "views": views, "own": own, "counts": counts, "filters": wanted,
        "choices": queue.choices(), "groups": queue.groups(page.items, now, key), "next_cursor": page.next,
        "next_due": queue.next_due(page.items, now), "search_url": url_for("desk_lists.search"),
        "finds_a_person": finds_a_person(wanted.text or "", page.items),
    }  # fmt: skip


@desk.get("/cases/<number>")
@requires(Permission.QUEUE_READ)
def case(number: str) -> str:
    """Show a case: whole page, or the part that the split view swaps in."""
    this = _case(number)
    tab = request.args.get("tab", "overview")
    shown = workspace(this, current_actor(), tab if tab in TABS else "overview", clock.now())
    part = request.args.get("part") == "work" or request.headers.get("HX-Target") == "work"
    return render_template(
        "desk/work.html" if part else "desk/case.html", **shown, search_url=url_for("desk_lists.search")
    )


def _case(number: str) -> Case:
    this: Case = found(queries.by_number(number, current_actor()))
    g.zone = this.time_zone
    return this


@desk.route("/cases/<number>/<page>", methods=["GET", "POST"])
@requires(Permission.QUEUE_READ)
def step(number: str, page: str) -> Any:
    """Show and take one step of the case."""
    spec: StepPage = found(STEP_PAGES.get(page))
    this = _case(number)
    actions.check(this, spec.action, current_actor())
    form = spec.form(data={"seen": str(this.version)})
    form.prepare(this, request.args)
    looks_on = form.looks_on()
    if request.method == "POST" and not looks_on and form.validate():
        return _take(this, spec, form)
    return _step_page(this, spec, form, 422 if form.is_submitted() and not looks_on else 200)


def _take(this: Case, spec: StepPage, form: forms.StepForm) -> Any:
    try:
        with transaction():
            case = _case(this.number)
            actions.carry_out(case, spec.action, form.to_command(), act=act())
            form.bring(case, act())
    except Stale as stale:
        return _compare(this.number, spec, form, stale)
    except Invalid as refused:
        form.add_error(refused.pointer.strip("/").split("/")[0], sentence(refused.code, refused.fields))
        return _step_page(_case(this.number), spec, form, 422)
    flash(_("Done: %(what)s.", what=named(spec.action, "action")), "success")
    return redirect(url_for("desk.case", number=this.number), code=303)


def _compare(number: str, spec: StepPage, form: forms.StepForm, stale: Stale) -> Any:
    """Show what was written beside what happened meanwhile; sending again is then on purpose."""
    this = _case(number)
    news = workspace(this, current_actor(), "log", clock.now())["entries"][-(stale.current - stale.seen) :]
    form.seen.data = str(this.version)
    return _step_page(this, spec, form, 409, news=news)


def _step_page(this: Case, spec: StepPage, form: forms.StepForm, status: int, **more: Any) -> Any:
    page = PAGES[spec.action]
    steps = actions.steps_from(this.state, spec.action)
    told: dict[str, Any] = {"clause": steps[0].clause if steps else ""}
    told["suggested"] = proposed(this, queries.findings(this)) if spec.action is Action.PROPOSE else None
    if spec.action is Action.CLASSIFY:
        told["reading"] = reading.face(this)
    shown = {"case": this, "form": form, "action": spec.action, "subtitle": queue.subtitle(this), **told, **more}
    return render_template(f"desk/steps/{page}.html", **shown, search_url=url_for("desk_lists.search")), status


@desk.post("/cases/<number>/findings/<clause>")
@requires(Permission.FINDING_CONFIRM)
def confirm(number: str, clause: str) -> Response:
    """Stand behind a finding of the rule engine."""
    with transaction():
        confirm_finding(_case(number), ConfirmFinding(clause=clause), act=act())
    flash(_("Finding confirmed."), "success")
    return redirect(url_for("desk.case", number=number, tab="rules"), code=303)
