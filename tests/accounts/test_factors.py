"""A second factor: set up, asked for, taken once, lost and replaced."""

from __future__ import annotations

import re

import pytest

from app.accounts import queries, service_factors
from app.accounts.models import SignInSession, Stage
from app.accounts.models_proof import Factor, FactorKind, RecoveryCode
from app.core.db import session
from tests.accounts.conftest import code_of, give_password, set_up_app
from tests.factories import a_person, an_act, an_organisation, saved
from workflows.procedure.authority import Role


@pytest.fixture
def person(app):
    return saved(a_person, Role.MEDIATOR)


def inside(client) -> bool:
    return client.get("/desk").status_code == 200


def test_the_password_alone_opens_nothing_where_a_second_factor_is_required(client, required, person):
    answer = give_password(client, person)

    assert answer.headers["Location"] == "/account/factors"
    assert client.get("/desk").headers["Location"].startswith("/signin")
    assert client.get("/account").headers["Location"].startswith("/signin")
    assert "Set up a second factor" in client.get("/account/factors").text


def test_respondents_need_one_too(client, required, app):
    shop = saved(an_organisation)
    person = saved(a_person, Role.RESPONDENT, organisation_id=shop.id)

    assert give_password(client, person).headers["Location"] == "/account/factors"
    assert client.get("/r").status_code == 303


def test_setting_an_app_up_lets_the_person_in_under_a_new_session_and_shows_recovery_codes_once(
    client, required, person
):
    give_password(client, person)
    half = client.get_cookie("heng").value

    _secret, codes = set_up_app(client)

    assert len(set(codes)) == 10
    assert inside(client)
    client.set_cookie("heng", half)
    assert not inside(client)
    stored = set(session().scalars(RecoveryCode.__table__.select().with_only_columns(RecoveryCode.code_hash)))
    assert len(stored) == 10
    assert not stored & set(codes)


def test_the_secret_of_an_app_is_sealed(client, required, person):
    give_password(client, person)
    secret, _ = set_up_app(client)

    [factor] = queries.factors(person)

    assert secret.replace(" ", "") not in factor.secret
    assert service_factors.unseal("totp", factor.secret).decode() == secret.replace(" ", "")


def test_a_code_is_asked_for_after_the_password_and_taken_once(client, required, person, time):
    give_password(client, person)
    secret, _ = set_up_app(client)
    client.post("/signout")
    time.go(minutes=1)

    assert give_password(client, person).headers["Location"] == "/signin/second"
    assert not inside(client)
    wrong = client.post("/signin/second", data={"code": "000000"})
    right = client.post("/signin/second", data={"code": code_of(secret)})

    assert (wrong.status_code, right.status_code) == (422, 303)
    assert inside(client)
    client.post("/signout")
    give_password(client, person)
    assert client.post("/signin/second", data={"code": code_of(secret)}).status_code == 422


def test_a_code_is_good_half_a_minute_early_or_late_and_no_longer(client, required, person, time):
    give_password(client, person)
    secret, _ = set_up_app(client)
    seen = []

    for seconds in (0, 30, 90):
        time.go(minutes=5)
        code = code_of(secret)
        time.go(seconds=seconds)
        client.post("/signout")
        give_password(client, person)
        seen.append(client.post("/signin/second", data={"code": code}).status_code)

    assert seen == [303, 303, 422]


def test_five_wrong_codes_end_the_half_open_session(client, required, person):
    give_password(client, person)
    set_up_app(client)
    client.post("/signout")
    give_password(client, person)

    seen = [client.post("/signin/second", data={"code": "000000"}) for _ in range(6)]

    assert [answer.status_code for answer in seen] == [422, 422, 422, 422, 303, 303]
    assert seen[-1].headers["Location"] == "/signin"


def test_a_recovery_code_works_once_however_it_is_typed(client, required, person):
    give_password(client, person)
    _, codes = set_up_app(client)
    seen = []

    for typed in (codes[0].lower().replace("-", " "), codes[0], codes[1]):
        client.post("/signout")
        give_password(client, person)
        seen.append(client.post("/signin/second", data={"code": typed}).status_code)

    assert seen == [303, 422, 303]


def test_the_only_factor_cannot_be_removed_where_one_is_required(client, required, person):
    give_password(client, person)
    set_up_app(client)
    [factor] = queries.factors(person)

    refused = client.post(f"/account/factors/{factor.id}/remove")

    assert refused.status_code == 403
    assert len(queries.factors(person)) == 1


def test_where_it_is_optional_a_factor_that_was_set_up_is_asked_for(client, person):
    assert give_password(client, person).headers["Location"] == "/desk"
    set_up_app(client)
    client.post("/signout")

    assert give_password(client, person).headers["Location"] == "/signin/second"


def test_nobody_removes_somebody_elses_factor(client, person):
    other = saved(a_person, Role.LEAD)
    saved(service_factors._add, Factor(user=other, user_id=other.id, kind=FactorKind.TOTP, name="x", secret="x",
                                       created_at=other.created_at), an_act())  # fmt: skip
    give_password(client, person)

    client.post(f"/account/factors/{queries.factors(other)[0].id}/remove")

    assert len(queries.factors(other)) == 1


def test_a_half_open_session_runs_out_in_ten_minutes(client, required, person, time):
    give_password(client, person)
    time.go(minutes=11)

    assert client.get("/account/factors").headers["Location"].startswith("/signin")
    assert {each.stage for each in session().query(SignInSession)} == {Stage.ENROL}


def test_the_page_says_that_a_demo_asks_for_the_password_alone(client, app, person):
    file = app.config["HENG"].data_dir / "demo-accounts.json"
    file.write_text("[]")

    said = client.get("/signin").text
    file.unlink()

    assert re.search("here the password alone is enough", said)
    assert "here the password alone" not in client.get("/signin").text
