"""The evidence of a case for staff, the committee and the respondent; complainants have theirs by their own link."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, flash, g, redirect, render_template, url_for
from flask_babel import gettext as _

from app.cases import actions
from app.cases import queries as cases
from app.cases.exhibits import opened
from app.cases.models import Case
from app.core import clock
from app.core.commands import Command
from app.core.db import transaction
from app.evidence import forms, queries
from app.evidence.handing import harm_of, say_why, send
from app.evidence.models import Evidence
from app.evidence.service import add, keep_from_intake, rule
from app.evidence.service_inspections import record
from app.evidence.service_requests import ask, decline, settle
from app.evidence.showing import docket, faces, show, show_preview, viewed
from app.evidence.taking import add_from, tell_added
from app.web.api import found
from app.web.filters import named
from app.web.forms import Form
from app.web.guards import act, current_actor, requires
from app.web.words import sentence
from workflows.procedure.authority import COMMITTEE_ROLES, Permission
from workflows.procedure.errors import Invalid
from workflows.procedure.states import Action, steps_from

evidence = Blueprint("evidence", __name__, url_prefix="/evidence")
BLUEPRINTS = (evidence,)
ACTS = (add, keep_from_intake, rule, record, ask, decline, settle)  # importing them registers them
READERS = (Permission.CASE_READ, Permission.DOSSIER_READ)
STAFF = (Permission.CASE_READ_ALL, Permission.DOSSIER_READ)


def _exhibit(evidence_id: int) -> Evidence:
    return queries.by_id(evidence_id, current_actor()) or abort(404)


def _opened(evidence_id: int) -> Evidence:
    """Return the exhibit; that one of the committee opens it is written down first."""
    exhibit, actor = _exhibit(evidence_id), current_actor()
    if actor.roles & COMMITTEE_ROLES and queries.copy_for(exhibit, actor):
        with transaction():
            opened(exhibit.case_id, exhibit.id, act())
    return _exhibit(evidence_id)


@evidence.get("/<int:evidence_id>")
@requires(*READERS)
def download(evidence_id: int) -> Response:
    """Hand out the exhibit for saving."""
    return send(_opened(evidence_id), current_actor())


@evidence.route("/<int:evidence_id>/harmful", methods=["GET", "POST"])
@requires(*STAFF)
def harmful(evidence_id: int) -> Any:
    """Ask why before a file is handed out that does harm; the reason is kept."""
    exhibit, form = _opened(evidence_id), forms.HarmForm()
    harm = harm_of(exhibit)
    if harm is None:
        return redirect(url_for("evidence.download", evidence_id=evidence_id), code=303)
    if form.validate_on_submit():
        with transaction():
            say_why(exhibit, form.reason.data or "", act=act())
        return send(_exhibit(evidence_id), current_actor(), sure=True)
    case = cases.case_to_work(exhibit.case_id)
    back, name = url_for("evidence.view", evidence_id=evidence_id), f"{exhibit.number}. {exhibit.filename}"
    shown = {"case": case, "back": back, "back_words": _("The exhibit"), "name": name}
    page = render_template("evidence/harmful.html", harm=harm, form=form, **shown)
    return page, 422 if form.errors else 200


@evidence.get("/<int:evidence_id>/picture")
@requires(*READERS)
def picture(evidence_id: int) -> Response:
    """Show the copy of a picture that everybody in the case may see."""
    return show(_exhibit(evidence_id), current_actor())


@evidence.get("/<int:evidence_id>/preview")
@requires(*READERS)
def thumb(evidence_id: int) -> Response:
    """Show the small picture of an exhibit."""
    return show_preview(_exhibit(evidence_id), current_actor(), 0)


@evidence.get("/<int:evidence_id>/preview/<int:n>")
@requires(*READERS)
def preview(evidence_id: int, n: int) -> Response:
    """Show a picture that was made of an exhibit."""
    return show_preview(_exhibit(evidence_id), current_actor(), n)


@evidence.get("/<int:evidence_id>/view")
@requires(*READERS)
def view(evidence_id: int) -> str:
    """Show an exhibit on a page of its own."""
    return _view_page(_opened(evidence_id), forms.RuleForm())


def _view_page(exhibit: Evidence, form: forms.RuleForm) -> str:
    actor = current_actor()
    case = cases.case_to_work(exhibit.case_id)
    g.zone = case.time_zone
    shown = viewed(exhibit, queries.of_case(case), actor)
    rules = actor.may(Permission.EVIDENCE_RULE) and bool(steps_from(case.state, Action.RULE_EVIDENCE))
    return render_template("evidence/view.html", case=case, form=form, rules=rules, back=_back(case), **shown)


@evidence.post("/<int:evidence_id>/rule")
@requires(Permission.EVIDENCE_RULE)
def rule_on(evidence_id: int) -> Any:
    """Admit the exhibit, or leave it out with a reason."""
    exhibit, form = _exhibit(evidence_id), forms.RuleForm()
    case = cases.case_to_work(exhibit.case_id)
    if not form.validate() or not _taken(case, Action.RULE_EVIDENCE, form, lambda: form.to_command(exhibit.number)):
        return _view_page(_exhibit(evidence_id), form), 422
    return redirect(url_for("evidence.view", evidence_id=evidence_id), code=303)


# --- the evidence of a case -------------------------------------------------------------------------------------------


def _case(number: str) -> Case:
    case: Case = found(cases.by_number(number, current_actor()))
    g.zone = case.time_zone
    return case


def _back(case: Case) -> str:
    """Return where this reader works the case."""
    actor = current_actor()
    if actor.is_respondent:
        return url_for("respondent.case", number=case.number)
    page = "desk.case" if actor.may(Permission.QUEUE_READ) else "committee.dossier"
    return url_for(page, number=case.number)


def _taken(case: Case, action: Action, form: Form, command: Any) -> bool:
    """Carry the action out with what the form says; put a refusal beside its field and return False."""
    try:
        made: Command = command()
        with transaction():
            actions.carry_out(cases.case_to_work(case.id), action, made, act=act())
    except Invalid as refused:
        form.add_error(refused.pointer.strip("/").split("/")[0], sentence(refused.code, refused.fields))
        return False
    flash(_("Done: %(what)s.", what=named(action, "action")), "success")
    return True


@evidence.get("/cases/<number>")
@requires(*READERS)
def of_case(number: str) -> str:
    """Show all evidence of a case."""
    case = _case(number)
    return _case_page(case, forms.EvidenceForm(case.anomaly, current_actor().side))


@evidence.post("/cases/<number>")
@requires(Permission.EVIDENCE_ADD)
def add_to_case(number: str) -> Any:
    """Take files from the desk or the company."""
    case = _case(number)
    form = forms.EvidenceForm(case.anomaly, current_actor().side)
    if form.validate() and _added(case, form):
        return redirect(url_for("evidence.of_case", number=number), code=303)
    return _case_page(_case(number), form), 422


def _case_page(case: Case, form: Form, declining: forms.DeclineForm | None = None) -> str:
    actor = current_actor()
    open_to = {handler.action for handler in actions.open_to(case, actor)}
    adds = actor.may(Permission.EVIDENCE_ADD) and case.person.erased_at is None
    return render_template(
        "evidence/case.html", case=case, form=form, declining=declining or forms.DeclineForm(formdata=None), adds=adds,
        asks=Action.ASK_EVIDENCE in open_to, inspects=Action.RECORD_INSPECTION in open_to, back=_back(case),
        settles=Action.SETTLE_EVIDENCE in open_to, **docket(case, actor, clock.now()),
    )  # fmt: skip


def _added(case: Case, form: forms.EvidenceForm) -> bool:
    """Add the files of the form and tell which of them were there before; a refusal is told beside the files."""
    try:
        with transaction():
            done = add_from(cases.case_to_work(case.id), form)
    except Invalid as refused:
        form.add_error(refused.pointer.strip("/"), sentence(refused.code, refused.fields))
        return False
    tell_added(*done)
    return True


@evidence.post("/cases/<number>/items/<int:n>/decline")
@requires(Permission.EVIDENCE_ADD)
def decline_item(number: str, n: int) -> Any:
    """Say that something that was asked for cannot be given."""
    case, form = _case(number), forms.DeclineForm()
    if not form.validate() or not _taken(case, Action.DECLINE_EVIDENCE, form, lambda: form.to_command(n)):
        adding = forms.EvidenceForm(case.anomaly, "respondent", formdata=None)
        return _case_page(_case(number), adding, form), 422
    return redirect(url_for("evidence.of_case", number=number), code=303)


@evidence.route("/cases/<number>/items/<int:n>", methods=["GET", "POST"])
@requires(Permission.EVIDENCE_ASK)
def settle_item(number: str, n: int) -> Any:
    """Say from the desk what became of an item."""
    case, form = _case(number), forms.SettleForm()
    item = found(queries.item_of(case, n))
    actions.check(case, Action.SETTLE_EVIDENCE, current_actor())
    if form.validate_on_submit() and _taken(case, Action.SETTLE_EVIDENCE, form, lambda: form.to_command(n)):
        return redirect(url_for("evidence.of_case", number=number), code=303)
    page = render_template("evidence/settle.html", case=_case(number), form=form, item=item)
    return page, 422 if form.errors else 200


@evidence.route("/cases/<number>/ask", methods=["GET", "POST"])
@requires(Permission.EVIDENCE_ASK)
def ask_for(number: str) -> Any:
    """Ask one side for evidence by a day."""
    case = _case(number)
    actions.check(case, Action.ASK_EVIDENCE, current_actor())
    form = forms.AskForm(case)
    if form.validate_on_submit() and _taken(case, Action.ASK_EVIDENCE, form, form.to_command):
        return redirect(url_for("evidence.of_case", number=number), code=303)
    return render_template("evidence/ask.html", case=_case(number), form=form), 422 if form.errors else 200


@evidence.route("/cases/<number>/inspection", methods=["GET", "POST"])
@requires(Permission.FINDING_CONFIRM)
def inspect(number: str) -> Any:
    """Write down what an inspection of the goods found."""
    case = _case(number)
    actions.check(case, Action.RECORD_INSPECTION, current_actor())
    form = forms.InspectionForm(case, faces(case, current_actor()))
    if form.validate_on_submit() and _taken(case, Action.RECORD_INSPECTION, form, form.to_command):
        return redirect(url_for("evidence.of_case", number=number), code=303)
    return render_template("evidence/inspection.html", case=_case(number), form=form), 422 if form.errors else 200


@evidence.get("/cases/<number>/receipt")
@requires(*READERS)
def receipt(number: str) -> str:
    """Show the list of all files with their fingerprints, to be printed."""
    case = _case(number)
    shown = {"files": faces(case, current_actor()), "now": clock.now()}
    return render_template("evidence/receipt.html", case=case, back=url_for("evidence.of_case", number=number), **shown)
