"""Signing in and out: the only place that knows Flask-Login. Sessions live on the server (`SignInSession`)."""

from __future__ import annotations

from flask import Flask, g, request
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from app.accounts import queries, service
from app.accounts.models import SignInSession, User
from app.core import clock
from app.web import bearer
from app.web.guards import act
from workflows.procedure.authority import NOBODY, Actor

manager = LoginManager()


class SignedIn(UserMixin):
    """What Flask-Login keeps: the session's token in the cookie, the session itself from the database."""

    def __init__(self, token: str, session: SignInSession | None, user: User) -> None:
        self.token, self.session, self.user = token, session, user

    def get_id(self) -> str:
        return self.token


@manager.user_loader
def _load(token: str) -> SignedIn | None:
    session = queries.live_session(token, at=clock.now())
    return SignedIn(token, session, session.user) if session else None


@bearer.reads_tokens
def _person_of_token(token: str) -> Actor | None:
    user = queries.user_of_token(token, at=clock.now())
    return user.actor() if user else None


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
        else:
            g.actor = current_user.user.actor() if current_user.is_authenticated else NOBODY


def sign_in(user: User) -> None:
    """Open a new session for the person and put its token in the cookie; an older session of this browser ends."""
    if current_user.is_authenticated:
        service.close_session(current_user.token, act=act())
    login_user(SignedIn(service.open_session(user, act=act()), None, user))
    g.actor = user.actor()


def sign_out() -> None:
    """End the session on the server and in the browser."""
    if current_user.is_authenticated:
        service.close_session(current_user.token, act=act())
    logout_user()
