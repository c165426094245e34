"""Sessions that die when they should, links and redirects that lead nowhere else, headers on every answer."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app.accounts import queries
from app.accounts.models import ApiToken, SignInSession, User
from app.cases.models import Case
from app.core.db import session, transaction
from tests.attacks.test_access import GET
from tests.attacks.test_api import reader_of
from tests.attacks.world import World, addresses, changed, everything
from tests.committee.factories import declare
from tests.factories import PASSWORD

INLINE = re.compile(rb"<[^>]+\s(?:style|on[a-z]+)\s*=|javascript:|<style", re.IGNORECASE)
SCRIPT = re.compile(rb"<script(?![^>]*(?:nonce=|src=\"/static/|type=\"application/json\"))", re.IGNORECASE)


def cookie(browser: FlaskClient) -> str:
    held = browser.get_cookie("heng")
    assert held is not None
    return held.value


def signed_in(world: World, held: str) -> bool:
    browser = world.app.test_client()
    browser.set_cookie("heng", held)
    return browser.get("/desk").status_code == 200


def test_a_session_is_dead_after_signing_out_though_its_cookie_was_kept(world: World):
    browser = world.browser("lead")
    held = cookie(browser)
    assert signed_in(world, held)

    browser.post("/signout")

    assert not signed_in(world, held)


def test_a_session_and_a_token_are_dead_once_their_person_is_disabled(world: World, time):
    browser = world.browser("lead")
    with transaction():
        session().execute(update(User).where(User.email == world.people["lead"]).values(disabled_at=time.at))

    assert not signed_in(world, cookie(browser))
    assert world.ask("lead", browser, "/api/v1/cases").status_code == 401


def test_signing_in_begins_a_new_session_and_ends_the_one_before(world: World):
    browser = world.browser("lead")
    before = cookie(browser)

    browser.post("/signin", data={"email": world.people["lead"], "password": PASSWORD})

    assert cookie(browser) != before
    assert not signed_in(world, before)
    assert signed_in(world, cookie(browser))


def test_a_session_that_somebody_else_chose_opens_nothing(world: World):
    browser = world.app.test_client()
    browser.get("/signin")
    browser.set_cookie("heng", "chosen")

    browser.post("/signin", data={"email": world.people["lead"], "password": PASSWORD})

    assert cookie(browser) != "chosen"
    assert not signed_in(world, "chosen")


def test_a_session_in_the_browser_opens_no_call_of_the_api(world: World):
    assert world.browser("lead").get("/api/v1/cases").status_code == 401


@pytest.mark.parametrize(
    "target", ["//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil.example", "javascript:alert(1)",
               "/%09/evil.example", "\\\\evil.example", "///evil.example", " //evil.example"],
)  # fmt: skip
@pytest.mark.parametrize("door", ["/signin", "/account/language/en"])
def test_a_redirect_never_leaves_the_house(world: World, door: str, target: str):
    browser = world.app.test_client()
    options = {"query_string": {"next": target}}
    data = {"email": world.people["lead"], "password": PASSWORD}

    answer = browser.post(door, data=data, **options) if door == "/signin" else browser.get(door, **options)

    assert answer.status_code == 303
    assert re.match(r"/(?![/\\\t])", answer.headers["Location"])
    assert "//evil" not in answer.headers["Location"]


def test_a_code_leads_on_only_within_its_case(world: World):
    browser, token = world.browser("consumer"), next(u for n, u in addresses(world, "GET") if n == "/<lang>/c/<token>")

    answer = browser.get(f"{token}/verify", query_string={"next": f"//evil.example{token}"})

    assert answer.headers["Location"] == token


@pytest.mark.parametrize("host", ["evil.example", "desk.test.evil.example", "desk.test@evil.example", "a b"])
def test_another_host_is_refused_and_never_stands_in_a_link(world: World, host: str):
    answer = world.app.test_client().get("/en/track", headers={"Host": host})

    assert answer.status_code == 400
    assert b"evil.example" not in answer.data


def test_links_that_are_sent_are_made_from_the_configured_address(world: World):
    world.app.test_client().post(
        "/api/v1/complaints", json={"narrative": "拒绝退货", "complainant": {"email": "a@b.test"}},
        headers={"Idempotency-Key": "1", "X-Forwarded-Host": "evil.example"},
    )  # fmt: skip
    from app.core.messages import OutboundMessage

    bodies = [each.body for each in session().scalars(select(OutboundMessage))]

    assert any("http://desk.test/" in body for body in bodies)
    assert not any("evil.example" in body for body in bodies)


def test_only_hashes_of_what_opens_something_are_stored(world: World):
    with_secrets = [value for key, value in world.ids.items() if key.startswith(("token-", "confirmation-", "draft"))]
    from tests.attacks.world import everything

    stored = "".join(rows for name, rows in everything().items() if name not in ("outbound_messages", "outbox"))

    assert [secret for secret in with_secrets if secret in stored] == []
    for column in (SignInSession.token_hash, ApiToken.token_hash, Case.link_hash, Case.access_hash):
        assert all(re.fullmatch("[0-9a-f]{64}", each) for each in session().scalars(select(column)))


def test_case_and_contact_that_do_not_belong_together_are_answered_alike(world: World):
    def asked(number: str, contact: str) -> tuple:
        answer = world.app.test_client().post("/en/track", data={"number": number, "contact": contact})
        kept = {name for name, _ in answer.headers}
        return answer.status_code, answer.headers["Location"], answer.data, kept

    known = world.cases["mediated"]
    right = asked(known, "lin@example.test")

    assert asked(known, "wrong@example.test") == right
    assert asked("H2026-999999-4", "lin@example.test") == right


def test_every_answer_carries_its_headers_and_no_page_an_inline_script_or_style(world: World):
    browsers = {reader: world.browser(reader) for reader in {reader_of(name) for name in GET}}
    wrong = []

    for name, address in addresses(world, "GET"):
        reader = reader_of(name)
        answer = world.ask(reader, browsers[reader], address)
        policy = answer.headers.get("Content-Security-Policy", "")
        if "default-src 'none'" not in policy or "unsafe" in policy:
            wrong.append(f"{name}: policy")
        if answer.headers.get("X-Content-Type-Options") != "nosniff":
            wrong.append(f"{name}: sniffing")
        private = reader != "nobody" or "<token>" in name
        if private and not re.search("no-store|private", answer.headers.get("Cache-Control", "")):
            wrong.append(f"{name}: kept by caches")
        if answer.mimetype == "text/html" and (INLINE.search(answer.data) or SCRIPT.search(answer.data)):
            wrong.append(f"{name}: inline")

    assert wrong == []


def test_no_cookie_can_be_read_by_a_script_or_sent_from_another_site(world: World):
    browser = world.app.test_client()
    answers = [
        browser.get("/account/language/en"),
        browser.post("/en/complain"),
        browser.post("/en/track", data={"number": world.cases["mediated"], "contact": "lin@example.test"}),
        browser.post("/signin", data={"email": world.people["lead"], "password": PASSWORD}),
    ]

    cookies = [each for answer in answers for each in answer.headers.getlist("Set-Cookie")]

    assert len(cookies) >= 3
    assert [each for each in cookies if "HttpOnly" not in each or "SameSite=Lax" not in each] == []


def test_a_member_who_stood_aside_can_do_nothing_with_a_page_that_is_still_open(world: World):
    """Their seat is gone from the very next request, whichever door they use."""
    number, browser = world.cases["judged"], world.browser("member")
    assert browser.get(f"/committee/{number}/vote").status_code == 200
    person = queries.by_email(world.people["member"])
    case = session().scalars(select(Case).where(Case.number == number)).one()
    declare(case, person, "conflict", "We were neighbours.")
    before = everything()

    page = browser.post(f"/committee/{number}/vote", data={"reasons": "x" * 100})
    call = world.ask("member", browser, f"/api/v1/cases/{number}/actions/vote", "POST", json={"reasons": "x" * 100})

    assert {page.status_code, call.status_code} <= {403, 404}
    assert changed(before) <= {"api_tokens", "sightings"}
