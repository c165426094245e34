"""A shop's signed link: its facts fill the form in and are marked; what cannot be believed is told, nothing is lost."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re

import pytest
from sqlalchemy import select

from app.cases.models import Case, Finding
from app.core.db import session
from app.intake.models import ShopFacts
from app.organisations import order_links, service_keys
from tests.factories import a_person, acting, an_organisation, saved, sign_in
from tests.intake.test_filing import CHECK, CONTACT, DETAILS, OUTCOME, PROBLEM, post
from workflows.procedure.authority import Role

ORDER = {
    "id": "O-2026-1", "category": "apparel", "goods_total_minor": 19900, "currency": "CNY",
    "received_at": "2026-08-30T15:20:00+08:00", "hold_minor": 9000,
}  # fmt: skip
FACTS = {"order": ORDER, "nonce": "7f3a9c1e", "expires_at": "2026-09-30T00:00:00+08:00"}


@pytest.fixture
def shop(app):
    return saved(an_organisation, name="晴川服饰")


@pytest.fixture
def person(shop):
    return saved(a_person, Role.RESPONDENT, organisation_id=shop.id)


@pytest.fixture
def key(person):
    return saved(service_keys.make, act=acting(person))


def encoded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def signed_by(name: str, secret: str, facts: dict) -> str:
    """Return a link as a shop makes it from what docs/widget.md says, without any code of ours."""
    signed = f"{name}.{encoded(json.dumps(facts).encode())}"
    return f"{signed}.{encoded(hmac.new(secret.encode(), signed.encode(), hashlib.sha256).digest())}"


def link(key, **changes) -> str:
    return signed_by(key.name, order_links.secret_of(key), FACTS | changes)


def opened(client, signed: str, language: str = "en"):
    return client.get(f"/{language}/from-shop", query_string={"order": signed})


def begin(client, signed: str):
    answer = client.post("/en/from-shop", data={"order": signed})
    assert (answer.status_code, answer.location) == (303, "/en/complain/order")


def finish(client, order=None, details=None):
    shown = client.get("/en/complain/order").text
    typed = dict(re.findall(r'name="(order_number|merchant|paid)"[^>]*value="([^"]*)"', shown))
    steps = {"order": typed | {"category": "apparel"} | (order or {}), "problem": PROBLEM,
             "details": DETAILS | (details or {}), "outcome": OUTCOME, "contact": CONTACT}  # fmt: skip
    for step, answers in steps.items():
        assert post(client, step, answers, "en").status_code == 303
    check = client.get("/en/complain/check").text
    assert post(client, "check", CHECK, "en").status_code == 303
    return check


def case():
    return session().scalars(select(Case).order_by(Case.id.desc())).first()


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_the_page_shows_what_the_shop_signed_and_opening_it_changes_nothing(client, key, language):
    page = opened(client, link(key), language)

    assert page.status_code == 200
    assert all(words in page.text for words in ("晴川服饰", "O-2026-1", "199.00"))
    assert "Set-Cookie" not in page.headers or "draft=" not in page.headers["Set-Cookie"]


def test_the_facts_are_filled_in_signed_and_judged_by_the_rules(client, shop, key):
    begin(client, link(key))
    assert 'value="2026-08-30"' in client.get("/en/complain/details").text or post(client, "problem", PROBLEM, "en")
    assert 'value="2026-08-30"' in client.get("/en/complain/details").text

    check = finish(client)

    made = case()
    assert "Signed by 晴川服饰" in check
    assert made.respondent_id == shop.id
    assert made.order_facts["received_at"] == "2026-08-30T07:20:00+00:00"  # the shop's instant, not noon of that day
    assert made.order_facts["hold_minor"] == 9000
    assert session().scalars(select(ShopFacts)).one().case_id == made.id
    breaches = {each.clause for each in session().scalars(select(Finding)) if each.verdict == "breach"}
    assert {"2.1.3.3", "2.1.6.1"} <= breaches  # more than a tenth was held: only the shop knew


def test_what_the_complainant_says_otherwise_stands_and_both_are_seen_at_the_desk(client, key):
    begin(client, link(key))
    finish(client, details={"received_on": "2026-08-31"})

    made = case()
    sign_in(client, saved(a_person, Role.LEAD))
    page = client.get(f"/desk/cases/{made.number}").text
    assert made.order_facts["received_at"].startswith("2026-08-31")
    assert "Signed by the shop" in page
    assert "2026-08-30T07:20" in page


@pytest.mark.parametrize("other", [{"order_number": "X-9"}, {"merchant": "另一家店"}])
def test_another_order_or_shop_goes_on_without_the_mark(client, key, other):
    begin(client, link(key))

    assert "Signed by" not in finish(client, order=other)
    assert "hold_minor" not in case().order_facts
    assert session().scalars(select(ShopFacts)).all() == []


def test_one_link_marks_one_case(client, app, key):
    second = app.test_client()
    begin(client, link(key))
    begin(second, link(key))
    finish(client)
    finish(second)

    assert session().scalars(select(ShopFacts)).one()
    refused = opened(app.test_client(), link(key))
    assert (refused.status_code, "already" in refused.text) == (422, True)


def spoiled(key) -> dict[str, str]:
    whole = link(key)
    name, facts, signature = whole.split(".")
    other = encoded(json.dumps(FACTS | {"order": ORDER | {"goods_total_minor": 1}}).encode())
    return {
        "changed": f"{name}.{other}.{signature}", "another key": f"0000000000.{facts}.{signature}",
        "cut": whole[:-5], "no link": "x", "long": whole + "A" * 6000, "no ascii": whole + "é",
        "unsigned": f"{name}.{facts}.", "another's secret": signed_by(key.name, "hosk_x", FACTS),
    }  # fmt: skip


REASONS = {
    "expired": {"expires_at": "2026-09-01T03:59:59+00:00"}, "no day": {"expires_at": "soon"},
    "no number": {"order": {}},
    "no nonce": {"nonce": ""}, "nonsense": {"order": ORDER | {"goods_total_minor": "x"}}, "more": {"price": 1},
    "a list": {"order": []}, "events": {"events": [{"type": "moon"}]}, "blank": {"order": ORDER | {"id": " "}},
}  # fmt: skip


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_what_was_tampered_with_is_told_and_the_form_goes_on_without_it(client, key, language):
    for what, signed in spoiled(key).items():
        page = opened(client, signed, language)
        assert page.status_code == 422, what
        assert "O-2026-1" not in re.sub(r'value="[^"]*"', "", page.text), what
        assert f"/{language}/complain" in page.text


@pytest.mark.parametrize("what", REASONS)
def test_what_a_shop_signed_wrongly_or_too_long_ago_is_told(client, key, what):
    page = opened(client, link(key, **REASONS[what]))

    assert page.status_code == 422
    assert ("expired" in page.text) is (what == "expired")


def test_a_revoked_key_signs_nothing_any_more(client, person, key):
    sign_in(client, person)
    assert client.post(f"/r/settings/order-links/{key.id}/revoke").status_code == 303

    page = opened(client, link(key))

    assert (page.status_code, "withdrawn" in page.text) == (422, True)
    assert client.post("/en/from-shop", data={"order": link(key)}).status_code == 422


def test_a_secret_is_shown_once_and_a_second_key_makes_a_change_over(client, person):
    sign_in(client, person)
    pages = [client.post("/r/settings/order-links", follow_redirects=True).text for _ in range(4)]
    secrets = [set(re.findall(r"hosk_[\w-]{43}", page)) for page in pages]
    names = re.findall(r'<strong class="num">([0-9a-f]{10})</strong>', pages[-1])

    assert [len(each) for each in secrets] == [1, 1, 1, 0]  # three at most
    assert not re.search(r"hosk_[\w-]{43}", client.get("/r/settings/order-links").text)
    for secret, name in zip(secrets, names, strict=False):
        assert opened(client, signed_by(name, next(iter(secret)), FACTS)).status_code == 200


def test_another_shop_can_revoke_nothing(client, key):
    sign_in(client, saved(lambda: a_person(Role.RESPONDENT, organisation_id=an_organisation().id)))

    assert client.post(f"/r/settings/order-links/{key.id}/revoke").status_code == 404
    assert key.name not in client.get("/r/settings/order-links").text


def test_the_script_may_be_loaded_and_kept_by_any_page_and_no_page_of_ours_framed(client, key):
    script = client.get("/widget/button.js")

    assert script.mimetype == "text/javascript"
    assert script.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert script.headers["Cache-Control"] == "public, max-age=86400"
    assert "Set-Cookie" not in script.headers
    assert opened(client, link(key)).headers["X-Frame-Options"] == "DENY"


def test_the_door_leads_to_the_readers_language(client, key):
    answer = client.get("/from-shop", query_string={"order": link(key)}, headers={"Accept-Language": "zh-TW"})

    assert answer.location == f"/zh-hant/from-shop?order={link(key)}"


def test_our_own_sample_is_believed_for_an_hour(client, person, key, time):
    sign_in(client, person)
    page = client.get("/r/settings/order-links").text
    sample = re.search(r'order=([\w-]+\.[\w-]+\.[\w-]+)"', page).group(1)

    assert opened(client, sample).status_code == 200
    time.go(hours=1)
    assert opened(client, sample).status_code == 422
