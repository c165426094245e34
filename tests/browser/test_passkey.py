"""A passkey in a real browser, with an authenticator that Chromium plays: set up, used, and used alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.accounts import queries
from app.core import site
from app.core.db import session
from tests.factories import PASSWORD, a_person, saved
from workflows.procedure.authority import Role

pytestmark = pytest.mark.browser
AUTHENTICATOR = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


@pytest.fixture
def page(visit, address, monkeypatch):
    """A window at a named address, as passkeys need, with an authenticator in it; everybody needs a second factor."""
    named = address.replace("127.0.0.1", "localhost")
    monkeypatch.setattr(site, "_settings", replace(site.settings(), base_url=named, second_factor="required"))
    page = visit(base_url=named, locale="en")
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    return page


def give_password(page, person):
    page.goto("/signin")
    page.fill("[name=email]", person.email)
    page.fill("[name=password]", PASSWORD)
    page.locator("main form").first.locator("button").click()


def sign_out(page):
    page.context.clear_cookies()


def test_a_passkey_is_set_up_then_asked_for_then_enough_alone(app, page):
    person = saved(a_person, Role.MEDIATOR)
    give_password(page, person)
    page.wait_for_url("**/account/factors*")
    page.locator("a[href*='/account/passkey']").click()
    page.fill("[name=name]", "My laptop")
    page.locator("form[data-passkey] button").click()
    page.locator(".codes li").first.wait_for()
    assert page.locator(".codes li").count() == 10

    sign_out(page)
    give_password(page, person)
    page.wait_for_url("**/signin/second*")
    page.locator("form[data-passkey] button").click()
    page.wait_for_url("**/desk")

    sign_out(page)
    page.goto("/signin")
    page.locator("form[data-passkey] button").click()
    page.wait_for_url("**/desk")
    session().rollback()
    [factor] = queries.factors(person)
    assert (factor.name, factor.counter >= 2) == ("My laptop", True)
