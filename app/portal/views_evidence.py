"""The complainant's evidence: what either side brought, what was asked for, each exhibit on a page of its own."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template
from flask_babel import gettext as _

from app.cases import actions
from app.core import clock
from app.evidence import queries as evidence
from app.evidence.forms import DeclineForm, EvidenceForm
from app.evidence.handing import send
from app.evidence.models import Evidence
from app.evidence.showing import docket, face, show, show_preview, viewed
from app.evidence.taking import add_from, tell_added
from app.portal.showing import covered
from app.portal.views_frame import Page, Visit, attempt, by_private_link, to_act
from app.web.guards import act, open_to_all
from app.web.i18n import public
from workflows.procedure.states import Action

own_evidence = public(Blueprint("own_evidence", __name__, url_prefix="/c/<token>/evidence"))
BLUEPRINTS = (own_evidence,)


def faces_of(visit: Visit) -> list[dict[str, Any]]:
    """Return the exhibits; who is not confirmed sees that they are there, not what is in them."""
    shown = [face(exhibit, visit.actor, _address(visit)) for exhibit in evidence.of_case(visit.case)]
    return covered(shown, visit.veil.text, "name", "said")


def _address(visit: Visit) -> Any:
    def address(what: str, exhibit: Evidence, **values: Any) -> str | None:
        return visit.url(f"own_evidence.{what}", number=exhibit.number, **values) if visit.confirmed else None

    return address


@own_evidence.route("", methods=["GET", "POST"])
@open_to_all
@by_private_link
def evidence_list(visit: Visit) -> Page:
    """Show the exhibits and what was asked for, and take files."""
    form = EvidenceForm(visit.case.anomaly, "consumer")
    refused = 422 if form.is_submitted() else 0
    if form.validate_on_submit():
        done: list[Any] = []
        visit.case, refused = attempt(form, visit.case.id, lambda case: done.extend(add_from(case, form)))
        if not refused:
            tell_added(*done)
            return redirect(visit.url("own_evidence.evidence_list"), code=303)
    return _page(visit, form, DeclineForm(formdata=None)), refused or 200


def _page(visit: Visit, form: EvidenceForm, declining: DeclineForm) -> str:
    shown = docket(visit.case, visit.actor, clock.now(), _address(visit))
    shown["files"] = covered(shown["files"], visit.veil.text, "name", "said")
    shown["inspections"] = covered(shown["inspections"], visit.veil.text, "what", "note")
    for each in shown["requests"]:
        each["why"] = visit.veil.text(each["why"])
        each["rows"] = covered(each["rows"], visit.veil.text, "what", "reason")
    return render_template(
        "portal/evidence.html", visit=visit, case=visit.case, form=form, declining=declining, **shown
    )


@own_evidence.post("/items/<int:n>/decline")
@open_to_all
@to_act
def decline(visit: Visit, n: int) -> Page:
    """Say that something that was asked for cannot be given."""
    form, refused = DeclineForm(), 422
    if form.validate():
        visit.case, refused = attempt(
            form, visit.case.id,
            lambda case: actions.carry_out(case, Action.DECLINE_EVIDENCE, form.to_command(n), act=act()),
        )  # fmt: skip
        if not refused:
            flash(_("Thank you. We wrote that down."), "success")
            return redirect(visit.url("own_evidence.evidence_list"), code=303)
    return _page(visit, EvidenceForm(visit.case.anomaly, "consumer", formdata=None), form), refused


@own_evidence.get("/receipt")
@open_to_all
@to_act
def receipt(visit: Visit) -> str:
    """Show the list of all files with their fingerprints, to be printed."""
    shown = {"files": faces_of(visit), "now": clock.now(), "back": visit.url("own_evidence.evidence_list")}
    return render_template("evidence/receipt.html", frame="portal/page.html", visit=visit, case=visit.case, **shown)


@own_evidence.get("/<int:number>")
@open_to_all
@to_act
def download(visit: Visit, number: int) -> Response:
    """Hand out an exhibit."""
    return send(_exhibit(visit, number), visit.actor)


@own_evidence.get("/<int:number>/view")
@open_to_all
@to_act
def view(visit: Visit, number: int) -> str:
    """Show an exhibit on a page of its own."""
    shown = viewed(_exhibit(visit, number), evidence.of_case(visit.case), visit.actor, _address(visit))
    back = visit.url("own_evidence.evidence_list")
    return render_template(
        "evidence/view.html", frame="portal/page.html", visit=visit, case=visit.case, list_url=back, **shown
    )


@own_evidence.get("/<int:number>/picture")
@open_to_all
@to_act
def picture(visit: Visit, number: int) -> Response:
    """Show the shared copy of a picture."""
    return show(_exhibit(visit, number), visit.actor)


@own_evidence.get("/<int:number>/preview")
@open_to_all
@to_act
def thumb(visit: Visit, number: int) -> Response:
    """Show the small picture of an exhibit."""
    return show_preview(_exhibit(visit, number), visit.actor, 0)


@own_evidence.get("/<int:number>/preview/<int:n>")
@open_to_all
@to_act
def preview(visit: Visit, number: int, n: int) -> Response:
    """Show a picture that was made of an exhibit."""
    return show_preview(_exhibit(visit, number), visit.actor, n)


def _exhibit(visit: Visit, number: int) -> Evidence:
    return evidence.numbered(visit.case, number) or abort(404)
