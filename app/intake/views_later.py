"""Coming back later: the link to a draft, shown, sent, and opened."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.core import site
from app.core.db import transaction
from app.intake import composing, drafting, pages, queries, service_drafts
from app.intake.forms import ReachForm
from app.intake.views import Answer
from app.web.guards import act, open_to_all
from app.web.i18n import language, public
from app.web.limits import often

later = public(Blueprint("later", __name__, url_prefix="/complain"))
BLUEPRINTS = (later,)


@later.route("/saved", methods=["GET", "POST"])
@open_to_all
@often("codes")
def saved() -> Answer:
    """Show the link that brings back to the draft, and send it where the reader wants."""
    draft, form = drafting.unsent(), ReachForm()
    if draft is None:
        return redirect(url_for("later.resume"), code=303)
    if request.method == "GET" or not form.validate():
        link = site.absolute(url_for("later.resume_by_link", token=drafting.token()))
        page = render_template("intake/saved.html", form=form, draft=draft, link=link)
        return (page, 422) if request.method == "POST" else page
    with transaction():
        draft, _token = service_drafts.to_write(drafting.token(), language(), act=act())
        service_drafts.send_link(draft, form.reached_at or "", act=act())
    flash(_("The link is on its way."), "success")
    return redirect(url_for("later.saved"), code=303)


@later.route("/resume", methods=["GET", "POST"])
@open_to_all
@often("codes")
def resume() -> Answer:
    """Send a link to a draft to the contact that it was saved with; nobody learns whether there was one."""
    form = ReachForm()
    if request.method == "GET" or not form.validate():
        page = render_template("intake/resume.html", form=form, draft=drafting.unsent())
        return (page, 422) if request.method == "POST" else page
    with transaction():
        service_drafts.send_link_to(form.reached_at or "", act=act())
    return render_template("intake/resume.html", form=form, draft=None, asked=form.contact.data)


@later.route("/resume/<token>", methods=["GET", "POST"])
@open_to_all
def resume_by_link(token: str) -> Answer:
    """Open a draft in this browser by its link."""
    draft = queries.draft_of(token, at=act().at)
    if draft is None:
        return render_template("intake/resume.html", form=ReachForm(), draft=None, gone=True), 404
    if request.method == "GET":
        return render_template("intake/resume_draft.html", draft=draft)
    gaps = composing.read(draft.answers or {}).gaps
    going_to = pages.url_of(gaps[0]) if gaps else url_for("filing.check")
    return drafting.remember(redirect(going_to, code=303), token)
