"""A shop's link "complain about this order": what the shop signed is shown, and a draft begins with it.

Opening the link changes nothing. Facts that cannot be believed are told of in plain words; the form goes on without.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app, redirect, render_template, request, send_from_directory, url_for

from app.core.db import transaction
from app.intake import drafting, pages, service_drafts
from app.intake.service_signed import spent
from app.intake.signed import STEP, FromShop
from app.organisations import order_links
from app.organisations.order_links import LinkRefused
from app.web.guards import act, open_to_all
from app.web.i18n import language, public
from app.web.limits import often

shop_door = Blueprint("shop_door", __name__)
from_shop = public(Blueprint("from_shop", __name__))
BLUEPRINTS = (shop_door, from_shop)
SCRIPT = "complain-button.js"


@shop_door.get("/from-shop")
@open_to_all
def door() -> Any:
    """Lead to the page in the reader's language."""
    return redirect(url_for("from_shop.page", order=request.args.get("order", "")), code=302)


@shop_door.get("/widget/button.js")
@open_to_all
def script() -> Response:
    """Return the script that makes buttons in shops' pages: for any page to load, the same for everybody."""
    answer = send_from_directory(Path(str(current_app.static_folder)) / "widget", SCRIPT, max_age=86_400)
    answer.headers["Cache-Control"] = "public, max-age=86400"
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer


@from_shop.route("/from-shop", methods=["GET", "POST"])
@open_to_all
@often("filing")
def page() -> Any:
    """Show what the shop says of the order; begin a complaint with it."""
    if not request.values.get("order"):
        return redirect(url_for("intake.start"), code=303)
    try:
        shop = _believed(request.values["order"])
    except LinkRefused as refused:
        return render_template("intake/from_shop.html", shop=None, why=refused.why), 422
    if request.method == "GET":
        return render_template("intake/from_shop.html", shop=shop, why=None)
    return drafting.remember(redirect(pages.url_of("order"), code=303), _begun(shop))


def _begun(shop: FromShop) -> str:
    """Begin a draft with what the shop signed and return the token that opens it."""
    with transaction():
        draft, token = service_drafts.to_write(None, language(), act=act())
        service_drafts.save(draft, STEP, shop.as_answers(), act=act())
        service_drafts.save(draft, "order", shop.order_form(), act=act())
    return token


def _believed(link: str) -> FromShop:
    signed = order_links.read(link, at=act().at)
    if spent(signed.digest):
        raise LinkRefused("spent")
    return FromShop.of(signed)
