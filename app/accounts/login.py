"""Signing in and out: the only place that knows Flask-Login. Sessions live on the server (`SignInSession`)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from flask import Flask, Response, after_this_request, current_app, g, redirect, request, session, url_for
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from limits import parse

from app.accounts import passkeys, queries, service, service_sessions, service_tokens, service_watch
from app.accounts.models import SignInSession, Stage, User
from app.accounts.models_watch import EventKind
from app.core import clock, site
from app.core.db import transaction
from app.core.ids import new_token
from app.web import bearer, limits
from app.web.afterwards import afterwards
from app.web.guards import View, act, current_actor
from workflows.procedure.act import Act
from workflows.procedure.authority import NOBODY, Actor

manager = LoginManager()
BROWSER, BROWSER_LASTS = "heng-known", timedelta(days=365)
CHALLENGE = "challenge"
LOST = parse("30 per 10 minute")  # pages that are not there, for one account
WRONG_FACTORS = 5
SIGNED_IN = "signed_in"


class SignedIn(UserMixin):
    """What Flask-Login keeps: the session's token in the cookie, the session itself from the database."""

    def __init__(self, token: str, user: User, stage: Stage, session: SignInSession) -> None:
        self.token, self.user, self.stage, self.session = token, user, stage, session

    def get_id(self) -> str:
        return self.token

    @property
    def is_authenticated(self) -> bool:
        return self.stage is Stage.OPEN


@manager.user_loader
def _load(token: str) -> SignedIn | None:
    found = queries.live_session(token, at=clock.now())
    return SignedIn(token, found.user, found.stage, found) if found else None


@bearer.reads_tokens
def _person_of_token(token: str) -> Actor | None:
    at = clock.now()
    found = queries.live_token(token, at=at)
    if found is None:
        return None
    if found.used_at is None or found.used_at < at - service_tokens.USED_WITHIN:
        token_id = found.id
        afterwards(lambda: service_tokens.was_used(token_id, at))
    g.token_name = found.name
    return found.actor()


def install(app: Flask) -> None:
    """Find out who asks, before anything else: by cookie on pages, by bearer token under /api."""
    manager.init_app(app)
    manager.session_protection = None

    @app.before_request
    def know_the_actor() -> None:
        if request.endpoint == "static":
            return
        if request.path.startswith("/api/"):
            g.actor = bearer.actor_of_request()
        elif current_user.is_authenticated:
            g.actor = current_user.user.actor()
            g.proved_at = current_user.session.proved_at
        else:
            g.actor = NOBODY

    app.after_request(_notice_searching)


def _notice_searching(response: Response) -> Response:
    """Tell administrators of an account that asks for many things that are not there: it may be trying numbers."""
    who = current_actor().user_id
    if response.status_code != 404 or who is None or not limits.count(LOST, "lost", str(who)):
        return response
    if limits.used(LOST, "lost", str(who)) == LOST.amount:
        told = act()
        afterwards(lambda: _tell_of_searching(who, told))
    return response


def _tell_of_searching(user_id: int, told: Act) -> None:
    service_watch.note(EventKind.MANY_NOT_FOUND, about=queries.find(user_id), act=told)


# --- getting in ----------------------------------------------------------------------------------------------------


class TriesOver(Exception):
    """Too many wrong tries for this address from browsers that nobody knows (or from this one); `until` is when."""

    def __init__(self, until: datetime) -> None:
        self.until = until
        super().__init__()


def try_password(email: str, password: str) -> User | None:
    """Return whose password this is, or None, which is counted. Raises TriesOver; the same for unknown addresses."""
    key = service_sessions.counted_as(email, request.cookies.get(site.cookie(BROWSER)))
    if until := service_sessions.locked_until(key, at=act().at):
        raise TriesOver(until)
    user = service.check_password(email, password)
    with transaction():
        if user is not None:
            service_sessions.forget_failures(key)
        elif service_sessions.count_failure(key, act=act()):
            service_watch.note(EventKind.LOCKED, about=queries.by_email(email), act=act())
    return user


def stage_of(user: User) -> Stage:
    """Return how far the password alone brings this person."""
    if queries.factors(user):
        return Stage.FACTOR
    return Stage.ENROL if site.settings().second_factor_required else Stage.OPEN


def sign_in(user: User, stage: Stage = Stage.OPEN) -> None:
    """Open a new session for the person and put its token in the cookie; an older session of this browser ends."""
    if isinstance(current_user._get_current_object(), SignedIn):
        service.close_session(current_user.token, act=act())
    session.pop("csrf_token", None)
    g.pop("csrf_token", None)
    token = service.open_session(user, act=act(), stage=stage, browser=_browser_name(request.user_agent.string))
    _enter(token)
    g.actor = user.actor() if stage is Stage.OPEN else NOBODY
    if stage is Stage.OPEN:
        _know_browser(user)


def _enter(token: str) -> None:
    """Be signed in by the session of this token from now on, in this request too."""
    entered = _load(token)
    if entered is None:
        raise RuntimeError("The session that was just opened is not there.")
    login_user(entered)


BROWSERS = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "Chrom": "Chrome", "Safari": "Safari"}
SYSTEMS = {"Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "Windows": "Windows", "Mac OS": "Mac",
           "Linux": "Linux"}  # fmt: skip


def _browser_name(told: str) -> str:
    """Return what the person will recognise: Firefox · Windows. No more of it is kept."""
    found = (next((name for sign, name in table.items() if sign in told), "") for table in (BROWSERS, SYSTEMS))
    return " · ".join(name for name in found if name)


def _know_browser(user: User) -> None:
    browser = request.cookies.get(site.cookie(BROWSER)) or new_token()
    service_sessions.know_browser(user, browser, act=act())

    @after_this_request
    def remember(response: Response) -> Response:
        response.set_cookie(
            site.cookie(BROWSER), browser, max_age=BROWSER_LASTS, httponly=True, samesite="Lax",
            secure=current_app.config["SESSION_COOKIE_SECURE"],
        )  # fmt: skip
        return response


def renew() -> None:
    """Give the session a new id, proved just now; forms that are open stay good."""
    user, browser = myself(), current_user.session.browser
    service.close_session(current_user.token, act=act())
    _enter(service.open_session(user, act=act(), browser=browser))


def count_wrong_factor() -> bool:
    """Count a wrong second factor; after five the half-open session ends. Returns whether it did."""
    half = current_user.session
    half.wrong_factors += 1
    if half.wrong_factors < WRONG_FACTORS:
        return False
    service_watch.note(EventKind.FACTOR_GUESSED, about=half.user, act=act())
    sign_out()
    return True


def sign_out() -> None:
    """End the session on the server and in the browser."""
    if isinstance(current_user._get_current_object(), SignedIn):
        service.close_session(current_user.token, act=act())
    logout_user()


# --- the reader of a page about themselves ---------------------------------------------------------------------------


def waiting(stage: Stage) -> User | None:
    """Return who has given the password and still lacks this, or None."""
    found = current_user._get_current_object()
    return found.user if isinstance(found, SignedIn) and found.stage is stage else None


def myself() -> User:
    """Return who is signed in, or is setting up a second factor."""
    user: User = current_user.user
    return user


def signed_in(view: View | None = None, *, enrolling: bool = False) -> Any:
    """Anybody who is signed in may open this page (`enrolling`: also who must set a second factor up first)."""

    def guard(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if current_user.is_authenticated or (enrolling and waiting(Stage.ENROL)):
                return view(*args, **kwargs)
            return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")), code=303)

        guarded.required_permission = SIGNED_IN  # type: ignore[attr-defined]
        return guarded

    return guard(view) if view else guard


# --- what a passkey signs ------------------------------------------------------------------------------------------


def new_challenge() -> bytes:
    """Return a challenge for this browser; it is good for ten minutes, and for one answer."""
    challenge = passkeys.new_challenge()
    session[CHALLENGE] = [challenge.hex(), act().at.timestamp()]
    return challenge


def challenge() -> bytes:
    """Return the challenge that this browser was given; an empty one, which nothing answers, when there is none."""
    given, at = session.get(CHALLENGE) or ("", 0.0)
    fresh = act().at.timestamp() <= at + passkeys.CHALLENGE_LIVES.total_seconds()
    return bytes.fromhex(given) if fresh else b""
