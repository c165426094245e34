"""One's own sessions: seen, ended elsewhere, ended by a new password."""

from __future__ import annotations

import pytest

from app.accounts import queries
from app.accounts.models import SignInSession
from app.core.clock import now
from app.core.db import session
from tests.accounts.conftest import give_password
from tests.factories import PASSWORD, a_person, saved
from workflows.procedure.authority import Role

NEW = "plum kettle orbit 7"


@pytest.fixture
def person(client):
    person = saved(a_person, Role.MEDIATOR)
    give_password(client, person)
    return person


@pytest.fixture
def elsewhere(app, person):
    browser = app.test_client()
    give_password(browser, person, headers={"User-Agent": "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0"})
    return browser


def inside(browser) -> bool:
    return browser.get("/desk").status_code == 200


def test_the_other_browser_is_seen_by_name_and_signed_out(client, person, elsewhere):
    page = client.get("/account").text
    other = queries.sessions_of(person, at=now())[0]

    client.post(f"/account/sessions/{other.id}/end")

    assert "Firefox · Windows" in page
    assert (inside(client), inside(elsewhere)) == (True, False)


def test_all_others_are_signed_out_at_once(client, person, elsewhere):
    client.post("/account/sessions/others")

    assert (inside(client), inside(elsewhere)) == (True, False)


def test_nobody_ends_somebody_elses_session(app, client, person):
    other, browser = saved(a_person, Role.LEAD), app.test_client()
    give_password(browser, other)

    client.post(f"/account/sessions/{queries.sessions_of(other, at=now())[0].id}/end")

    assert inside(browser)


def test_a_new_password_ends_every_other_session_and_renews_this_one(client, person, elsewhere):
    before = client.get_cookie("heng").value
    wrong = client.post("/account/password", data={"current": "wrong", "password": NEW})
    done = client.post("/account/password", data={"current": PASSWORD, "password": NEW})

    assert (wrong.status_code, done.status_code) == (422, 303)
    assert (inside(client), inside(elsewhere)) == (True, False)
    elsewhere.set_cookie("heng", before)
    assert not inside(elsewhere)


def test_a_proof_gives_the_session_a_new_id(client, app, person, time):
    before = client.get_cookie("heng").value
    time.go(minutes=31)
    client.post("/account/prove", data={"prove_password": PASSWORD})
    old = app.test_client()
    old.set_cookie("heng", before)

    assert (inside(client), inside(old)) == (True, False)
    assert session().query(SignInSession).count() == 2


def test_a_session_lives_twelve_hours(client, person, time):
    time.go(hours=12, minutes=1)

    assert not inside(client)
