"""Links by which people choose a password: of one use, for a while, made from BASE_URL, the same for unknown people."""

from __future__ import annotations

import pytest

from app.accounts import queries, service_people
from app.accounts.models_proof import SignInLink
from app.core.db import session
from tests.accounts.conftest import give_password
from tests.factories import PASSWORD, a_person, acting, saved
from workflows.procedure.authority import Role
from workflows.procedure.errors import Invalid, NotPermitted

NEW = "plum kettle orbit 7"


@pytest.fixture
def person(app):
    return saved(a_person, Role.MEDIATOR)


@pytest.fixture
def admin(app):
    return saved(a_person, Role.ADMIN)


def invite(admin, **changes):
    asked = {"email": "new@desk.test", "name": "New", "roles": [Role.MEDIATOR], "organisation_id": None,
             "language": "en"} | changes  # fmt: skip
    return saved(service_people.invite, **asked, act=acting(admin))


def test_an_invitation_lets_the_person_choose_a_password_once(client, admin, sent_link):
    invite(admin)
    link = sent_link()

    looked = client.get(link)
    done = client.post(link, data={"password": NEW})

    assert "Welcome, New" in looked.text
    assert done.headers["Location"] == "/desk"
    assert client.get("/desk").status_code == 200
    assert client.post(link, data={"password": NEW}).status_code == 404
    assert give_password(client, queries.by_email("new@desk.test"), NEW).status_code == 303


def test_only_the_hash_of_a_link_is_stored(admin, sent_link):
    invite(admin)
    token = sent_link().rpartition("/")[2]

    [stored] = session().query(SignInLink)

    assert len(stored.token_hash) == 64
    assert token not in stored.token_hash
    assert len(token) >= 22  # 128 bits


def test_a_reset_ends_every_session_and_every_other_link(client, app, person, sent_link):
    elsewhere = app.test_client()
    give_password(elsewhere, person)
    client.post("/signin/forgot", data={"email": person.email})
    first = sent_link()
    client.post("/signin/forgot", data={"email": person.email})
    second = sent_link()

    client.post(second, data={"password": NEW})

    assert elsewhere.get("/desk").status_code == 303
    assert client.get(first).status_code == 404
    assert give_password(client, person, PASSWORD).status_code == 422


def test_a_reset_does_not_replace_the_second_factor(client, required, person, sent_link):
    from tests.accounts.conftest import set_up_app

    give_password(client, person)
    set_up_app(client)
    client.post("/signout")
    client.post("/signin/forgot", data={"email": person.email})

    assert client.post(sent_link(), data={"password": NEW}).headers["Location"] == "/signin/second"
    assert client.get("/desk").status_code == 303


def test_a_link_dies_after_an_hour(client, person, sent_link, time):
    client.post("/signin/forgot", data={"email": person.email})
    link = sent_link()
    time.go(minutes=61)

    assert client.get(link).status_code == 404


def test_asking_for_a_link_looks_and_costs_the_same_whether_anybody_has_the_address(client, person, count_queries):
    def asked(address):
        with count_queries() as seen:
            answer = client.post("/signin/forgot", data={"email": address})
        return answer.status_code, answer.text.replace(address, ""), list(seen)

    known, unknown = asked(person.email), asked("nobody@desk.test")

    assert known[0] == unknown[0]
    assert known[1].partition("nonce")[0] == unknown[1].partition("nonce")[0]
    assert known[2] == unknown[2]


def test_nobodys_letter_box_is_flooded(client, person, deliver):
    for _ in range(8):
        client.post("/signin/forgot", data={"email": person.email})
    deliver()

    assert session().query(SignInLink).count() == service_people.LINKS_AN_HOUR


@pytest.mark.parametrize(
    "password", ["short", "password123", "1234567890", "qwertyuiop", "aaaaaaaaaaaa", "new@desk.test"]
)
def test_a_password_that_is_guessed_first_is_refused_and_the_link_stays(client, admin, sent_link, password):
    invite(admin)
    link = sent_link()

    assert client.post(link, data={"password": password}).status_code == 422
    assert client.get(link).status_code == 200


def test_disabling_ends_sessions_tokens_and_links(client, admin, person, sent_link):
    give_password(client, person)
    client.post("/signin/forgot", data={"email": person.email})
    link = sent_link()

    saved(service_people.disable, person, act=acting(admin))

    assert client.get("/desk").status_code == 303
    assert client.get(link).status_code == 404
    assert give_password(client, person).status_code == 422


def test_nobody_changes_their_own_account_and_respondents_have_no_other_role(admin, person):
    with pytest.raises(NotPermitted):
        service_people.set_roles(admin, [Role.LEAD], act=acting(admin))
    with pytest.raises(NotPermitted):
        service_people.disable(admin, act=acting(admin))
    for roles in ([Role.RESPONDENT], [Role.MEDIATOR, Role.SUPERVISOR], []):
        with pytest.raises(Invalid):
            service_people.set_roles(person, roles, act=acting(admin))
