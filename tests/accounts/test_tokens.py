"""Tokens for programs: shown once, for some purposes only, revoked at once."""

from __future__ import annotations

import re

import pytest

from app.accounts import service_tokens
from app.core.db import session
from tests.accounts.conftest import give_password
from tests.factories import a_case, a_person, an_act, saved
from workflows.procedure.authority import GRANTS, SCOPES, Permission, Role, Scope, permissions_of
from workflows.procedure.states import CaseState


@pytest.fixture
def person(client):
    person = saved(a_person, Role.MEDIATOR)
    give_password(client, person)
    return person


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_a_token_is_made_on_the_screen_shown_once_and_revoked(client, person):
    made = client.post("/account/tokens", data={"name": "Weekly figures", "scopes": ["read"], "days": "30"})
    token = re.search(r'id="token" readonly value="([^"]+)"', made.text)[1]
    assert client.get("/api/v1/cases", headers=bearer(token)).status_code == 200
    session().rollback()
    [kept] = service_tokens.tokens_of(person)

    page = client.get("/account").text
    client.post(f"/account/tokens/{kept.id}/revoke")

    assert token not in page
    assert "Weekly figures" in page
    assert kept.used_at is not None
    assert client.get("/api/v1/cases", headers=bearer(token)).status_code == 401


@pytest.mark.parametrize("wrong", [{"name": ""}, {"scopes": []}, {"scopes": ["everything"]}, {"days": "100000"}])
def test_a_token_needs_a_purpose_scopes_and_an_end(client, person, wrong):
    asked = {"name": "x", "scopes": ["read"], "days": "30"} | wrong

    assert client.post("/account/tokens", data=asked).status_code == 422
    assert service_tokens.tokens_of(person) == []


def test_a_token_dies_with_its_time(client, person, time):
    token = saved(service_tokens.give_token, person, "x", act=an_act(), days=30)
    time.go(days=30)

    assert client.get("/api/v1/cases", headers=bearer(token)).status_code == 401


@pytest.mark.parametrize(
    ("scope", "reads", "acts"),
    [(Scope.READ, 200, 403), (Scope.WORK, 404, 200), (Scope.FILE, 403, 403), (Scope.DECIDE, 404, 404)],
)
def test_a_token_does_what_its_scopes_allow_and_no_more(client, person, scope, reads, acts):
    case = saved(a_case, CaseState.MEDIATION)
    token = bearer(saved(service_tokens.give_token, person, "x", act=an_act(), scopes=[scope]))
    action = {"body": "您好，我们正在处理。"}

    seen = client.get(f"/api/v1/cases/{case.number}", headers=token).status_code
    done = client.post(f"/api/v1/cases/{case.number}/actions/reply", json=action, headers=token).status_code

    assert (seen, done) == (reads, acts) or (scope is Scope.WORK and done in (200, 404))


def test_all_scopes_together_are_everything_but_what_is_done_at_the_screen():
    together = permissions_of(Scope)
    at_the_screen = frozenset(Permission) - together

    assert {Permission.PEOPLE_MANAGE, Permission.APPROVAL_DECIDE, Permission.SECURITY_READ} <= at_the_screen
    assert not at_the_screen & (GRANTS[Role.MEDIATOR] | GRANTS[Role.CHAIR] | GRANTS[Role.RESPONDENT])
    assert set(SCOPES) == set(Scope)
