"""A desk at which everybody needs a second factor, and what a person holds in hand."""

from __future__ import annotations

import re
from dataclasses import replace

import pyotp
import pytest
from sqlalchemy import select

from app.core import clock, site
from app.core.db import session
from app.core.messages import OutboundMessage
from tests.factories import PASSWORD

LINK = re.compile(r"http://desk\.test(/signin/link/\S+)")


@pytest.fixture
def required(app, monkeypatch):
    """Everybody needs a second factor."""
    monkeypatch.setattr(site, "_settings", replace(site.settings(), second_factor="required"))


def code_of(secret: str) -> str:
    """The code that an app with this secret shows now."""
    return pyotp.TOTP(secret.replace(" ", "")).at(clock.now())


def give_password(client, user, password: str = PASSWORD, **options):
    return client.post("/signin", data={"email": user.email, "password": password}, **options)


def set_up_app(client) -> tuple[str, list[str]]:
    """Set an authenticator app up; return its secret and the recovery codes."""
    page = client.get("/account/totp").text
    secret = re.search(r'<code class="num">([A-Z2-7 ]+)</code>', page)[1]
    sealed = re.search(r'name="sealed"[^>]*value="([^"]+)"', page)[1]
    done = client.post("/account/totp", data={"sealed": sealed, "code": code_of(secret), "name": "My phone"})
    assert done.status_code == 200, done.text
    return secret, re.findall(r"<li><code>([\w-]+)</code>", done.text)


@pytest.fixture
def sent_link(deliver):
    """Let the jobs run; return the path of the newest link that was sent."""

    def newest() -> str:
        deliver()
        bodies = [each.body for each in session().scalars(select(OutboundMessage).order_by(OutboundMessage.id))]
        return [found[1] for body in bodies if (found := LINK.search(body))][-1]

    return newest


@pytest.fixture
def client(client):
    """A browser whose reader speaks English."""
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client
