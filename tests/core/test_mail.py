"""Letters leave over SMTP, encrypted before any password, the same letter under the same id."""

import smtplib
from dataclasses import replace
from email import message_from_bytes
from email.policy import default

import pytest

from app.core import mail, mail_addresses, site
from app.core.clock import now
from app.core.mail_html import as_html
from app.core.messages import Channel, OutboundMessage
from app.core.storage import store


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


def test_the_letter_is_readable_chinese_and_says_that_a_program_sent_it(app, monkeypatch):
    with_server(monkeypatch, "smtp://localhost")

    read = message_from_bytes(mail.letter(a_message()).as_bytes(), policy=default)

    assert (read["Subject"], read["To"], read["Auto-Submitted"]) == ("您的案件", "lin@example.org", "auto-generated")
    assert read["Content-Language"] == "zh-Hant"
    text, html = read.iter_parts()
    assert text.get_content().splitlines() == ["您好：", "已收到。"]
    assert "<p>您好：<br>已收到。</p>" in html.get_content()
    assert {part["Content-Language"] for part in (text, html)} == {"zh-Hant"}


def test_the_letter_belongs_to_the_conversation_of_its_case_and_says_where_to_answer(app, monkeypatch):
    with_server(monkeypatch, "smtp://localhost")
    message = a_message(case_number="H2026-000123-7", reply_to="desk+x@heng.example")

    first, answer = mail.letter(message), mail.letter(message, answers="<theirs@example.org>")

    assert (first["In-Reply-To"], first["References"]) == ("<case.h2026-000123-7@heng.example>",) * 2
    assert (answer["In-Reply-To"], answer["Auto-Submitted"]) == ("<theirs@example.org>", "auto-replied")
    assert answer["Reply-To"] == "desk+x@heng.example"
    assert first["Precedence"] is first["List-Unsubscribe"] is None  # it is to one reader, about their own case


def test_a_letter_brings_its_files(app, monkeypatch):
    with_server(monkeypatch, "smtp://localhost")
    file = {"filename": "裁决书.pdf", "media_type": "application/pdf", "ref": store().put_bytes(b"%PDF").ref}

    read = message_from_bytes(mail.letter(a_message(), files=[file]).as_bytes(), policy=default)

    [attached] = read.iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == ("裁决书.pdf", b"%PDF")


def test_nothing_that_was_written_becomes_a_tag_in_the_html():
    html = as_html(subject="<b>", body='<script>alert(1)</script> https://x.test/"onclick=1', language="en", organ="&")

    assert "<script" not in html
    assert 'href="https://x.test/"' in html
    assert "<title>&lt;b&gt;</title>" in html


def test_lists_and_links_are_lists_and_links():
    html = as_html(subject="x", body="Next:\n- first\n- second\n\nOpen https://x.test/c/1.", language="en", organ="o")

    assert "<ul><li>first</li><li>second</li></ul>" in html
    assert '<a href="https://x.test/c/1">https://x.test/c/1</a>.' in html


def test_a_reader_whom_the_server_does_not_know_is_not_tried_again(app, monkeypatch):
    class Refusing(Server):
        def send_message(self, message, from_addr, to_addrs):
            raise smtplib.SMTPRecipientsRefused({to_addrs[0]: (550, b"no such user")})

    monkeypatch.setattr(mail.smtplib, "SMTP", Refusing([], offers_encryption=False))
    with_server(monkeypatch, "smtp://localhost")

    with pytest.raises(mail.Refused, match="550 no such user"):
        mail.send(a_message())


@pytest.mark.parametrize("field", ["subject", "address"])
def test_a_line_break_in_a_header_is_refused(app, monkeypatch, field):
    with_server(monkeypatch, "smtp://localhost")

    with pytest.raises(ValueError, match=r"linefeed|header"):
        mail.letter(a_message(**{field: "a\r\nBcc: everybody@example.org"}))
