"""A flood on one channel is answered 429 with Retry-After and leaves the others alive; work lets people through."""

from __future__ import annotations

import hashlib
from itertools import count
from time import monotonic

import pytest

from app.accounts import service as accounts
from app.web import admission, door, limits
from app.web.door import MOST_SENDERS, TOLD_WELL
from app.web.limits import limiter
from tests.factories import a_case, a_person, an_act, link_of, saved, sign_in
from workflows.procedure.authority import Role

HERE = "/api/v1/complaints"
COMPLAINT = {"narrative": "商家拒绝退货。", "complainant": {"email": "lin@example.test"}}


@pytest.fixture(autouse=True)
def counting(app, monkeypatch):
    monkeypatch.setattr(limiter, "enabled", True)
    limiter.reset()
    yield
    limiter.reset()


def test_who_files_very_fast_is_told_to_wait_and_the_other_channels_go_on(app, client):
    answers = [client.post(HERE, json=[], headers={"Idempotency-Key": "k"}) for _ in range(301)]
    operator = saved(a_person, Role.OPERATOR)
    sign_in(client, operator)
    token = saved(accounts.give_token, operator, "integration", act=an_act())

    assert [answer.status_code for answer in answers] == [400] * 300 + [429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 60
    assert answers[-1].json["status"] == 429
    call = {"story": "拒绝退货", "phone": "13800138000", "spoken": "zh-Hans", "danger": "no"}
    assert client.post("/desk/phone", data=call).status_code == 303
    assert client.get("/en/complain").status_code == 200
    assert client.post("/en/complain").status_code == 303
    integration = {"Idempotency-Key": "i", "Authorization": f"Bearer {token}"}
    assert client.post(HERE, json=COMPLAINT, headers=integration).status_code == 201


def flood(arrived: int) -> None:
    for _ in range(arrived):
        limits.count(admission.ARRIVALS, "arrivals")


def solved(challenge: str, bits: int) -> str:
    for number in count():
        proof = f"{challenge}:{number}"
        if int.from_bytes(hashlib.sha256(proof.encode()).digest(), "big") >> (256 - bits) == 0:
            return proof
    raise AssertionError


@pytest.fixture
def under_attack(monkeypatch):
    """Ten complaints a minute are many here, and four bits are work."""
    for name, value in (("CALM", 10), ("FIRST_BITS", 4), ("MOST_BITS", 7)):
        monkeypatch.setattr(admission, name, value)
    flood(10)


def hand_in(client, key: str, **headers: str):
    return client.post(HERE, json=COMPLAINT, headers={"Idempotency-Key": key, **headers})


def test_in_calm_times_nobody_is_asked_for_work(client):
    assert hand_in(client, "k").status_code == 201
    assert admission.bits_needed() == 0


def test_the_work_rises_with_the_flood_and_no_further_than_a_browser_can(under_attack):
    seen = []
    for _ in range(5):
        seen.append(admission.bits_needed())
        flood(limits.used(admission.ARRIVALS, "arrivals"))

    assert seen == [4, 5, 6, 7, 7]


def test_under_attack_a_few_get_through_slowly_and_the_others_are_asked_for_work(client, under_attack):
    answers = [hand_in(client, str(n)) for n in range(4)]

    asked = answers[-1]
    assert [answer.status_code for answer in answers] == [201] * 3 + [429]
    assert int(asked.headers["Retry-After"]) > 0
    work = asked.json["proof_of_work"]
    proof = solved(work["challenge"], work["bits"])
    assert hand_in(client, "w", **{work["header"]: proof}).status_code == 201
    assert hand_in(client, "again", **{work["header"]: proof}).status_code == 429  # once


@pytest.mark.parametrize("proof", ["", ":1", "x" * 300, "1.4.aa.bb:1", "9999999999.1.aa.00:1", "中文:1", "a.b.c.d:e"])
def test_a_made_up_proof_is_none(client, under_attack, proof):
    for n in range(3):
        hand_in(client, str(n))

    answer = client.post(HERE, json=COMPLAINT, headers={"Idempotency-Key": "p", admission.HEADER: proof.encode()
                                                        .decode("latin-1")})  # fmt: skip

    assert answer.status_code == 429


def test_an_old_proof_is_none(client, under_attack, time):
    for n in range(3):
        hand_in(client, str(n))
    work = hand_in(client, "x").json["proof_of_work"]
    proof = solved(work["challenge"], work["bits"])
    time.go(minutes=16)

    assert hand_in(client, "y", **{work["header"]: proof}).status_code == 429


def test_guessing_at_links_ends_for_the_address_that_guesses(app, client):
    case = saved(a_case)

    answers = [client.get(f"/en/c/{n:022d}").status_code for n in range(121)]

    assert answers == [404] * 120 + [429]
    assert client.get("/en/track").status_code == 200
    other = {"REMOTE_ADDR": "192.0.2.7"}
    assert client.get(f"/en/c/{link_of(case)}", environ_overrides=other).status_code == 200


def test_a_network_of_ipv6_addresses_counts_as_one_sender(app):
    def sender(address: str) -> str:
        with app.test_request_context("/", environ_base={"REMOTE_ADDR": address}):
            return limits.sender()

    assert sender("2001:db8:1:2::1") == sender("2001:db8:1:2:ffff::9")
    assert sender("2001:db8:1:2::1") != sender("2001:db8:1:3::1")
    assert sender("192.0.2.1") == "192.0.2.1"
    assert sender("::ffff:192.0.2.1") != sender("::ffff:192.0.2.2")


def test_what_a_proxy_is_said_to_have_seen_counts_only_where_one_is_configured(client):
    spoofed = [
        client.get(f"/en/c/{n:022d}", headers={"X-Forwarded-For": f"192.0.2.{n % 250}"}).status_code for n in range(121)
    ]

    assert spoofed[-1] == 429


# --- at the door ------------------------------------------------------------------------------------------------------


@pytest.fixture
def half_a_minute(monkeypatch):
    """How long whoever guesses is told to wait."""
    monkeypatch.setattr(limits, "wait_s", lambda *what: 30)


def guesses(client, times: int, **more):
    return [client.get(f"/en/c/{n:022d}", **more) for n in range(times)]


def test_a_flood_is_refused_at_the_door_without_a_question_to_database_or_redis(
    client, count_queries, monkeypatch, half_a_minute
):
    guesses(client, 120 + TOLD_WELL)
    monkeypatch.setattr(limits, "used", None)  # whoever gets past the door fails

    with count_queries() as asked:
        answers = guesses(client, 50)

    assert {answer.status_code for answer in answers} == {429}
    assert all(int(answer.headers["Retry-After"]) in (29, 30) for answer in answers)
    assert "Too many requests" in answers[0].text
    assert "请求太多" in answers[0].text
    assert not asked


def test_the_first_refusals_are_pages_that_help(client):
    refused = guesses(client, 121)[-1]

    assert "<html" in refused.text


def test_only_the_flood_is_refused_at_the_door(app, client, monkeypatch):
    case = saved(a_case)
    guesses(client, 120 + TOLD_WELL)
    monkeypatch.setattr(limits, "used", lambda *what: 0)

    assert client.get(f"/en/c/{link_of(case)}").status_code == 429
    assert client.get("/en/track").status_code == 200
    elsewhere = {"REMOTE_ADDR": "192.0.2.7"}
    assert client.get(f"/en/c/{link_of(case)}", environ_overrides=elsewhere).status_code == 200


def test_the_door_opens_again_when_the_wait_is_over(client, monkeypatch, half_a_minute):
    case = saved(a_case)
    guesses(client, 120 + TOLD_WELL)
    monkeypatch.setattr(limits, "used", lambda *what: 0)
    later = monotonic() + 31
    monkeypatch.setattr(door, "monotonic", lambda: later)

    assert client.get(f"/en/c/{link_of(case)}").status_code == 200


def test_programs_with_a_token_pass_the_door_that_a_flood_has_shut(client):
    for _ in range(300 + TOLD_WELL):
        client.post(HERE, json=[], headers={"Idempotency-Key": "k"})
    token = saved(accounts.give_token, saved(a_person, Role.OPERATOR), "integration", act=an_act())

    shut = client.post(HERE, json=COMPLAINT, headers={"Idempotency-Key": "i"})
    open_ = client.post(HERE, json=COMPLAINT, headers={"Idempotency-Key": "i", "Authorization": f"Bearer {token}"})

    assert (shut.status_code, shut.json["status"], open_.status_code) == (429, 429, 201)


def test_the_door_remembers_no_more_senders_than_it_has_room_for(app):
    here = app.extensions["door"]
    for n in range(MOST_SENDERS * 2):
        here.told(f"192.0.2.{n}", "entry.track", 60.0)

    assert len(here._told) <= MOST_SENDERS
