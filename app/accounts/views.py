"""Signing in and out, and the language of staff pages."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts import login, passkeys, queries, service_factors
from app.accounts.forms import FactorForm, SignInForm
from app.accounts.models import Stage, User
from app.accounts.models_proof import FactorKind
from app.core import site
from app.core.db import transaction
from app.core.languages import LANGUAGES
from app.web.guards import act, current_actor, open_to_all
from app.web.limits import often
from app.web.words import sentence
from workflows.procedure.authority import COMMITTEE_ROLES, Actor, Permission, Role
from workflows.procedure.errors import Invalid

accounts = Blueprint("accounts", __name__)
BLUEPRINTS = (accounts,)


@accounts.route("/signin", methods=["GET", "POST"])
@open_to_all
@often("sign_in")
def sign_in() -> Any:
    """Ask for e-mail and password."""
    form = SignInForm()
    if request.method == "GET" or not form.validate():
        return _sign_in_page(form, 422 if form.is_submitted() else 200)
    try:
        user = login.try_password(form.email.data, form.password.data)
    except login.TriesOver as over:
        return too_often(form, over.until)
    if user is not None:
        return let_in(user, login.stage_of(user))
    form.add_error("password", _("E-mail or password is wrong. Check both and try again."))
    return _sign_in_page(form, 422)


def _sign_in_page(form: SignInForm, status: int) -> tuple[str, int]:
    options = passkeys.request(login.new_challenge(), (), alone=True) if passkeys.possible() else None
    shown = {"options": options, "next": local(request.args.get("next")), "demo": site.settings().demo}
    return render_template("accounts/sign_in.html", form=form, **shown), status


def too_often(form: SignInForm, until: datetime) -> tuple[str, int, dict[str, str]]:
    """Return the page that says how to get in nevertheless."""
    form.add_error("password", _(
        "There were too many wrong tries from browsers that we do not know. Wait a quarter of an hour, use a browser "
        "in which you signed in before, a passkey, or set a new password by e-mail."
    ))  # fmt: skip
    wait_s = max(1, round((until - act().at).total_seconds()))
    return *_sign_in_page(form, 429), {"Retry-After": str(wait_s)}


def let_in(user: User, stage: Stage) -> Response:
    """Open the session as far as `stage`, and lead on to where the rest is asked for."""
    with transaction():
        login.sign_in(user, stage)
    onward = local(request.args.get("next"))
    pages = {Stage.FACTOR: "accounts.second", Stage.ENROL: "accounts_own.factors"}
    if stage in pages:
        return redirect(url_for(pages[stage], next=onward), code=303)
    return redirect(onward or home_of(user.actor()), code=303)


@accounts.post("/signin/passkey")
@open_to_all
@often("sign_in")
def with_passkey() -> Any:
    """Sign in with a passkey alone: it is something one has, unlocked by something one is or knows."""
    form = FactorForm()
    try:
        with transaction():
            user = service_factors.check_passkey(form.credential.data or "", login.challenge(), act=act(), alone=True)
    except Invalid as refused:
        flash(sentence(refused.code), "error")
        return redirect(url_for("accounts.sign_in"), code=303)
    return let_in(user, Stage.OPEN)


@accounts.route("/signin/second", methods=["GET", "POST"])
@open_to_all
@often("sign_in")
def second() -> Any:
    """Ask for the second factor of who has given the password."""
    user = login.waiting(Stage.FACTOR)
    if user is None:
        return redirect(url_for("accounts.sign_in"), code=303)
    form = FactorForm()
    if not form.validate_on_submit():
        return _second_page(user, form)
    return _second_given(user, form)


def _second_given(user: User, form: FactorForm) -> Any:
    with transaction():
        right = proved(user, form.code.data, form.credential.data)
        over = not right and login.count_wrong_factor()
    if over:
        flash(_("There were too many wrong codes. Sign in again."), "error")
        return redirect(url_for("accounts.sign_in"), code=303)
    if right:
        return let_in(user, Stage.OPEN)
    form.add_error("code", _("This code is not right. Wait for the next one and type it again."))
    return _second_page(user, form)


def proved(user: User, code: str | None, credential: str | None) -> bool:
    """Return whether a code of an app, a recovery code or a passkey's answer is this person's."""
    if credential:
        try:
            return service_factors.check_passkey(credential, login.challenge(), act=act(), user=user) is user
        except Invalid:
            return False
    digits = (code or "").replace(" ", "")
    if digits.isascii() and digits.isdigit():
        return service_factors.check_totp(user, digits, act=act())
    return service_factors.check_recovery_code(user, digits, act=act())


def _second_page(user: User, form: FactorForm) -> tuple[str, int]:
    keys = [each.credential_id or "" for each in queries.factors(user, FactorKind.PASSKEY)]
    options = passkeys.request(login.new_challenge(), keys) if keys and passkeys.possible() else None
    apps = queries.factors(user, FactorKind.TOTP)
    page = render_template("accounts/second.html", form=form, options=options, apps=apps)
    return page, 422 if form.is_submitted() else 200


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
    return redirect(local(request.args.get("next")) or home_of(current_actor()), code=303)


def local(target: str | None) -> str | None:
    """Return the path to go to, if it is one on this site."""
    if not target or not target.startswith("/") or target.startswith("//") or "\\" in target:
        return None
    if any(ch <= " " for ch in target[:2048]):  # browsers drop tabs and line ends, and may find // where there was none
        return None
    parts = urlsplit(target)
    return None if parts.netloc or parts.scheme else target


def home_of(actor: Actor) -> str:
    """Return the page a person starts their day on."""
    if actor.is_respondent:
        return "/r"
    if actor.roles & COMMITTEE_ROLES:
        return "/committee"
    if actor.may(Permission.QUEUE_READ):
        return "/desk/phone" if Role.OPERATOR in actor.roles and len(actor.roles) == 1 else "/desk"
    return "/admin/people" if actor.may(Permission.PEOPLE_MANAGE) else "/"
