"""Letters leave over SMTP, encrypted before any password, the same letter under the same id."""

from dataclasses import replace
from email import message_from_bytes
from email.policy import default

import pytest

from app.core import mail, mail_addresses, site
from app.core.clock import now
from app.core.messages import Channel, OutboundMessage


class Server:
    """Stands for the mail server; `spoken` is what was said to it, in order."""

    def __init__(self, spoken, offers_encryption=True):
        self.spoken, self.offers = spoken, offers_encryption

    def __call__(self, host, port, **options):
        self.spoken.append(f"connect {host}:{port}")
        return self

    def __enter__(self):
        return self

    def __exit__(self, *args):
        self.spoken.append("quit")

    def ehlo(self):
        return None

    def has_extn(self, name):
        return self.offers

    def starttls(self, context):
        self.spoken.append("starttls")

    def login(self, user, password):
        self.spoken.append(f"login {user} {password}")

    def send_message(self, message, from_addr, to_addrs):
        assert mail_addresses.read_bounce(mail_addresses.tag_of(from_addr)) == 7
        self.spoken.append(f"send {message['Message-ID']}")


@pytest.fixture
def spoken(app, monkeypatch):
    """What is said to the mail server, which offers encryption."""
    said = []
    monkeypatch.setattr(mail.smtplib, "SMTP", Server(said))
    monkeypatch.setattr(mail.smtplib, "SMTP_SSL", Server(said))
    return said


def with_server(monkeypatch, url):
    monkeypatch.setattr(site, "_settings", replace(site.settings(), smtp_url=url, mail_from="desk@heng.example"))


def a_message(**changes):
    fields = {
        "id": 7, "message_id": "abc", "channel": Channel.EMAIL, "address": "lin@example.org", "language": "zh-Hant",
        "subject": "您的案件", "body": "您好：\n已收到。", "created_at": now(),
    }  # fmt: skip
    return OutboundMessage(**fields | changes)


def test_a_letter_is_sent_encrypted_before_the_password_is_said(spoken, monkeypatch):
    with_server(monkeypatch, "smtp://desk:p%40ss@mail.example:587")

    assert mail.send(a_message())
    assert spoken == [
        "connect mail.example:587",
        "starttls",
        "login desk p@ss",
        "send <abc@heng.example>",
        "quit",
    ]


def test_smtps_is_encrypted_from_the_first_word(spoken, monkeypatch):
    with_server(monkeypatch, "smtps://mail.example")

    assert mail.send(a_message())
    assert spoken == ["connect mail.example:465", "send <abc@heng.example>", "quit"]


def test_a_relay_that_knows_no_encryption_is_used_where_no_password_is_said(app, monkeypatch):
    monkeypatch.setattr(mail.smtplib, "SMTP", Server(said := [], offers_encryption=False))
    with_server(monkeypatch, "smtp://localhost")

    assert mail.send(a_message())
    assert said == ["connect localhost:25", "send <abc@heng.example>", "quit"]


@pytest.mark.parametrize("url", [None, ""])
def test_without_a_server_the_letter_stays_here(app, monkeypatch, url):
    with_server(monkeypatch, url)

    assert not mail.send(a_message())


def test_a_text_message_stays_here_for_we_have_no_carrier(spoken, monkeypatch):
    with_server(monkeypatch, "smtp://localhost")

    assert not mail.send(a_message(channel=Channel.SMS))
    assert spoken == []


def test_the_letter_is_readable_chinese_and_says_that_a_program_sent_it(app, monkeypatch):
    with_server(monkeypatch, "smtp://localhost")

    read = message_from_bytes(mail.letter(a_message()).as_bytes(), policy=default)

    assert (read["Subject"], read["To"], read["Auto-Submitted"]) == ("您的案件", "lin@example.org", "auto-generated")
    assert read["Content-Language"] == "zh-Hant"
    assert read.get_content().splitlines() == ["您好：", "已收到。"]


@pytest.mark.parametrize("field", ["subject", "address"])
def test_a_line_break_in_a_header_is_refused(app, monkeypatch, field):
    with_server(monkeypatch, "smtp://localhost")

    with pytest.raises(ValueError, match=r"linefeed|header"):
        mail.letter(a_message(**{field: "a\r\nBcc: everybody@example.org"}))
