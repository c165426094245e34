"""The committee's pages that do something: declare, vote, draft, send back, sign, publish."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.cases import actions
from app.cases import queries as cases
from app.cases.models import Case
from app.cases.proposing import proposed
from app.committee import dossier as reading
from app.committee import drafting, forms, queries
from app.committee.commands import OutcomeKey
from app.committee.models import Decision, Panel
from app.committee.views import case_and_panel, committee
from app.core import clock
from app.core.commands import Command
from app.core.db import transaction
from app.web.filters import named
from app.web.guards import act, current_actor, fresh, requires
from app.web.i18n import language
from app.web.words import sentence
from workflows.procedure.authority import Permission
from workflows.procedure.errors import Invalid, ProcedureError, Repeated, Stale
from workflows.procedure.states import Action

Show = Callable[[int], Any]


def _drawn(number: str) -> tuple[Case, Panel]:
    """Return the case and the panel on which the reader sits, whether or not they may read it yet, or answer 404."""
    case = cases.by_number(number, current_actor(), to_act=True)
    panel = queries.panel_of(case) if case else None
    if case is None or panel is None or panel.seat_of(current_actor().user_id) is None:
        abort(404)
    g.zone = case.time_zone
    return case, panel


def _take(
    number: str, action: Action, command: Callable[[], Command], form: forms.ActForm, show: Show, then: str
) -> Any:
    """Carry the action out and go on, or show the page again with what was refused and all answers kept."""
    try:
        with transaction():
            case = cases.by_number(number, current_actor(), to_act=True) or abort(404)
            actions.carry_out(case, action, command(), act=act())
    except Stale as stale:
        form.meet(stale)
        return show(409)
    except Invalid as refused:
        form.refuse(refused.pointer, sentence(refused.code, refused.fields))
        return show(422)
    except Repeated as known:
        flash(sentence(known.code), "info")
        return redirect(then, code=303)
    flash(_("Done: %(what)s.", what=named(action, "action")), "success")
    return redirect(then, code=303)


def _page(template: str, form: forms.ActForm, shown: dict[str, Any]) -> Show:
    return lambda status: (render_template(f"committee/{template}.html", form=form, **shown), status)


@committee.route("/<number>/recuse", methods=["GET", "POST"])
@requires(Permission.INTEREST_DECLARE)
def recuse(number: str) -> Any:
    """Ask whether there is an interest; the dossier opens after that."""
    case, panel = _drawn(number)
    form = forms.InterestForm()
    shown = reading.heading(case, panel, clock.now()) | {"seat": panel.seat_of(current_actor().user_id)}
    show = _page("recuse", form, shown)
    if request.method == "GET" or not form.validate():
        return show(422 if form.is_submitted() else 200)
    stays = form.interest.data == "none"
    then = url_for("committee.dossier", number=number) if stays else url_for("committee.index")
    return _take(number, Action.DECLARE_INTEREST, form.to_command, form, show, then)


@committee.route("/<number>/vote", methods=["GET", "POST"])
@requires(Permission.VOTE_CAST)
@fresh
def vote(number: str) -> Any:
    """Vote on every issue, or change the votes while the others' are awaited."""
    case, panel = _drawn(number)
    seat = panel.seat_of(current_actor().user_id)
    if not panel.sealed or seat is None or not seat.declared_free:
        return redirect(url_for("committee.dossier" if panel.sealed else "committee.result", number=number), code=303)
    form = forms.VoteForm()
    shown = _ballot(case, panel, form)
    show = _page("vote", form, shown)
    if request.method == "GET" or not form.validate():
        return show(422 if form.is_submitted() else 200)
    then = url_for("committee.result", number=number)
    return _take(number, Action.VOTE, form.to_command, form, show, then)


def _ballot(case: Case, panel: Panel, form: forms.VoteForm) -> dict[str, Any]:
    own = queries.own_votes(panel, current_actor())
    seat = panel.seat_of(current_actor().user_id)
    form.prepare(panel, is_chair=bool(seat and seat.is_chair), own=own)
    rows = [
        {"issue": issue, "question": reading.asked(issue), "rule": reading.rule(issue.clause), "form": row.form}
        for issue, row in zip(panel.issues, form.issues, strict=False)
    ]
    voted = queries.voters(panel)
    attending = reading.attendance(panel, voted, current_actor())
    return reading.heading(case, panel, clock.now()) | attending | {
        "rows": rows, "own": own, "seat": seat,
        "reading": reading.read_so_far(case, panel, current_actor()), "halted": reading.halted(panel),
    }  # fmt: skip


@committee.route("/<number>/notice", methods=["GET", "POST"])
@requires(Permission.DECISION_DRAFT)
def notice(number: str) -> Any:
    """Draft the decision from structured fields; the outcome is what was voted."""
    case, panel = case_and_panel(number)
    rulings = queries.rulings(panel)
    if not rulings or case.state not in queries.BEFORE:
        return redirect(url_for("committee.result", number=number), code=303)
    voted = queries.outcome_of(rulings)
    form, shown = _draft_page(case, panel, rulings)
    looks = request.method == "GET" or "preview" in request.form
    show = _page("notice", form, shown | {"outcome": voted, "sheet": _sheet(case, panel, form, voted.value)})
    if looks or not form.validate():
        return show(200 if looks else 422)
    then = url_for("committee.result", number=number)
    return _take(number, Action.DRAFT_DECISION, lambda: form.to_command(voted.value), form, show, then)


def _sheet(case: Case, panel: Panel, form: forms.DraftForm, voted: OutcomeKey) -> drafting.Sheet | None:
    """Return what the form holds now as it would stand on paper, if that is asked for and nothing is missing."""
    if "preview" not in request.form:
        return None
    try:
        return drafting.sheet_of(case, panel, form.to_command(voted), clock.now())
    except (ValueError, AttributeError, ProcedureError):  # what is missing is told once it is sent
        return None


def _draft_page(case: Case, panel: Panel, rulings: Any) -> tuple[forms.DraftForm, dict[str, Any]]:
    found = cases.findings(case)
    shown = reading.result(case, panel, current_actor(), clock.now())
    draft = shown["draft"] = shown["decision"]
    filled = forms.draft_for_form(case, draft) if draft else drafting.first_draft(case, rulings, found)
    form = forms.DraftForm(data=filled | {"seen": str(case.version)})
    offered = drafting.clauses_to_offer(case, panel, found, language())
    form.prepare(offered)
    shown["proposed"] = proposed(case, found)
    return form, shown


@committee.route("/<number>/sign", methods=["GET", "POST"])
@requires(Permission.DECISION_SIGN)
@fresh
def sign(number: str) -> Any:
    """Read the decision once more, confirm every statement, give the password, sign."""
    if not (waiting := _before_the_chair(number)):
        return redirect(url_for("committee.result", number=number), code=303)
    case, shown = waiting[0], _decision_page(*waiting)
    form = forms.SignForm(data={"seen": str(case.version)})
    form.about(waiting[2])
    show = _page("sign", form, shown | {"back": forms.ReturnForm(formdata=None, data={"seen": str(case.version)})})
    if request.method == "GET" or not form.validate():
        return show(422 if form.is_submitted() else 200)
    then = url_for("committee.result", number=number)
    return _take(number, Action.SIGN_DECISION, form.to_command, form, show, then)


@committee.post("/<number>/return")
@requires(Permission.DECISION_SIGN)
def send_back(number: str) -> Any:
    """Send the draft back to the secretary."""
    if not (waiting := _before_the_chair(number)):
        return redirect(url_for("committee.result", number=number), code=303)
    case, form = waiting[0], forms.ReturnForm()
    shown = _decision_page(*waiting) | {"back": form}
    signing = forms.SignForm(formdata=None, data={"seen": str(case.version)})
    signing.about(waiting[2])
    show = _page("sign", signing, shown)
    if not form.validate():
        return show(422)
    return _take(number, Action.RETURN_DRAFT, form.to_command, form, show, url_for("committee.index"))


def _before_the_chair(number: str) -> tuple[Case, Panel, Decision] | None:
    """Return the draft that waits for the reader, who presides, to sign it; None when there is none."""
    case, panel = case_and_panel(number)
    decision = queries.draft_of(case, panel.round)
    presides = panel.chair is not None and panel.chair.user_id == current_actor().user_id
    return (case, panel, decision) if presides and decision and decision.waits_for_signature else None


def _decision_page(case: Case, panel: Panel, decision: Decision) -> dict[str, Any]:
    rules = [reading.rule(clause) for clause in decision.clauses]
    return reading.heading(case, panel, clock.now()) | {"decision": decision, "rules": rules}
