"""The company states facts of the order from its shop's system: a file, looked at first, then sent."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from app.evidence import stating
from app.portal.views_frame import Page, attempt
from app.portal.views_respondent import own_case
from app.web.guards import act, requires
from workflows.procedure.authority import Permission

respondent_facts = Blueprint("respondent_facts", __name__, url_prefix="/r/cases/<number>")
BLUEPRINTS = (respondent_facts,)


@respondent_facts.route("/facts", methods=["GET", "POST"])
@requires(Permission.RESPONDENT_DESK)
def facts(number: str) -> Page:
    """Show what is known of the order and who said it; take a file, show what it would do, then merge it."""
    this, form = own_case(number), stating.FactsForm()
    sent_before = bool(form.kept.data)
    sound = form.validate_on_submit() and form.read()
    refused = 422 if form.is_submitted() and not sound else 0
    if sound and sent_before:
        this, refused = attempt(form, this.id, lambda case: _send(case, form))
        if not refused:
            flash(_("The facts were taken and the file is kept as evidence."), "success")
            return redirect(url_for("respondent_facts.facts", number=number), code=303)
    shown = {"rows": stating.preview(this, form, "respondent") if sound else [], "known": stating.known_face(this)}
    return render_template("portal/respondent/facts.html", case=this, form=form, **shown), refused or 200


def _send(case: Any, form: stating.FactsForm) -> None:
    stating.send(case, form, act=act())
