"""Guessing at passwords: slowed down, told to administrators, and no way to lock somebody else out."""

from __future__ import annotations

from unittest import mock

import pytest
from sqlalchemy import select

from app.accounts import service
from app.accounts.models_watch import EventKind, SecurityEvent
from app.core.db import session
from app.core.messages import OutboundMessage
from tests.accounts.conftest import give_password
from tests.factories import PASSWORD, a_person, saved
from workflows.procedure.authority import Role


@pytest.fixture
def person(app):
    return saved(a_person, Role.MEDIATOR)


def guess(browser, address: str, times: int):
    return [browser.post("/signin", data={"email": address, "password": f"wrong {n}"}) for n in range(times)]


def test_after_ten_wrong_tries_strangers_are_not_listened_to_even_with_the_right_password(app, client, person, time):
    answers = guess(client, person.email, 11)

    assert [answer.status_code for answer in answers] == [422] * 10 + [429]
    assert answers[-1].headers["Retry-After"] == "900"
    assert give_password(client, person).status_code == 429
    time.go(minutes=16)
    assert give_password(client, person).status_code == 303


def test_a_stranger_cannot_lock_somebody_out_of_the_browser_that_they_use(app, client, person):
    give_password(client, person)
    client.post("/signout")

    guess(app.test_client(), person.email, 12)

    assert give_password(app.test_client(), person).status_code == 429
    assert give_password(client, person).status_code == 303


def test_the_known_browser_has_no_more_tries_than_anybody(client, person):
    give_password(client, person)
    client.post("/signout")

    assert [answer.status_code for answer in guess(client, person.email, 11)] == [422] * 10 + [429]


def test_another_persons_browser_is_a_stranger(app, client, person):
    other = saved(a_person, Role.LEAD)
    give_password(client, other)
    client.post("/signout")
    guess(app.test_client(), person.email, 10)

    assert give_password(client, person).status_code == 429


def test_an_address_that_nobody_has_is_answered_just_the_same(app, person):
    def told(address):
        answers = guess(app.test_client(), address, 12)
        return [(each.status_code, strip(each.text, address), each.headers.get("Retry-After")) for each in answers]

    def strip(text, address):
        import re

        return re.sub(r'nonce="[^"]+"|data-options="[^"]+"', "", text).replace(address, "")

    assert told(person.email) == told("nobody@desk.test")


def test_a_wrong_try_costs_the_same_whether_anybody_has_the_address(app, client, person, count_queries):
    def cost(address):
        with count_queries() as seen, mock.patch.object(service, "_hasher", wraps=service._hasher) as hasher:
            client.post("/signin", data={"email": address, "password": "wrong"})
        return seen, hasher.verify.call_count

    service._nobodys_hash()
    guess(client, person.email, 1)
    guess(client, "nobody@desk.test", 1)

    known, unknown = cost(person.email), cost("nobody@desk.test")

    assert known == unknown
    assert known[1] == 1


def test_administrators_and_the_person_hear_of_it_once_an_hour(app, client, person, time):
    saved(a_person, Role.ADMIN, email="admin@desk.test")
    guess(client, person.email, 12)
    time.go(minutes=16)
    guess(client, person.email, 12)

    events = session().scalars(select(SecurityEvent).where(SecurityEvent.kind == EventKind.LOCKED)).all()
    told = [each.address for each in session().scalars(select(OutboundMessage))]

    assert [event.about_id for event in events] == [person.id, person.id]
    assert sorted(told) == sorted(["admin@desk.test", person.email])


def test_right_after_wrong_begins_counting_anew(client, person):
    for _ in range(3):
        guess(client, person.email, 8)
        assert give_password(client, person, PASSWORD).status_code == 303
        client.post("/signout")
