"""The complainant reads what is known of their order and who said it, and says where it was otherwise."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template
from flask_babel import gettext as _

from app.evidence import objecting, stating
from app.portal.views_frame import Page, Visit, attempt, to_act
from app.web.guards import act, open_to_all
from app.web.i18n import public
from workflows.procedure.states import Action, steps_from

own_facts = public(Blueprint("own_facts", __name__, url_prefix="/c/<token>/facts"))
BLUEPRINTS = (own_facts,)


@own_facts.get("")
@open_to_all
@to_act
def facts(visit: Visit) -> str:
    """Show what is known of the order, who said it, and where the sides differ."""
    known, speaks = stating.known_face(visit.case), bool(steps_from(visit.case.state, Action.STATE_FACTS))
    for each in known["facts"] if speaks else ():
        each["object_url"] = visit.url("own_facts.otherwise", fact=each["path"])
    return render_template("portal/facts.html", visit=visit, case=visit.case, form=None, known=known)


@own_facts.route("/<fact>", methods=["GET", "POST"])
@open_to_all
@to_act
def otherwise(visit: Visit, fact: str) -> Page:
    """Take what the complainant says of one fact."""
    said, form = objecting.fact(visit.case, fact) or abort(404), objecting.ObjectForm()
    refused = 422 if form.is_submitted() else 0
    if form.is_submitted() and form.sound(said):
        visit.case, refused = attempt(
            form, visit.case.id, lambda case: objecting.object_to(case, said, form, act=act())
        )  # fmt: skip
        if not refused:
            flash(_("Thank you. Both words stand now, and somebody looks at it."), "success")
            return redirect(visit.url("own_facts.facts"), code=303)
    shown: dict[str, Any] = {"fact": objecting.shown(said), "case": visit.case, "form": form}
    return render_template("portal/fact.html", visit=visit, **shown), refused or 200
