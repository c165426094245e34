"""Text messages are written to files, or handed to the gateway that is set, in the documented form."""

import json
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from app.core import site, sms
from app.core.clock import now
from app.core.mail import Refused
from app.core.messages import Channel, OutboundMessage


def a_message():
    return OutboundMessage(
        id=7, message_id="abc", channel=Channel.SMS, address="+8613800138000", language="zh-Hans", subject="x",
        body="验证码 123456", created_at=now(),
    )  # fmt: skip


class Gateway(BaseHTTPRequestHandler):
    """Answers with the status it is told to, and remembers what it was asked."""

    status, asked = 200, []

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.asked.append((self.path, self.headers["Authorization"], self.headers["Idempotency-Key"], body))
        self.send_response(self.status)
        self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def gateway(app, monkeypatch):
    server = HTTPServer(("127.0.0.1", 0), Gateway)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    Gateway.asked, Gateway.status = [], 200
    url = f"http://s%2Fecret@127.0.0.1:{server.server_port}/messages?from=heng"
    monkeypatch.setattr(site, "_settings", replace(site.settings(), sms_url=url))
    yield Gateway
    server.shutdown()
    server.server_close()
    thread.join()


def test_without_a_gateway_it_is_written_to_a_file_and_stays_unsent(app):
    assert sms.send(a_message()) is False
    assert sms.send(a_message()) is False

    [file] = (site.settings().data_dir / "sms").glob("*-abc.json")
    assert json.loads(file.read_text("utf-8"))["text"] == "验证码 123456"
    assert file.stat().st_mode & 0o777 == 0o600


def test_the_gateway_is_asked_as_documented(gateway):
    assert sms.send(a_message()) is True

    body = {"to": "+8613800138000", "text": "验证码 123456", "language": "zh-Hans", "id": "abc"}
    assert gateway.asked == [("/messages?from=heng", "Bearer s/ecret", "abc", body)]


@pytest.mark.parametrize("status", [302, 408, 429, 500, 503])
def test_a_gateway_that_cannot_take_it_now_is_asked_again(gateway, status):
    gateway.status = status

    with pytest.raises(OSError, match=str(status)):
        sms.send(a_message())


def test_a_gateway_that_never_will_is_not_asked_again(gateway):
    gateway.status = 422

    with pytest.raises(Refused, match="422"):
        sms.send(a_message())


def test_a_gateway_that_is_away_is_asked_again(app, monkeypatch):
    monkeypatch.setattr(site, "_settings", replace(site.settings(), sms_url="http://127.0.0.1:9/"))

    with pytest.raises(OSError, match="refused"):
        sms.send(a_message())
