"""Who decides, as both sides see it: the members, how they were drawn, and challenging one of them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from app.cases import actions
from app.cases.models import Case
from app.committee import queries as committee
from app.committee.service_challenges import challengeable, challengeable_until
from app.core import clock
from app.portal.forms_panel import ChallengeForm
from app.portal.views_frame import Page, Visit, attempt, to_act
from app.portal.views_respondent import own_case
from app.web.guards import act, open_to_all, requires
from app.web.i18n import public
from workflows.procedure.authority import Permission
from workflows.procedure.states import Action, steps_from

panel = public(Blueprint("panel", __name__, url_prefix="/c/<token>/panel"))
respondent_panel = Blueprint("respondent_panel", __name__, url_prefix="/r/cases/<number>/panel")
BLUEPRINTS = (panel, respondent_panel)


@panel.route("", methods=["GET", "POST"])
@open_to_all
@to_act
def page(visit: Visit) -> Page:
    """Show the complainant who decides, and take a challenge."""
    form = _form(visit.case, "consumer")
    refused = 422 if form.is_submitted() else 0
    if form.validate_on_submit():
        visit.case, refused = attempt(form, visit.case.id, lambda case: _challenge(case, form))
        if not refused:
            return _sent(visit.url("panel.page"))
    shown = _shown(visit.case, "consumer") | {"form": form}
    return render_template("portal/panel.html", visit=visit, case=visit.case, **shown), refused or 200


@respondent_panel.route("", methods=["GET", "POST"])
@requires(Permission.RESPONDENT_DESK)
def respondent_page(number: str) -> Page:
    """Show the company who decides, and take a challenge."""
    this = own_case(number)
    form = _form(this, "respondent")
    refused = 422 if form.is_submitted() else 0
    if form.validate_on_submit():
        this, refused = attempt(form, this.id, lambda case: _challenge(case, form))
        if not refused:
            return _sent(url_for("respondent_panel.respondent_page", number=number))
    shown = _shown(this, "respondent") | {"form": form}
    return render_template("portal/respondent/panel.html", case=this, **shown), refused or 200


def _challenge(case: Case, form: ChallengeForm) -> None:
    actions.carry_out(case, Action.CHALLENGE, form.to_command(), act=act())


def _sent(url: str) -> Any:
    flash(_("Your challenge was sent. The panel's work halts until somebody outside it has ruled."), "success")
    return redirect(url, code=303)


def _form(case: Case, side: str) -> ChallengeForm:
    drawn = committee.panel_of(case) if steps_from(case.state, Action.CHALLENGE) else None
    return ChallengeForm(seats=challengeable(case, drawn, side, clock.now()) if drawn else [])


def _shown(case: Case, side: str) -> dict[str, Any]:
    """Return who sits, who left, and what became of the challenges; the reasons only to the side that asked."""
    drawn = committee.panel_of(case)
    if drawn is None:
        return {"panel": None}
    return {
        "panel": drawn,
        "until": max((challengeable_until(case, seat) for seat in drawn.live_seats), default=None),
        "left": [seat for seat in drawn.seats if seat.left_at is not None],
        "challenges": [
            {"member": made.seat.user.name, "yours": made.side == side, "made": made} for made in drawn.challenges
        ],
    }  # fmt: skip
