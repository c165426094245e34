"""Real SMTP in, real SMTP out: what a person sends to the desk, and what they get back."""

from __future__ import annotations

import smtplib
import socket
from dataclasses import replace
from email import message_from_bytes
from email.policy import default

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import func, select

from app.cases.models import Case
from app.cases.queries_talk import messages
from app.core import site
from app.core.clock import now
from app.core.db import session, transaction
from app.core.mail_addresses import read_bounce, read_reply, tag_of
from app.core.messages import Channel, OutboundMessage, post
from app.core.storage import store
from app.post.models import InboundMail
from tests.factories import a_case, saved
from tests.jobs.running import a_free_port
from tests.post.mails import DESK, a_mail, do_what_is_due
from workflows.jobs import mail_in, tasks
from workflows.procedure.authority import SYSTEM
from workflows.regulation import book


class Inbox:
    """Somebody's mail server: keeps what it is handed, or refuses it as told."""

    def __init__(self):
        self.got, self.answer = [], "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if not self.answer.startswith("250"):
            return self.answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.got.append((envelope.mail_from, envelope.rcpt_tos, message_from_bytes(envelope.content, policy=default)))
        return "250 OK"


@pytest.fixture
def listener(app, monkeypatch):
    """The port on which the desk listens."""
    monkeypatch.setattr(mail_in, "application", lambda: app)
    running = mail_in.Listener("127.0.0.1", a_free_port())
    running.start()
    yield running.port
    running.stop()


@pytest.fixture
def inbox(app, monkeypatch):
    """The complainant's mail server, to which the desk's letters go."""
    inbox = Inbox()
    running = Controller(inbox, hostname="127.0.0.1", port=a_free_port())
    running.start()
    monkeypatch.setattr(site, "_settings", replace(site.settings(), smtp_url=f"smtp://127.0.0.1:{running.port}"))
    yield inbox
    running.stop()


def send(port: int, mail, *, to=(DESK,), sender="lin@example.test") -> None:
    raw = mail if isinstance(mail, bytes) else mail.as_bytes()
    with smtplib.SMTP("127.0.0.1", port, timeout=60) as server:
        server.sendmail(sender, to, raw)


def test_a_complaint_is_sent_acknowledged_answered_and_the_answer_joins_its_case(listener, inbox):
    send(listener, a_mail())
    do_what_is_due()

    [(returns_to, to, letter)] = inbox.got
    case = session().scalars(select(Case)).one()
    assert to == ["lin@example.test"]
    assert read_bounce(tag_of(returns_to)) is not None
    assert (letter["In-Reply-To"], letter["Auto-Submitted"]) == ("<one@example.test>", "auto-replied")
    assert read_reply(tag_of(letter["Reply-To"])) == (case.number, "c")
    assert case.number in letter["Subject"]
    assert all("/c/" in letter.get_body((form,)).get_content() for form in ("plain", "html"))
    assert {part["Content-Language"] for part in letter.iter_parts()} == {"zh-Hans"}

    answer = a_mail("九月三日已经寄回。", To=letter["Reply-To"], Subject=f"Re: {letter['Subject']}",
                    Message_ID="<two@example.test>", In_Reply_To=letter["Message-ID"])  # fmt: skip
    send(listener, answer, to=[letter["Reply-To"]])
    do_what_is_due()

    assert [message.body for message in messages(case, SYSTEM)] == ["九月三日已经寄回。"]
    assert len(inbox.got) == 1


def test_the_same_letter_sent_twice_has_the_same_id(inbox):
    case = saved(a_case)
    letter = saved(post, channel=Channel.EMAIL, address="lin@example.test", language="en", subject="x", body="y",
                   case_number=case.number, at=now())  # fmt: skip
    do_what_is_due()
    with transaction():
        session().get_one(OutboundMessage, letter.id).sent_at = None

    tasks.send_message(letter.id)

    assert len({mail["Message-ID"] for _, _, mail in inbox.got}) == 1
    assert len(inbox.got) == 2


def test_a_letter_that_nobody_takes_is_marked_and_the_desk_is_told(inbox):
    case = saved(a_case)
    inbox.answer = "550 5.1.1 no such user"
    letter = saved(post, channel=Channel.EMAIL, address="lin@example.test", language="en", subject="x", body="y",
                   case_number=case.number, at=now())  # fmt: skip
    do_what_is_due()

    session().refresh(letter)
    assert (letter.sent_at, letter.undelivered_at) == (None, now())
    assert "no such user" in letter.undelivered_why


def test_a_reader_of_many_letters_gets_the_rest_later_and_codes_at_once(inbox, time):
    cap = book.current().figure("letters_per_hour").value
    fields = {"channel": Channel.EMAIL, "address": "lin@example.test", "language": "en", "case_number": None}
    with transaction():
        for n in range(cap + 5):
            post(**fields, subject=str(n), body="y", at=now())
        post(**fields, subject="code", body="y", at=now(), urgent=True)

    do_what_is_due()
    first = [mail["Subject"] for _, _, mail in inbox.got]
    time.go(hours=1, seconds=1)
    do_what_is_due()

    assert len(first) == cap + 1
    assert "code" in first
    assert {mail["Subject"] for _, _, mail in inbox.got} == {*map(str, range(cap + 5)), "code"}


def test_a_message_is_never_refused_for_good_while_the_store_is_away(listener, monkeypatch):
    monkeypatch.setattr("app.post.service.store", lambda: 1 / 0)

    with pytest.raises(smtplib.SMTPDataError) as refused:
        send(listener, a_mail())

    assert refused.value.smtp_code == 451
    assert session().scalar(select(func.count()).select_from(InboundMail)) == 0


ODD = {
    "one line of two megabytes": b"From: a@b.test\r\n\r\n" + b"x" * 2_000_000,
    "no headers": b"hello",
    "nothing": b"",
    "NUL and bare line ends": b"From: a@b.test\n\nx\x00y\rz\n",
    "eight-bit headers": "From: 林 <a@b.test>\r\nSubject: 退款\r\n\r\n退款".encode("gb18030"),
}


def plain(raw: bytes) -> bytes:
    """Without what the sending library does to line ends."""
    return raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n").strip()


@pytest.mark.parametrize("what", ODD)
def test_odd_messages_are_taken_and_kept_byte_for_byte(listener, what):
    with smtplib.SMTP("127.0.0.1", listener, timeout=60) as server:
        server.ehlo()
        server.mail("<>")
        server.rcpt(DESK)
        assert server.data(ODD[what])[0] == 250

    kept = session().scalars(select(InboundMail)).one()
    assert plain(store().read(kept.raw_ref)) == plain(ODD[what])
    do_what_is_due()
    session().refresh(kept)
    assert kept.status in ("held", "case")


def test_senders_of_every_form_are_taken(listener):
    with smtplib.SMTP("127.0.0.1", listener, timeout=60) as server:
        server.ehlo()
        codes = []
        for sender in ("<>", '"a b"@example.test', "a" * 64 + "@example.test", "a@[127.0.0.1]"):
            codes.append(server.docmd(f"MAIL FROM:{sender if sender == '<>' else f'<{sender}>'}")[0])
            codes.append(server.docmd(f"RCPT TO:<{DESK}>")[0])
            server.rset()

    assert {code // 100 for code in codes} == {2}


def test_a_port_that_is_taken_is_said_once_and_tried_again(app, monkeypatch, caplog):
    monkeypatch.setattr(mail_in, "LISTEN_AGAIN_S", 0.0)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()

        class Twice:
            rounds = 0

            def is_set(self):
                self.rounds += 1
                return self.rounds > 2

            def wait(self, timeout=None):
                return False

        mail_in.listen(("127.0.0.1", taken.getsockname()[1]), Twice())

    assert [record.message.count("Set SMTP_LISTEN") for record in caplog.records if record.name == "heng.mail"] == [1]
