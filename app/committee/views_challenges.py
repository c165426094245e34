"""Ruling on a challenge to a member; taking note of what is new in a dossier."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, g, redirect, request, url_for
from flask_babel import gettext as _

from app.cases import actions
from app.cases import queries as cases
from app.cases.models import Case
from app.committee import dossier as reading
from app.committee import forms, queries
from app.committee.commands import ReadDossier
from app.committee.models import Challenge, Panel
from app.committee.service_challenges import may_rule
from app.committee.views import committee
from app.committee.views_steps import _page, _take
from app.core import clock
from app.core.db import transaction
from app.web.guards import act, current_actor, requires
from app.web.words import sentence
from workflows.procedure.authority import Permission
from workflows.procedure.errors import Invalid
from workflows.procedure.states import Action


@committee.post("/<number>/read")
@requires(Permission.VOTE_CAST)
def read(number: str) -> Any:
    """Take note that a member read what is new; where more came meanwhile, they are shown that first."""
    command = ReadDossier(mark=request.form.get("mark", "")[:16])
    try:
        with transaction():
            case = cases.by_number(number, current_actor()) or abort(404)
            actions.carry_out(case, Action.READ_DOSSIER, command, act=act())
    except Invalid as refused:
        flash(sentence(refused.code, refused.fields), "warning")
        return redirect(url_for("committee.dossier", number=number), code=303)
    return redirect(url_for("committee.vote", number=number), code=303)


@committee.route("/<number>/challenges/<int:n>", methods=["GET", "POST"])
@requires(Permission.CHALLENGE_RULE)
def challenge(number: str, n: int) -> Any:
    """Rule on a challenge; whoever rules reads it, and nothing else of the case."""
    case, panel, made = _doubted(number, n)
    form = forms.RulingForm()
    show = _page("challenge", form, _shown(case, panel, made))
    if request.method == "GET" or not form.validate():
        return show(422 if form.is_submitted() else 200)
    return _take(
        number, Action.RULE_CHALLENGE, lambda: form.to_command(n), form, show, url_for("committee.index")
    )  # fmt: skip


def _doubted(number: str, n: int) -> tuple[Case, Panel, Challenge]:
    """Return the challenge that waits for the reader's ruling, or answer 404."""
    case = cases.by_number(number, current_actor(), to_act=True)
    panel = queries.panel_of(case) if case else None
    made = next((each for each in panel.challenges if each.n == n), None) if panel else None
    if case is None or panel is None or made is None or not may_rule(made, current_actor(), clock.now()):
        abort(404)
    if made.outcome != "pending":
        abort(404)
    g.zone = case.time_zone
    return case, panel, made


def _shown(case: Case, panel: Panel, made: Challenge) -> dict[str, Any]:
    return reading.heading(case, panel, clock.now()) | {
        "challenge": made, "title": _("Challenge to a member"), "clocks": (),
    }  # fmt: skip
