"""An organisation's own addresses for news of its cases: add, renew, remove, see what was sent, send it again."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.core.db import transaction
from app.hooks import queries, service, signing
from app.hooks.models import HookEndpoint
from app.web.api import found
from app.web.forms import Form, Required, line_field
from app.web.guards import act, current_actor, requires
from app.web.words import sentence
from workflows.procedure.authority import Permission
from workflows.procedure.errors import Invalid

hooks = Blueprint("hooks", __name__, url_prefix="/r/settings/webhooks")
BLUEPRINTS = (hooks,)
JUST_MADE = "hook-just-made"


class EndpointForm(Form):
    """Where to send."""

    url = line_field(_l("Address of your system"), Required(_l("Write the address.")), limit=500)


@hooks.route("", methods=["GET", "POST"])
@requires(Permission.HOOKS_MANAGE)
def index() -> Any:
    """Show the addresses and what was sent, or take in another address."""
    form = EndpointForm()
    if form.validate_on_submit():
        try:
            with transaction():
                made = service.add(form.url.data, act=act())
        except Invalid as refused:
            form.add_error("url", sentence(refused.code, refused.fields))
            return _page(form, 422)
        return _shown_once(made)
    return _page(form, 422 if form.is_submitted() else 200)


@hooks.post("/<int:endpoint_id>/renew")
@requires(Permission.HOOKS_MANAGE)
def renew(endpoint_id: int) -> Response:
    """Make a new secret."""
    with transaction():
        endpoint = _own(endpoint_id)
        service.renew(endpoint)
    return _shown_once(endpoint)


@hooks.post("/<int:endpoint_id>/remove")
@requires(Permission.HOOKS_MANAGE)
def remove(endpoint_id: int) -> Response:
    """Send nothing more to an address."""
    with transaction():
        service.remove(_own(endpoint_id), act=act())
    flash(_("Removed. Nothing more is sent there."), "success")
    return redirect(url_for("hooks.index"), code=303)


@hooks.post("/deliveries/<int:delivery_id>/again")
@requires(Permission.HOOKS_MANAGE)
def again(delivery_id: int) -> Response:
    """Send a message once more."""
    with transaction():
        service.send_again(found(queries.delivery(delivery_id, current_actor().organisation_id)), act=act())
    flash(_("It is sent again, under the same id."), "success")
    return redirect(url_for("hooks.index"), code=303)


def _own(endpoint_id: int) -> HookEndpoint:
    endpoint: HookEndpoint = found(queries.endpoint(endpoint_id, current_actor().organisation_id))
    return endpoint


def _shown_once(endpoint: HookEndpoint) -> Response:
    session[JUST_MADE] = endpoint.id
    return redirect(url_for("hooks.index"), code=303)


def _page(form: EndpointForm, status: int) -> Any:
    own = current_actor().organisation_id
    endpoints = queries.endpoints(own)
    new = next((each for each in endpoints if each.id == session.pop(JUST_MADE, None)), None) if endpoints else None
    secret = signing.secret_of(new) if new else None
    shown = {"endpoints": endpoints, "deliveries": queries.deliveries(own), "new": new, "secret": secret}
    return render_template("hooks/list.html", form=form, **shown), status
