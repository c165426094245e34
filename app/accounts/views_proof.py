"""Asking once more who it is, before something that cannot be taken back; and the links that are sent by mail."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts import login, passkeys, queries, service, service_people, service_sessions, service_watch
from app.accounts.forms import ChooseForm, EmailForm, ProveForm
from app.accounts.models import User
from app.accounts.models_proof import FactorKind, LinkKind, SignInLink
from app.accounts.models_watch import EventKind
from app.accounts.views import let_in, local, proved
from app.core import clock, site
from app.core.db import transaction
from app.web.guards import act, open_to_all
from app.web.limits import often
from app.web.words import sentence
from workflows.procedure.errors import Invalid

accounts_proof = Blueprint("accounts_proof", __name__)
BLUEPRINTS = (accounts_proof,)


@accounts_proof.route("/account/prove", methods=["GET", "POST"])
@login.signed_in
@often("sign_in")
def prove() -> Any:
    """Ask once more who it is, and send the reader on to where they were, with the form that they had filled in."""
    user, form = login.myself(), ProveForm()
    onward = local(request.args.get("next")) or url_for("accounts_own.account")
    carried = [(name, text) for name, text in request.form.items(multi=True) if name not in form._fields]
    if not any((form.prove_password.data, form.prove_code.data, form.prove_credential.data)):
        return _prove_page(user, form, carried), 200
    if form.validate() and _is_right(user, form):
        with transaction():
            login.renew()
        return redirect(onward, code=307 if carried else 303)
    if not form.errors:
        form.add_error("prove_code" if queries.factors(user) else "prove_password", _wrong_words(user))
    return _prove_page(user, form, carried), 422


def _tries_of(user: User) -> str:
    return service_sessions.counted_as(user.email, request.cookies.get(site.cookie(login.BROWSER)))


def _wrong_words(user: User) -> str:
    if service_sessions.locked_until(_tries_of(user), at=act().at):
        return _("There were too many wrong tries. Wait a quarter of an hour, then try again.")
    if queries.factors(user):
        return _("This code is not right. Wait for the next one and type it again.")
    return _("The password is wrong. Check it and try again.")


def _is_right(user: User, form: ProveForm) -> bool:
    """Return whether the factor is this person's, or the password of who has no factor: a stolen one is not enough.

    Wrong ones are counted as at the sign-in.
    """
    key = _tries_of(user)
    if service_sessions.locked_until(key, at=act().at):
        return False
    by_factor = bool(queries.factors(user))
    right = not by_factor and service.check_password(user.email, form.prove_password.data or "") is not None
    with transaction():
        right = right or (by_factor and proved(user, form.prove_code.data, form.prove_credential.data))
        if not right and service_sessions.count_failure(key, act=act()):
            service_watch.note(EventKind.FACTOR_GUESSED if by_factor else EventKind.LOCKED, about=user, act=act())
    return right


def _prove_page(user: User, form: ProveForm, carried: list[tuple[str, str]]) -> str:
    keys = [each.credential_id or "" for each in queries.factors(user, FactorKind.PASSKEY)]
    options = passkeys.request(login.new_challenge(), keys) if keys and passkeys.possible() else None
    apps = queries.factors(user, FactorKind.TOTP)
    has_factor = bool(keys or apps)
    return render_template(
        "accounts/prove.html", form=form, options=options, apps=apps, has_factor=has_factor, carried=carried
    )


# --- links of one use ----------------------------------------------------------------------------------------------


@accounts_proof.route("/signin/forgot", methods=["GET", "POST"])
@open_to_all
@often("codes")
def forgot() -> Any:
    """Send a link to choose a new password; the answer is the same whether or not anybody has this address."""
    form = EmailForm()
    if not form.validate_on_submit():
        return render_template("accounts/forgot.html", form=form), 422 if form.is_submitted() else 200
    with transaction():
        service_people.ask_for_link(queries.id_of(form.email.data), LinkKind.RESET, act=act())
    return render_template("accounts/forgot_sent.html", address=form.email.data)


@accounts_proof.route("/signin/link/<token>", methods=["GET", "POST"])
@open_to_all
@often("codes")
def choose(token: str) -> Any:
    """Choose a password. Looking at the page spends nothing: mail programs look at links before people do."""
    link = queries.link(token, at=clock.now())
    if link is None:
        return render_template("accounts/link_gone.html"), 404
    form = ChooseForm()
    if form.validate_on_submit() and (done := _chosen(link, form)):
        return done
    page = render_template("accounts/choose.html", form=form, user=link.user, invited=link.kind is LinkKind.INVITATION)
    return page, 422 if form.is_submitted() else 200


def _chosen(link: SignInLink, form: ChooseForm) -> Response | None:
    try:
        with transaction():
            user = service_people.spend_link(link, form.password.data, act=act())
    except Invalid as refused:
        form.add_error("password", sentence(refused.code, refused.fields))
        return None
    flash(_("Your password is set."), "success")
    return let_in(user, login.stage_of(user))
