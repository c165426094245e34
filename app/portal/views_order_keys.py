"""A shop's keys for its "complain about this order" links: made, shown once, revoked; and a page to try the button."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, session, url_for
from flask_babel import gettext as _

from app.core import site
from app.core.db import transaction
from app.organisations import order_links, service_keys
from app.organisations.models_keys import OrderKey
from app.organisations.queries_keys import keys_of
from app.web.api import found
from app.web.guards import act, current_actor, requires
from app.web.words import sentence
from workflows.procedure.authority import Permission
from workflows.procedure.errors import Invalid

order_keys = Blueprint("order_keys", __name__, url_prefix="/r/settings/order-links")
BLUEPRINTS = (order_keys,)
JUST_MADE = "order-key-just-made"
SAMPLE_LASTS = timedelta(hours=1)


@order_keys.get("")
@requires(Permission.HOOKS_MANAGE)
def index() -> str:
    """Show the keys, and the secret of one that was made just now."""
    keys = keys_of(current_actor().organisation_id)
    made = session.pop(JUST_MADE, None)
    new = next((key for key in keys if key.id == made), None)
    secret = order_links.secret_of(new) if new else None
    sample = _sample(keys[-1]) if keys else None
    shown = {"keys": keys, "new": new, "secret": secret, "sample": sample, "address": site.absolute("/from-shop")}
    return render_template("portal/respondent/order_keys.html", script=site.absolute("/widget/button.js"), **shown)


@order_keys.post("")
@requires(Permission.HOOKS_MANAGE)
def make() -> Response:
    """Make a key; its secret is shown on the next page and never again."""
    try:
        with transaction():
            session[JUST_MADE] = service_keys.make(act=act()).id
    except Invalid as refused:
        flash(sentence(refused.code, refused.fields), "error")
    return _back()


@order_keys.post("/<int:key_id>/revoke")
@requires(Permission.HOOKS_MANAGE)
def revoke(key_id: int) -> Response:
    """Have nothing that the key signed believed any more."""
    with transaction():
        keys = keys_of(current_actor().organisation_id)
        service_keys.revoke(found(next((key for key in keys if key.id == key_id), None)), act=act())
    flash(_("Revoked. Links that it signed are no longer believed."), "success")
    return _back()


def _back() -> Any:
    return redirect(url_for("order_keys.index"), code=303)


def _sample(key: OrderKey) -> str:
    """Return a link's signed part for an order that there is not, to look at the button and at where it leads."""
    now = act().at
    order = {
        "id": "SAMPLE-1", "category": "apparel", "goods_total_minor": 19_900, "currency": "CNY",
        "submitted_at": (now - timedelta(days=5)).isoformat(), "received_at": (now - timedelta(days=2)).isoformat(),
    }  # fmt: skip
    until = (now + SAMPLE_LASTS).isoformat()
    return order_links.sign(key, {"order": order, "nonce": f"sample-{int(now.timestamp())}", "expires_at": until})
