"""The private link shows, masked; a code from the contact that was given lets act; guessing it does not."""

import pytest
from sqlalchemy import select

from app.cases import queries
from app.cases.models_talk import Confirmation, OneTimeCode
from app.core.db import session, transaction
from app.core.messages import OutboundMessage
from app.web.limits import limiter
from tests.factories import a_case, link_of, saved
from tests.portal.conftest import Complainant, terms_typed
from workflows.procedure.states import CaseState

WRONG = "does not open the case"


def codes_sent():
    return [each for each in session().scalars(select(OutboundMessage)) if "验证码" in each.subject]


# --- looking ---------------------------------------------------------------------------------------------------------


def test_the_link_alone_shows_the_case_without_who_complained(me, mediated):
    with transaction():
        case = queries.case_to_work(mediated.case.id)
        case.narrative = "我叫林小雨，电话 138 0013 8000，住上海市静安区南京西路100号，邮箱 lin@example.test。"

    seen = me.get().text

    for secret in ("林小雨", "138 0013 8000", "13800138000", "lin@example.test", "南京西路100号"):
        assert secret not in seen
    assert "林**" in seen
    assert "138****8000" in seen
    assert "l***@example.test" in seen


def test_a_code_lifts_the_mask(me):
    me.confirm()

    seen = me.get().text

    assert "林小雨" in seen
    assert "+8613800138000" in seen


@pytest.mark.parametrize("page", ["", "/clocks", "/messages", "/evidence", "/verify"])
def test_no_search_engine_keeps_a_private_page(me, page):
    assert '<meta name="robots" content="noindex">' in me.get(page).text
    assert me.get(page).headers["Cache-Control"] == "no-store"


def test_a_link_that_opens_nothing_gets_a_page_that_helps(client, app):
    got = client.get("/en/c/nothing")

    assert got.status_code == 404
    assert "/en/track" in got.text


def test_the_page_is_told_in_the_language_of_its_address(me):
    got = me.client.get(me.base.replace("/en/", "/zh-hant/"))

    assert '<html lang="zh-Hant"' in got.text


# --- acting ----------------------------------------------------------------------------------------------------------

ACTING = ["/propose", "/fulfil", "/rate", "/appeal", "/withdraw", "/offer/1?answer=accept", "/offer/1?answer=decline"]


@pytest.mark.parametrize("path", ACTING)
def test_to_act_a_code_is_asked_for_first_and_leads_on(me, mediated, path):
    mediated.propose("respondent")

    asked = me.get(path)
    assert asked.status_code == 303
    assert "/verify" in asked.location

    me.client.post(asked.location.replace("/verify", "/verify/send"), data={"channel": "email"})
    led = me.client.post(asked.location, data={"code": me.last_code()})
    assert led.location.endswith(f"/c/{link_of(mediated.case)}{path}")
    assert me.client.get(led.location).status_code == 200


POSTS = [
    ("/messages", {"body": "hello"}),
    ("/offer/1", {"answer": "accept"}),
    ("/offer/1", {"answer": "decline"}),
    ("/withdraw", {}),
    ("/propose", terms_typed({"kind": "apology", "days": "3"})),
]


@pytest.mark.parametrize(("path", "data"), POSTS)
def test_nothing_is_done_without_a_code_and_what_was_written_comes_back(me, mediated, path, data):
    mediated.propose("respondent")
    before = mediated.case.last_seq

    got = me.post(path, data)

    assert got.status_code == 403
    assert "one-time code" in got.text
    assert mediated.case.last_seq == before
    assert all(value in got.text for value in data.values() if len(value) > 3)


def test_evidence_is_listed_but_not_handed_out_without_a_code(me):
    assert me.get("/evidence").status_code == 200
    assert me.get("/evidence/1").status_code == 303


def test_the_right_to_act_ends_after_two_hours(me, time):
    me.confirm()
    time.go(hours=1, minutes=59)
    assert me.get("/withdraw").status_code == 200

    time.go(minutes=1)
    assert me.get("/withdraw").status_code == 303


def test_the_right_to_act_can_be_given_up(me):
    me.confirm()
    me.post("/lock")

    assert me.get("/withdraw").status_code == 303
    assert session().scalars(select(Confirmation)).all() == []


def test_a_confirmation_opens_its_own_case_only(me, mediated, client):
    me.confirm()
    other = saved(a_case, CaseState.MEDIATION)
    mine = client.get_cookie(f"heng-{mediated.number}").value
    client.set_cookie(f"heng-{other.number}", mine)

    assert client.get(f"/en/c/{link_of(other)}/withdraw").status_code == 303


def test_the_cookie_cannot_be_read_by_scripts(me):
    me.post("/verify/send", {"channel": "email"})
    cookie = me.post("/verify", {"code": me.last_code()}).headers["Set-Cookie"]

    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


# --- the code --------------------------------------------------------------------------------------------------------


def test_a_code_goes_to_the_contact_that_was_given_and_only_its_hash_is_kept(me):
    me.post("/verify/send", {"channel": "sms"})

    (sent,) = codes_sent()
    assert sent.address == "+8613800138000"
    stored = session().scalars(select(OneTimeCode)).one()
    assert me.last_code() not in stored.code_hash
    assert len(stored.code_hash) == 64


def test_a_code_never_goes_anywhere_else(me):
    me.post("/verify/send", {"channel": "mallory@example.test"})

    assert codes_sent() == []


@pytest.mark.parametrize("typed", ["{} ", "{0:.3} {0:>.6}", "１２"])
def test_a_code_may_be_typed_with_spaces(me, typed):
    me.post("/verify/send", {"channel": "email"})
    code = me.last_code()
    typed = {"{} ": f" {code} ", "１２": code.translate({48 + n: 0xFF10 + n for n in range(10)})}.get(
        typed, f"{code[:3]} {code[3:]}"
    )

    assert me.post("/verify", {"code": typed}).status_code == 303


def test_five_wrong_codes_lock_the_right_one_out(me):
    me.post("/verify/send", {"channel": "email"})
    right = me.last_code()
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"

    for _ in range(5):
        assert WRONG in me.post("/verify", {"code": wrong}).text
    got = me.post("/verify", {"code": right})

    assert got.status_code == 422
    assert WRONG in got.text


def test_a_code_dies_after_ten_minutes(me, time):
    me.post("/verify/send", {"channel": "email"})
    code = me.last_code()
    time.go(minutes=10, seconds=1)

    assert me.post("/verify", {"code": code}).status_code == 422


def test_a_code_is_spent_once(me, app, mediated):
    me.confirm()
    other_browser = Complainant(app.test_client(), mediated)

    assert other_browser.post("/verify", {"code": me.last_code()}).status_code == 422


def test_a_new_code_ends_the_one_before_and_comes_no_sooner_than_after_a_minute(me, time):
    me.post("/verify/send", {"channel": "email"})
    first = me.last_code()
    me.post("/verify/send", {"channel": "email"})
    assert len(codes_sent()) == 1

    time.go(seconds=61)
    me.post("/verify/send", {"channel": "email"})
    assert len(codes_sent()) == 2
    if me.last_code() != first:
        assert me.post("/verify", {"code": first}).status_code == 422
    assert me.post("/verify", {"code": me.last_code()}).status_code == 303


def test_no_more_than_five_codes_an_hour_are_sent(me, time):
    for _ in range(8):
        me.post("/verify/send", {"channel": "email"})
        time.go(seconds=61)

    assert len(codes_sent()) == 5


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.test/", "//evil.test/c/x", "/desk", "/\\evil.test", "javascript:alert(1)"]
)
def test_a_code_leads_to_no_other_place(me, mediated, elsewhere):
    me.post("/verify/send", {"channel": "email"})

    got = me.post("/verify", {"code": me.last_code(), "next": elsewhere})

    assert got.location == f"/en/c/{link_of(mediated.case)}"


def test_the_code_field_welcomes_autofill(me):
    me.post("/verify/send", {"channel": "email"})

    assert 'autocomplete="one-time-code"' in me.get("/verify").text


# --- the way back ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("contact", ["lin@example.test", "LIN@example.test", "138 0013 8000", "+86-13800138000"])
def test_number_and_contact_lead_back_in(client, mediated, contact, deliver):
    sent = client.post("/en/track", data={"number": mediated.number.lower(), "contact": contact})
    deliver()
    code = Complainant(client, mediated).last_code()

    opened = client.post(sent.location, data={"code": code})

    assert opened.location == f"/en/c/{link_of(mediated.case)}"
    assert "林小雨" in client.get(opened.location).text


CASES_NOT_THEIRS = [("H2026-999999-9", "lin@example.test"), ("{}", "mallory@example.test"), ("nonsense", "nobody")]


@pytest.mark.parametrize(("number", "contact"), CASES_NOT_THEIRS)
def test_the_answer_is_the_same_whether_there_is_such_a_case_or_not(app, mediated, number, contact):
    def ask(number, contact):
        browser = app.test_client()
        first = browser.post("/en/track", data={"number": number, "contact": contact})
        second = browser.get(first.location)
        third = browser.post(first.location, data={"code": "000000"})
        return [(page.status_code, page.location, strip(page.text)) for page in (first, second, third)]

    def strip(text):
        import re

        return re.sub(r'nonce="[^"]+"', "", text)

    assert ask(number.format(mediated.number), contact) == ask(mediated.number, "lin@example.test")


def test_asking_costs_the_same_whether_there_is_such_a_case_or_not(app, mediated, count_queries):
    def asked(number, contact):
        with count_queries() as seen:
            app.test_client().post("/en/track", data={"number": number, "contact": contact})
        return seen

    known = asked(mediated.number, "lin@example.test")

    assert asked(mediated.number, "mallory@example.test") == known
    assert asked("H2026-999999-9", "lin@example.test") == known


def test_a_code_costs_the_same_whether_there_is_such_a_case_or_not(app, me, mediated, count_queries):
    saved(a_case)
    me.post("/verify/send", {"channel": "email"})

    def tried(number, contact):
        browser = app.test_client()
        where = browser.post("/en/track", data={"number": number, "contact": contact}).location
        with count_queries() as seen:
            browser.post(where, data={"code": "000000"})
        return [statement.split("WHERE")[0] for statement in seen]

    known = tried(mediated.number, "lin@example.test")

    assert any(statement.startswith("UPDATE one_time_codes") for statement in known)
    assert tried(mediated.number, "mallory@example.test") == known
    assert tried("H2026-999999-9", "lin@example.test") == known


def test_codes_are_asked_for_with_one_contact_only_so_often(app, mediated, monkeypatch):
    monkeypatch.setattr(limiter, "enabled", True)
    ask = {"number": mediated.number, "contact": "lin@example.test"}

    answers = [app.test_client().post("/en/track", data=ask) for _ in range(11)]

    assert [answer.status_code for answer in answers] == [303] * 10 + [429]
    assert int(answers[-1].headers["Retry-After"]) > 0
    other = {**ask, "contact": "mallory@example.test"}
    assert app.test_client().post("/en/track", data=other).status_code == 303


def test_who_knows_only_the_number_cannot_use_up_the_complainants_tries(app, me, mediated):
    me.post("/verify/send", {"channel": "email"})
    right = me.last_code()
    stranger = app.test_client()
    where = stranger.post("/en/track", data={"number": mediated.number, "contact": "mallory@example.test"}).location
    for n in range(6):
        stranger.post(where, data={"code": f"{n:06d}"})

    assert stranger.post(where, data={"code": right}).status_code == 422
    assert me.post("/verify", {"code": right}).status_code == 303


def test_without_having_asked_there_is_no_page_for_a_code(client, app):
    assert client.get("/en/track/code").location == "/en/track"


def test_what_others_wrote_is_masked_too(me, mediated):
    mediated.propose(
        "respondent", {"kind": "other", "note": "Refund to 林小雨, 138 0013 8000"}, note="Ask lin@example.test"
    )

    seen = me.get().text + me.get("/offer/1").text

    assert "138 0013 8000" not in seen
    assert "林小雨" not in seen
    assert "lin@example.test" not in seen
