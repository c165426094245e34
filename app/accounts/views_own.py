"""One's own account: second factors, recovery codes, sessions, password, tokens for programs."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.accounts import login, passkeys, queries, service, service_factors, service_sessions, service_tokens
from app.accounts.forms import SCOPE_NAMES, ChangeForm, PasskeyForm, TokenForm, TotpForm
from app.accounts.models import Stage, User
from app.accounts.models_proof import FactorKind
from app.accounts.views import home_of, local
from app.core import clock
from app.core.db import transaction
from app.core.sealing import seal, unseal
from app.web.guards import act, fresh
from app.web.words import sentence
from workflows.procedure.authority import Scope
from workflows.procedure.errors import Invalid

accounts_own = Blueprint("accounts_own", __name__, url_prefix="/account")
BLUEPRINTS = (accounts_own,)
ENROLLING = "enrolling"


@accounts_own.get("")
@login.signed_in
def account() -> str:
    """Show everything that lets somebody in as this person."""
    user, now = login.myself(), clock.now()
    return render_template(
        "accounts/account.html", user=user, factors=queries.factors(user), left=queries.recovery_codes_left(user),
        sessions=queries.sessions_of(user, at=now), this_session=current_user.session.id,
        tokens=service_tokens.tokens_of(user), token_form=TokenForm(), scope_names=SCOPE_NAMES,
        passkeys_possible=passkeys.possible(),
    )  # fmt: skip


# --- second factors ------------------------------------------------------------------------------------------------


@accounts_own.get("/factors")
@login.signed_in(enrolling=True)
def factors() -> str:
    """Offer the kinds of second factor, to who must have one and to who wants one."""
    must = login.waiting(Stage.ENROL) is not None
    return render_template("accounts/factors.html", must=must, passkeys_possible=passkeys.possible())


@accounts_own.route("/totp", methods=["GET", "POST"])
@login.signed_in(enrolling=True)
def totp() -> Any:
    """Set an authenticator app up: show the code to scan, ask for the first code that it makes."""
    if (ask := _ask_first()) is not None:
        return ask
    user, form = login.myself(), TotpForm()
    secret = _unsealed(form.sealed.data) if form.is_submitted() else service_factors.new_totp_secret()
    if secret and form.validate_on_submit():
        try:
            with transaction():
                digits = (form.code.data or "").replace(" ", "")
                service_factors.add_totp(user, secret, digits, form.name.data or _("Authenticator app"), act=act())
            return _added(user)
        except Invalid:
            form.add_error("code", _("This code is not right. Wait for the next one and type it again."))
    return _totp_page(user, form, secret or service_factors.new_totp_secret())


def _totp_page(user: User, form: TotpForm, secret: str) -> tuple[str, int]:
    import segno

    form.sealed.data = seal(ENROLLING, secret.encode())
    picture = segno.make(service_factors.totp_address(user, secret)).svg_data_uri(scale=4, border=2, light="white")
    spaced = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    page = render_template("accounts/totp.html", form=form, picture=picture, secret=spaced)
    return page, 422 if form.is_submitted() else 200


def _unsealed(sealed: str | None) -> str | None:
    try:
        return unseal(ENROLLING, sealed or "").decode()
    except ValueError:
        return None


@accounts_own.route("/passkey", methods=["GET", "POST"])
@login.signed_in(enrolling=True)
def passkey() -> Any:
    """Set a passkey up; the browser makes it."""
    if (ask := _ask_first()) is not None or not passkeys.possible():
        return ask or redirect(url_for("accounts_own.factors"), code=303)
    user, form = login.myself(), PasskeyForm()
    if form.validate_on_submit():
        try:
            with transaction():
                name = form.name.data or _("Passkey")
                service_factors.add_passkey(user, form.credential.data or "", login.challenge(), name, act=act())
            return _added(user)
        except Invalid as refused:
            form.add_error("name", sentence(refused.code))
    return _passkey_page(user, form)


def _passkey_page(user: User, form: PasskeyForm) -> tuple[str, int]:
    present = [each.credential_id or "" for each in queries.factors(user, FactorKind.PASSKEY)]
    options = passkeys.registration(login.new_challenge(), user.id, user.email, user.name, present)
    form.credential.data = ""
    page = render_template("accounts/passkey.html", form=form, options=options)
    return page, 422 if form.is_submitted() else 200


def _ask_first() -> Response | None:
    """Who is signed in proves once more that it is them before a factor is added; who must add one just did."""
    if not current_user.is_authenticated:
        return None
    answered: Response | None = fresh(lambda: None)()
    return answered


def _added(user: User) -> Any:
    """Show recovery codes with the first factor; who was setting it up to get in is in now."""
    with transaction():
        codes = [] if queries.recovery_codes_left(user) else service_factors.make_recovery_codes(user, act=act())
        if login.waiting(Stage.ENROL):
            login.sign_in(user)
    flash(_("From now on you sign in with it as well."), "success")
    if codes:
        return _codes_page(codes)
    return redirect(url_for("accounts_own.account"), code=303)


def _codes_page(codes: list[str]) -> str:
    onward = local(request.args.get("next")) or home_of(login.myself().actor())
    return render_template("accounts/codes.html", codes=codes, onward=onward)


@accounts_own.post("/recovery")
@login.signed_in
@fresh
def recovery() -> str:
    """Make new recovery codes, shown this once."""
    with transaction():
        codes = service_factors.make_recovery_codes(login.myself(), act=act())
    return _codes_page(codes)


@accounts_own.post("/factors/<int:factor_id>/remove")
@login.signed_in
@fresh
def remove_factor(factor_id: int) -> Response:
    """Remove a second factor."""
    with transaction():
        service_factors.remove(login.myself(), factor_id, act=act())
    return redirect(url_for("accounts_own.account"), code=303)


# --- sessions and password -----------------------------------------------------------------------------------------


@accounts_own.post("/sessions/<int:session_id>/end")
@login.signed_in
@fresh
def end_session(session_id: int) -> Response:
    """Sign out another browser."""
    with transaction():
        service_sessions.end_own(login.myself(), session_id, act=act())
    return redirect(url_for("accounts_own.account"), code=303)


@accounts_own.post("/sessions/others")
@login.signed_in
@fresh
def end_others() -> Response:
    """Sign out everywhere but here."""
    with transaction():
        service.end_sessions(login.myself(), act=act(), but=current_user.session.id)
    flash(_("You are signed out everywhere else."), "success")
    return redirect(url_for("accounts_own.account"), code=303)


@accounts_own.route("/password", methods=["GET", "POST"])
@login.signed_in
@fresh
def password() -> Any:
    """Choose a new password; every other session ends, and this one gets a new id."""
    user, form = login.myself(), ChangeForm()
    if form.validate_on_submit():
        if service.check_password(user.email, form.current.data) is None:
            form.add_error("current", _("The password is wrong. Check it and try again."))
        elif _changed(user, form):
            return redirect(url_for("accounts_own.account"), code=303)
    return render_template("accounts/password.html", form=form), 422 if form.is_submitted() else 200


def _changed(user: User, form: ChangeForm) -> bool:
    try:
        with transaction():
            service.set_password(user, form.password.data, act=act())
            login.sign_in(user)
    except Invalid as refused:
        form.add_error("password", sentence(refused.code, refused.fields))
        return False
    flash(_("Your password is set."), "success")
    return True


# --- tokens --------------------------------------------------------------------------------------------------------


@accounts_own.post("/tokens")
@login.signed_in
@fresh
def make_token() -> Any:
    """Make a token for a program; it is shown this once."""
    form = TokenForm()
    if not form.validate():
        return render_template("accounts/token.html", form=form, token=None), 422
    scopes = [Scope(each) for each in form.scopes.data]
    with transaction():
        token = service_tokens.give_token(
            login.myself(), form.name.data, act=act(), days=int(form.days.data), scopes=scopes
        )
    return render_template("accounts/token.html", form=form, token=token, scopes=scopes, scope_names=SCOPE_NAMES)


@accounts_own.post("/tokens/<int:token_id>/revoke")
@login.signed_in
def revoke_token(token_id: int) -> Response:
    """Revoke a token, from its next request on."""
    with transaction():
        service_tokens.revoke(login.myself(), token_id, act=act())
    return redirect(url_for("accounts_own.account"), code=303)
