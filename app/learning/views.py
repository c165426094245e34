"""How triage is doing, and teaching it anew: read by those who watch, decided by an administrator."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts import queries as people
from app.core import clock
from app.core.db import transaction
from app.learning import queries, service, showing
from app.learning.forms import DecideForm
from app.learning.models import Stage, Weights
from app.web.api import found
from app.web.guards import act, current_actor, fresh, requires
from app.web.words import sentence
from workflows.procedure.authority import Permission
from workflows.procedure.errors import Invalid
from workflows.triage import approved, scoring

learning = Blueprint("learning", __name__, url_prefix="/desk/triage")
BLUEPRINTS = (learning,)


@learning.get("")
@requires(Permission.WATCH_READ)
def report() -> str:
    """Show how far people and triage agree, what has changed, and the weights there are."""
    labels = queries.last_labels()
    return render_template(
        "learning/report.html", agreement=queries.agreement(labels), confusion=queries.confusion(labels),
        anomalies=scoring.ANOMALIES, drift=queries.drift(clock.now()), weights=queries.weights(),
        in_use=approved.model().version, shipped=scoring.model().version, busy=queries.being_taught(),
        may_decide=current_actor().may(Permission.SYSTEM_MANAGE),
    )  # fmt: skip


@learning.post("/teach")
@requires(Permission.SYSTEM_MANAGE)
def teach() -> Response:
    """Have weights taught anew from our texts and people's labels."""
    try:
        with transaction():
            service.ask(act())
    except Invalid as refused:
        flash(sentence(refused.code), "error")
    else:
        flash(_("Teaching has begun. It takes about a minute; the result then stands in the list."), "success")
    return redirect(url_for("learning.report"), code=303)


@learning.get("/weights/<int:weights_id>")
@requires(Permission.WATCH_READ)
def weights(weights_id: int) -> Any:
    """Show weights beside those in use."""
    this = found(queries.by_id(weights_id))
    return _page(this, _form(this), 200)


@learning.post("/weights/<int:weights_id>/decide")
@requires(Permission.SYSTEM_MANAGE)
@fresh
def decide(weights_id: int) -> Any:
    """Approve or reject weights."""
    this = found(queries.by_id(weights_id))
    form = _form(this)
    if not form.validate():
        return _page(this, form, 422)
    with transaction():
        service.decide(found(queries.by_id(weights_id)), form.to_command(), act=act())
    flash(_("Decided. Every process reads with the weights in use from its next text on."), "success")
    return redirect(url_for("learning.report"), code=303)


@learning.post("/use")
@requires(Permission.SYSTEM_MANAGE)
@fresh
def use_shipped() -> Response:
    """Go back to the weights that the product ships."""
    with transaction():
        service.use_again(None, act=act())
    return _went_back()


@learning.post("/weights/<int:weights_id>/use")
@requires(Permission.SYSTEM_MANAGE)
@fresh
def use(weights_id: int) -> Response:
    """Go back to weights that were approved before."""
    with transaction():
        service.use_again(found(queries.by_id(weights_id)), act=act())
    return _went_back()


def _went_back() -> Response:
    flash(_("These weights are in use again."), "success")
    return redirect(url_for("learning.report"), code=303)


def _form(this: Weights) -> DecideForm:
    return DecideForm(may_approve=not service.asked_for_by(this, current_actor()))


def _page(this: Weights, form: DecideForm, status: int) -> Any:
    numbers = queries.numbers_of(change["case_id"] for change in this.changed if "case_id" in change)
    names = people.names([this.asked_by, this.decided_by])
    actor, own = current_actor(), service.asked_for_by(this, current_actor())
    return render_template(
        "learning/weights.html", this=this, form=form, names=names, numbers=numbers,
        sets=showing.sets(this), changes=showing.changes(this), in_use=approved.model().version,
        open=this.stage is Stage.CANDIDATE, own=own, may_decide=actor.may(Permission.SYSTEM_MANAGE),
        may_read=actor.may(Permission.QUEUE_READ),
    ), status  # fmt: skip
