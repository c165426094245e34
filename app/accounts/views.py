"""Signing in and out, and the language of staff pages."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts import login, service
from app.accounts.forms import SignInForm
from app.core.db import transaction
from app.core.languages import LANGUAGES
from app.web.guards import current_actor, open_to_all
from app.web.limits import often
from workflows.procedure.authority import COMMITTEE_ROLES, Actor, Permission, Role

accounts = Blueprint("accounts", __name__)
BLUEPRINTS = (accounts,)


@accounts.route("/signin", methods=["GET", "POST"])
@open_to_all
@often("sign_in")
def sign_in() -> str | Response | tuple[str, int]:
    """Ask for e-mail and password."""
    form = SignInForm()
    if request.method == "GET":
        return render_template("accounts/sign_in.html", form=form)
    user = service.check_password(form.email.data, form.password.data) if form.validate() else None
    if user is None:
        if not form.errors:
            form.add_error("password", _("E-mail or password is wrong. Check both and try again."))
        return render_template("accounts/sign_in.html", form=form), 422
    with transaction():
        login.sign_in(user)
    return redirect(_safe(request.args.get("next")) or home_of(user.actor()), code=303)


@accounts.post("/signout")
@open_to_all
def sign_out() -> Response:
    """End the session."""
    with transaction():
        login.sign_out()
    return redirect(url_for("accounts.sign_in"), code=303)


@accounts.get("/account/language/<tag>")
@open_to_all
def choose_language(tag: str) -> Response:
    """Set the language of staff pages, and go back to where the reader was."""
    if tag not in LANGUAGES:
        abort(404)
    session["language"] = tag
    return redirect(_safe(request.args.get("next")) or home_of(current_actor()), code=303)


def _safe(target: str | None) -> str | None:
    """Return the path to go to, if it is one on this site."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")) or "\\" in target:
        return None
    return target if not urlsplit(target).netloc else None


def home_of(actor: Actor) -> str:
    """Return the page a person starts their day on."""
    if actor.is_respondent:
        return "/r"
    if actor.roles & COMMITTEE_ROLES:
        return "/committee"
    if actor.may(Permission.QUEUE_READ):
        return "/desk/phone" if Role.OPERATOR in actor.roles and len(actor.roles) == 1 else "/desk"
    return "/desk/outbox" if actor.may(Permission.OUTBOX_READ) else "/"
