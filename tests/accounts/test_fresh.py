"""Before something that cannot be taken back, the reader proves once more who they are; what they wrote is kept."""

from __future__ import annotations

import re

import pytest

from app.core import clock
from app.web.guards import is_fresh
from tests.accounts.conftest import code_of, give_password, set_up_app
from tests.factories import PASSWORD, a_person, saved
from workflows.procedure.authority import Role

FRESH = {
    "accounts_own.make_token", "accounts_own.password", "accounts_own.recovery", "accounts_own.remove_factor",
    "committee.sign", "committee.vote", "outcomes.publish",
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


def test_a_code_of_the_app_will_do_as_well(client, person, time):
    secret, _ = set_up_app(client)
    time.go(minutes=31)

    answer = client.post("/account/prove?next=/account/password", data={"prove_code": code_of(secret)})

    assert answer.headers["Location"] == "/account/password"


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
