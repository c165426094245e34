"""Before something that cannot be taken back, the reader proves once more who they are; what they wrote is kept."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from app.accounts.models_watch import EventKind, SecurityEvent
from app.core import clock
from app.core.db import session
from app.web.guards import is_fresh
from tests.accounts.conftest import code_of, give_password, set_up_app
from tests.factories import PASSWORD, a_person, saved
from workflows.procedure.authority import Role

FRESH = {
    "accounts_own.make_token", "accounts_own.password", "accounts_own.recovery", "accounts_own.remove_factor",
    "accounts_watch.decide", "committee.sign", "committee.vote", "kept_messages.reveal", "learning.decide",
    "learning.use", "learning.use_shipped", "outcomes.publish", "people.disable", "people.enable",
    "people.forget_factors", "people.invite", "people.person", "people.send_link",
}  # fmt: skip


@pytest.fixture
def person(client):
    person = saved(a_person, Role.MEDIATOR)
    give_password(client, person)
    return person


def test_these_pages_ask_for_a_fresh_proof(app):
    assert {name for name, view in app.view_functions.items() if getattr(view, "needs_fresh", False)} >= FRESH


def test_right_after_signing_in_nothing_more_is_asked(client, person):
    assert client.get("/account/password").status_code == 200


def test_half_an_hour_later_the_password_is_asked_for_and_the_page_opens(client, person, time):
    time.go(minutes=31)

    asked = client.get("/account/password")
    wrong = client.post(asked.headers["Location"], data={"prove_password": "wrong"})
    right = client.post(asked.headers["Location"], data={"prove_password": PASSWORD})

    assert asked.headers["Location"] == "/account/prove?next=/account/password"
    assert (wrong.status_code, right.status_code) == (422, 303)
    assert right.headers["Location"] == "/account/password"
    assert client.get("/account/password").status_code == 200


def test_a_form_that_was_sent_too_late_goes_along_and_is_done_after_the_proof(client, person, time):
    time.go(minutes=31)
    filled = {"name": "For the “ledger” <b>", "scopes": ["read", "file"], "days": "30"}

    asked = client.post("/account/tokens", data=filled)
    page = client.post(asked.headers["Location"], data=filled)
    carried = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text)
    proof = {"prove_password": PASSWORD, **filled}
    done = client.post(asked.headers["Location"], data=proof)
    made = client.post(done.headers["Location"], data=proof)

    assert (asked.status_code, done.status_code, made.status_code) == (307, 307, 200)
    assert {("scopes", "read"), ("scopes", "file"), ("days", "30")} <= set(carried)
    assert "<b>" not in page.text
    assert "It is shown now and never again" in made.text


def test_who_has_a_factor_is_asked_for_it_and_the_password_alone_opens_nothing(client, person, time):
    secret, codes = set_up_app(client)
    time.go(minutes=31)
    ask = "/account/prove?next=/account/password"

    page = client.get(ask).text
    by_password = client.post(ask, data={"prove_password": PASSWORD})
    by_both = client.post(ask, data={"prove_password": PASSWORD, "prove_code": "000000"})
    still_shut = client.get("/account/password")
    by_code = client.post(ask, data={"prove_code": code_of(secret)})

    assert ("prove_code" in page, "prove_password" in page) == (True, False)
    assert (by_password.status_code, by_both.status_code, still_shut.status_code) == (422, 422, 303)
    assert (by_code.status_code, by_code.headers["Location"]) == (303, "/account/password")
    assert client.get("/account/password").status_code == 200

    time.go(minutes=31)
    assert client.post(ask, data={"prove_code": codes[0]}).status_code == 303  # the telephone is lost


@pytest.mark.parametrize("page", ["/admin/people/invite", "/account/tokens", "/desk/triage/use"])
def test_no_page_that_asks_again_takes_the_password_of_who_has_a_factor(client, time, page):
    admin = saved(a_person, Role.ADMIN)
    give_password(client, admin)
    set_up_app(client)
    time.go(minutes=31)
    asked = client.post(page, data={"name": "x"})

    refused = client.post(asked.headers["Location"], data={"prove_password": PASSWORD, "name": "x"})

    assert (asked.status_code, refused.status_code) == (307, 422)


def test_guessing_at_the_factor_is_an_alarm(client, person, time):
    set_up_app(client)
    time.go(minutes=31)
    for _ in range(10):
        client.post("/account/prove", data={"prove_code": "000000"})

    told = session().scalars(select(SecurityEvent.kind)).all()
    page = client.post("/account/prove", data={"prove_code": "000000"}).text
    assert told.count(EventKind.FACTOR_GUESSED) == 1
    assert "Wait a quarter of an hour" in page


def test_the_proof_leads_nowhere_else(client, person):
    answer = client.post("/account/prove?next=//evil.example", data={"prove_password": PASSWORD, "x": "1"})

    assert answer.headers["Location"] == "/account"


def test_guessing_at_the_proof_ends_after_ten_tries(client, person, time):
    time.go(minutes=31)
    for _ in range(10):
        client.post("/account/prove", data={"prove_password": "wrong"})

    assert client.post("/account/prove", data={"prove_password": PASSWORD}).status_code == 422


def test_a_token_proves_it_for_programs(app):
    with app.test_request_context("/api/v1/cases"):
        assert is_fresh()
    with app.test_request_context("/desk"):
        assert not is_fresh()
        from flask import g

        g.proved_at = clock.now()
        assert is_fresh()
