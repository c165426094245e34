"""News of its cases for a company's own system: signed, to open addresses only, tried again, and sent again by hand."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import socket
import threading
from contextlib import suppress
from time import perf_counter

import pytest
from sqlalchemy import select

from app.cases.commands import Reply, RequestAnswer
from app.cases.service_steps import reply, request_answer
from app.core import outbox
from app.core.clock import now
from app.core.db import session, transaction
from app.hooks import sending, service
from app.hooks.models import HookDelivery, HookEndpoint
from tests.factories import a_case, a_person, acting, an_act, an_organisation, saved, sign_in
from workflows.jobs import tasks
from workflows.procedure.authority import Role
from workflows.procedure.states import CaseState

URL = "https://shop.example/hook"


@pytest.fixture
def shop(app, monkeypatch):
    monkeypatch.setattr(tasks, "application", lambda: app)
    return saved(an_organisation, name="晴川服饰")


@pytest.fixture
def person(shop):
    return saved(a_person, Role.RESPONDENT, organisation_id=shop.id)


@pytest.fixture
def endpoint(person):
    return saved(service.add, URL, act=acting(person))


@pytest.fixture
def sent(monkeypatch):
    """What was sent; `sent.answer` is the status, or what is raised."""

    class Sent(list):
        answer = 200

        def __call__(self, url, body, headers):
            self.append((url, body, headers))
            if isinstance(self.answer, Exception):
                raise self.answer
            return self.answer

    found = Sent()
    monkeypatch.setattr(sending, "post", found)
    return found


def deliveries() -> list[HookDelivery]:
    session().rollback()
    session().expire_all()
    return list(session().scalars(select(HookDelivery).order_by(HookDelivery.id)))


def work_off() -> None:
    for row in outbox.due(now(), lane=outbox.Lane.HOOKS):
        tasks.deliver(row)


def test_a_company_hears_of_its_case_from_the_moment_it_is_asked_and_of_nobody_in_it(shop, endpoint, sent):
    case = saved(a_case, CaseState.TRIAGE, respondent=shop)
    with transaction():
        request_answer(session().merge(case), RequestAnswer(), an_act(Role.LEAD))
        reply(session().merge(case), Reply(body="内部", audience="internal"), an_act(Role.LEAD))
        reply(session().merge(case), Reply(body="秘密", audience="consumer"), an_act(Role.LEAD))
        reply(session().merge(case), Reply(body="公开", audience="both"), an_act(Role.LEAD))

    work_off()

    told = [json.loads(body) for _, body, _ in sent]
    assert [each["type"] for each in told] == ["case.request_answer", "case.reply"]
    assert told[0]["data"]["case_number"] == case.number
    assert not re.search("[\u4e00-\u9fff]|lin@|138", "".join(map(str, told)))
    assert all(each.delivered_at for each in deliveries())


def test_another_company_hears_nothing(endpoint, sent):
    saved(a_case, CaseState.MEDIATION)

    assert deliveries() == []


def test_it_is_signed_as_standard_webhooks_are(client, person, shop, sent):
    sign_in(client, person)
    page = client.post("/r/settings/webhooks", data={"url": URL}, follow_redirects=True).text
    secret = re.search(r"whsec_[A-Za-z0-9+/=]+", page).group()
    saved(a_case, CaseState.ANSWERING, respondent=shop)
    work_off()

    [(_, body, headers), *_] = sent
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    mac = hmac.new(base64.b64decode(secret.removeprefix("whsec_")), signed, hashlib.sha256).digest()
    assert headers["webhook-signature"] == "v1," + base64.b64encode(mac).decode()
    assert headers["webhook-timestamp"] == str(int(now().timestamp()))
    assert secret not in client.get("/r/settings/webhooks").text


def test_a_new_secret_ends_the_old_one(client, person, endpoint):
    sign_in(client, person)
    secrets = [
        re.search(r"whsec_[A-Za-z0-9+/=]+", client.post(
            f"/r/settings/webhooks/{endpoint.id}/renew", follow_redirects=True).text).group() for _ in range(2)
    ]  # fmt: skip

    assert len(set(secrets)) == 2


def test_what_is_not_taken_is_tried_again_under_the_same_id(shop, endpoint, sent, time):
    sent.answer = 503
    saved(a_case, CaseState.ANSWERING, respondent=shop)
    work_off()
    [waiting] = deliveries()
    before = (waiting.delivered_at, waiting.last_result, waiting.attempts)
    sent.answer = 204
    time.go(seconds=2)
    work_off()

    assert before == (None, "answered 503", 1)
    assert deliveries()[0].delivered_at == now()
    assert len({headers["webhook-id"] for _, _, headers in sent}) == 1
    assert len({headers["webhook-signature"] for _, _, headers in sent}) == 2


def test_a_message_is_sent_again_on_request_and_not_after_its_address_is_gone(client, person, shop, endpoint, sent):
    saved(a_case, CaseState.ANSWERING, respondent=shop)
    work_off()
    [first] = deliveries()
    sign_in(client, person)

    again = client.post(f"/r/settings/webhooks/deliveries/{first.id}/again").status_code
    work_off()
    client.post(f"/r/settings/webhooks/{endpoint.id}/remove")
    refused = client.post(f"/r/settings/webhooks/deliveries/{first.id}/again").status_code

    assert (again, len(sent), refused) == (303, 2, 422)
    assert session().get_one(HookEndpoint, endpoint.id).removed_at == now()


def test_the_page_lists_what_was_sent_in_few_queries(client, person, shop, endpoint, sent, count_queries):
    for _ in range(5):
        saved(a_case, CaseState.ANSWERING, respondent=shop)
    work_off()
    sign_in(client, person)

    with count_queries() as seen:
        page = client.get("/r/settings/webhooks").text

    assert page.count("case.request_answer") == 5
    assert len(seen) <= 12


BAD = [
    "http://shop.example/", "https://user:pass@shop.example/", "https://shop.example:8443/", "https://localhost/",
    "ftp://shop.example/", "https://shop.example/#x", "https://", "https://商家.example/", "javascript:alert(1)",
    "https://shop.example:99999999/",
]  # fmt: skip


@pytest.mark.parametrize("url", BAD)
def test_an_address_that_cannot_be_right_is_refused(client, person, url):
    sign_in(client, person)

    assert client.post("/r/settings/webhooks", data={"url": url}).status_code == 422


def test_there_is_an_end_to_addresses(client, person):
    sign_in(client, person)
    answers = [client.post("/r/settings/webhooks", data={"url": f"{URL}/{n}"}).status_code for n in range(6)]

    assert answers == [303] * 5 + [422]


PRIVATE = [
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
    "::1", "fe80::1", "fd00::1", "::ffff:127.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1", "::",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_a_name_that_means_an_inner_address_is_never_connected_to(monkeypatch, address):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    answers = [(family, 1, 6, "", (address, 443)), (socket.AF_INET, 1, 6, "", ("93.184.216.34", 443))]
    monkeypatch.setattr(sending.socket, "getaddrinfo", lambda *a, **k: answers)
    monkeypatch.setattr(sending.socket, "create_connection", lambda *a: pytest.fail("connected"))

    with pytest.raises(sending.Unreachable, match="open Internet"):
        sending.post(URL, b"{}", {})


def test_the_connection_goes_to_the_address_that_was_checked(monkeypatch):
    asked = iter(
        [[(socket.AF_INET, 1, 6, "", ("93.184.216.34", 443))], [(socket.AF_INET, 1, 6, "", ("127.0.0.1", 443))]]
    )
    monkeypatch.setattr(sending.socket, "getaddrinfo", lambda *a, **k: next(asked))
    went = []

    def connect(address, timeout):
        went.append(address)
        raise OSError("far enough")

    monkeypatch.setattr(sending.socket, "create_connection", connect)

    with pytest.raises(sending.Unreachable):
        sending.post(URL, b"{}", {})
    assert went == [("93.184.216.34", 443)]


def _drips(line):
    """Send a byte of the head now and then, and never come to its end."""
    with suppress(OSError):
        line.sendall(b"HTTP/1.1 200 OK\r\nX: ")
        while True:
            line.sendall(b"x")
            threading.Event().wait(0.02)


def _pours(line):
    """Answer with more than anybody reads."""
    with suppress(OSError):
        line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
        while True:
            line.sendall(b"x" * 65536)


@pytest.mark.parametrize(("answers", "told"), [(_drips, None), (_pours, 200)])
def test_a_receiver_that_never_ends_holds_nobody_up(monkeypatch, answers, told):
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            line, _ = server.accept()
            with line:
                line.recv(65536)
                answers(line)

        receiver = threading.Thread(target=serve, daemon=True)
        receiver.start()

        def connect(self):
            self.sock = socket.create_connection(server.getsockname(), sending.PATIENCE_S)

        monkeypatch.setattr(sending, "PATIENCE_S", 0.3)
        monkeypatch.setattr(sending, "public_addresses", lambda host: ["93.184.216.34"])
        monkeypatch.setattr(sending._Pinned, "connect", connect)
        began = perf_counter()
        if told:
            assert sending.post(URL, b"{}", {}) == told
        else:
            with pytest.raises(sending.Unreachable):
                sending.post(URL, b"{}", {})
        assert perf_counter() - began < 5
        receiver.join(5)
