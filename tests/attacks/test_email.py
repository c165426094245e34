"""Hostile mail: each message ends as a case, an answer, or with a person; none is lost, none takes long or much.

A few come the whole way, by SMTP into the database; the rest go through the parser. MAILS_THE_WHOLE_WAY=5000 sends
all of them the whole way.
"""

from __future__ import annotations

import json
import os
import random
import resource
import smtplib
import subprocess
import sys
import time as wall
from collections.abc import Iterator

import pytest
from sqlalchemy import func, select

from app.cases.models import Case
from app.core.db import session
from app.core.mail_addresses import COMPLAINANT, reply_address
from app.core.messages import OutboundMessage
from app.core.storage import store
from app.post import child, reading, service
from app.post.models import InboundMail, MailStatus
from tests.attacks.spoiling import spoil
from tests.intake.complaints import a_submission, file
from tests.jobs.running import a_free_port
from tests.post.mails import DESK, STORY, a_mail, come_in, do_what_is_due
from workflows.jobs import mail_in, tasks

SEED, MUTATED = 20_260_901, 5_000
WHOLE_WAY = int(os.environ.get("MAILS_THE_WHOLE_WAY", "56"))
SLOWEST_S, MOST_BYTES = 2.0, 300_000_000
HEAD = b"From: a@b.test\r\nMessage-ID: <x@b.test>\r\nSubject: x\r\n"
TEXT = STORY.encode()


@pytest.fixture(autouse=True)
def jobs(app, monkeypatch):
    monkeypatch.setattr(tasks, "application", lambda: app)
    monkeypatch.setattr(mail_in, "application", lambda: app)


def nested(depth: int) -> bytes:
    return b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(depth)
    )  # fmt: skip


HOSTILE = {
    "an id that breaks the parser": (b"From: a@b.test\r\nMessage-ID: <[>\r\n\r\n" + TEXT, "case"),
    "a year of nineteen digits": (HEAD + b"Date: Mon, 1 Jan 1234567890123456789 00:00 +0000\r\n\r\n" + TEXT, "case"),
    "five thousand brackets": (b"From: " + b"(" * 5_000 + b"\r\n\r\n" + TEXT, "held"),
    "fifty thousand encoded words": (
        b"From: a@b.test\r\nSubject: " + b"\r\n ".join([b"=?utf-8?q?a?="] * 50_000) + b"\r\n\r\n" + TEXT, "case",
    ),
    "one encoded word of a megabyte": (
        b"From: a@b.test\r\nSubject: =?utf-8?q?" + b"=41" * 400_000 + b"?=\r\n\r\n" + TEXT, "case",
    ),
    "twenty thousand senders": (
        b"From: " + b", ".join(b"a%d@b.test" % n for n in range(20_000)) + b"\r\n\r\n" + TEXT, "held",
    ),
    "twenty thousand readers": (
        HEAD + b"Cc: " + b",\r\n ".join(b"a%d@b.test" % n for n in range(20_000)) + b"\r\n\r\n" + TEXT, "case",
    ),
    "twenty thousand parameters": (
        HEAD + b"Content-Type: text/plain" + b"".join(b"; p%d=v" % n for n in range(20_000)) + b"\r\n\r\n" + TEXT,
        "case",
    ),
    "twenty thousand parameters of a part": (
        HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain"
        + b"".join(b";\r\n p%d=v" % n for n in range(20_000)) + b"\r\n\r\n" + TEXT + b"\r\n--b--\r\n", None,
    ),
    "three thousand deep": (HEAD + nested(3_000) + TEXT, "held"),
    "twenty-one deep": (HEAD + nested(21) + b"\r\n" + TEXT, "held"),
    "two thousand messages inside one another": (HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 2_000 + TEXT, "held"),
    "a thousand parts": (
        HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 1_000, "held",
    ),
    **{
        f"the encoding {name[:9]}": (HEAD + f"Content-Type: text/plain; charset={name}\r\n\r\n".encode() + TEXT, "case")
        for name in ("made-up", "rot13", "idna", "utf-7", "hex", "zlib", "undefined", "'x", "a" * 5_000)
    },
    "base64 that is none": (HEAD + b"Content-Transfer-Encoding: base64\r\n\r\n!!!" + TEXT, None),
    "html two thousand deep": (HEAD + b"Content-Type: text/html\r\n\r\n" + b"<div>" * 200_000 + TEXT, "case"),
    "html that ends in the middle of a tag": (HEAD + b"Content-Type: text/html\r\n\r\n" + TEXT + b"<" * 300_000, None),
    "html with a comment that never ends": (HEAD + b"Content-Type: text/html\r\n\r\n" + b"<!--" * 100_000 + TEXT, None),
    "a line of a megabyte": (HEAD + b"\r\n" + TEXT + b" x" * 500_000, "case"),
    "quotes without end": (HEAD + b"\r\n" + TEXT + b"\r\n" + b">" * 300_000 + b"\r\nOn 1 Jan" * 5_000, "case"),
    "NUL and controls": (HEAD + b"\r\n" + TEXT + bytes(range(32)), "case"),
    "nothing": (b"", "held"),
    "only line ends": (b"\r\n" * 1_000, "held"),
}  # fmt: skip


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_message_ends_in_a_case_or_with_a_person_in_time(app, what):
    raw, meant = HOSTILE[what]
    before, began = children_cpu(), wall.perf_counter()

    found = come_in(raw)

    assert found.status in (("case", "held") if meant is None else (meant,)), found.reason
    assert children_cpu() - before < SLOWEST_S
    assert wall.perf_counter() - began < 4 * SLOWEST_S  # this machine may be doing other things
    assert store().read(found.raw_ref) == raw
    assert (found.due_at is not None) is (found.status == "held")


def children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_an_unknown_encoding_is_read_byte_by_byte_and_said_so(app):
    found = come_in(HEAD + b"Content-Type: text/plain; charset=made-up\r\n\r\n" + TEXT + b" caf\xe9\xff\xff\xfe")

    assert found.marks == ["charset"]
    assert "café" in found.body


def test_a_subject_cannot_add_a_reader_to_any_letter(app):
    come_in(b"From: a@b.test\r\nSubject: =?utf-8?q?x=0D=0ABcc:_all@b.test?=\r\n\r\n" + TEXT)

    letters = session().scalars(select(OutboundMessage)).all()
    assert {letter.address for letter in letters} == {"a@b.test"}
    assert not any("\n" in letter.subject for letter in letters)


def test_what_reads_a_message_can_open_no_file_no_connection_and_little_memory(app, monkeypatch):
    code = (
        f"import resource, socket, sys; sys.path.insert(0, {child.ROOT!r}); from app.post import reading\n"
        "def read(raw):\n"
        "  told = []\n"
        "  for act in (lambda: open('/etc/passwd'), socket.socket, lambda: bytearray(400 * 1024**2)):\n"
        "    try: act(); told.append('done')\n"
        "    except (OSError, MemoryError) as error: told.append(type(error).__name__)\n"
        "  return {'files': [], 'told': told}, []\n"
        "reading.read = read; reading.main()"
    )
    monkeypatch.setattr(child, "COMMAND", (*child.COMMAND[:-1], code))

    with child.opened(store().put_bytes(b"x").ref) as message:
        assert message.told["told"] == ["OSError", "OSError", "MemoryError"]


def test_what_reads_a_message_is_ended_when_it_takes_too_long(app, monkeypatch):
    code = (
        f"import sys; sys.path.insert(0, {child.ROOT!r}); from app.post import reading\n"
        "def read(raw):\n  while True: pass\n"
        "reading.read = read; reading.CPU_S = 0.05; reading.main()"
    )
    monkeypatch.setattr(child, "COMMAND", (*child.COMMAND[:-1], code))

    with pytest.raises(child.Unreadable, match="over_limit"), child.opened(store().put_bytes(b"x").ref):
        pass


# --- mutated ---------------------------------------------------------------------------------------------------------


PIECES = [
    b"\r\n", b"\n\n", b"\x00", b"\xff", b"--b\r\n", b"=?utf-8?b?", b"?=", b'"', b"(", b"<", b";", b"Content-Type:",
    b"multipart/mixed; boundary=b", b"message/rfc822", b"base64", b"charset=", b"From: ", b" " * 500,
]  # fmt: skip
REPLIES = (2, 5)  # which of the kinds below are sent to a reply address, by the complainant of that case
SENDER = "lin@example.test"


def sound() -> list[bytes]:
    """Return ordinary messages of many kinds, to be spoiled."""
    html, files, outer = a_mail(), a_mail(), a_mail()
    html.add_alternative(f"<html><body><p>{STORY}</p><blockquote>Earlier</blockquote></body></html>", subtype="html")
    files.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="收据.pdf")
    files.add_attachment("note", filename="note.txt")
    outer.add_attachment(a_mail(From="x@y.test"))
    report = (
        b'From: <>\r\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        b"--b\r\n\r\nlost\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: x\r\n\r\n"
        b"Action: failed\r\nStatus: 5.1.1\r\n\r\n--b--\r\n"
    )
    gbk = f"From: 林 <{SENDER}>\r\nSubject: 退款\r\nContent-Type: text/plain; charset=gb2312\r\n\r\n".encode("gbk")
    quoted = a_mail(f"{STORY}\n\n在 2026年9月1日，客服 <a@b.c> 写道：\n> 不退\n\n发自我的iPhone")
    return [m if isinstance(m, bytes) else m.as_bytes() for m in
            (a_mail(), html, files, outer, report, quoted, gbk + STORY.encode("gbk"))]  # fmt: skip


def mutated(count: int, reply_to: str = DESK) -> Iterator[tuple[str, str, bytes]]:
    """Yield `count` times (sender, reader, spoiled message), always the same ones.

    Each is of another sender, so that none is held because of how many came; but answers are of the complainant.
    """
    chance, others = random.Random(SEED), sound()
    pieces = [*PIECES * 3, *(piece * 50 for piece in PIECES)]
    for n in range(count):
        answers = (kind := n % len(others)) in REPLIES and reply_to != DESK
        sender, to = (SENDER, reply_to) if answers else (f"lin{n}@example.test", DESK)
        own = {SENDER: sender, DESK: to, "one@example.test": f"{n}@example.test"}
        whole = others[kind]
        for before, after in own.items():
            whole = whole.replace(before.encode(), after.encode())
        yield sender, to, spoil(whole, chance, pieces=pieces, others=others, most=12)


def test_thousands_of_spoiled_messages_are_read_or_left_to_a_person(app):
    unread, slowest = 0, 0.0
    for _sender, _to, raw in mutated(MUTATED):
        began = wall.thread_time()
        try:
            told, contents = reading.read(raw)
        except (reading.Unreadable, RecursionError):
            unread += 1
        else:
            assert len(told["files"]) == len(contents)
            assert json.dumps(told, ensure_ascii=False).encode("utf-8")
            for value in (told["subject"], told["text"], told["body"], *(file["name"] for file in told["files"])):
                assert not any(sign < " " and sign not in "\n\t" for sign in value)
        slowest = max(slowest, wall.thread_time() - began)

    assert slowest < SLOWEST_S
    assert unread < MUTATED / 50


@pytest.fixture
def spent(monkeypatch):
    """The CPU seconds that each message took to be read and judged, its child process included."""
    seconds, read = [], service.read

    def timed(mail):
        before = children_cpu() + wall.thread_time()
        found = read(mail)
        seconds.append(children_cpu() + wall.thread_time() - before)
        return found

    monkeypatch.setattr(service, "read", timed)
    return seconds


@pytest.fixture
def allowed(monkeypatch):
    """The bytes of memory that each child was allowed when it ended; the kernel holds it to them."""
    limits = []

    class Limited(subprocess.Popen):
        def kill(self):
            limits.append(resource.prlimit(self.pid, resource.RLIMIT_AS)[1])
            super().kill()

    monkeypatch.setattr(subprocess, "Popen", Limited)
    return limits


def test_of_spoiled_messages_sent_by_smtp_none_is_refused_none_is_lost_and_none_takes_long_or_much(app, spent, allowed):
    answered = file(a_submission(complainant={"email": SENDER, "contact_by": "email"})).case.number
    listener = mail_in.Listener("127.0.0.1", a_free_port())
    listener.start()
    answers = []
    try:
        with smtplib.SMTP("127.0.0.1", listener.port, timeout=60) as server:
            for sender, to, raw in mutated(WHOLE_WAY, reply_address(answered, COMPLAINANT)):
                server.ehlo_or_helo_if_needed()
                server.mail(sender)
                server.rcpt(to)
                answers.append(server.data(raw)[0])
    finally:
        listener.stop()
    do_what_is_due()

    kept = session().execute(select(InboundMail.status, func.count()).group_by(InboundMail.status)).all()
    told = dict(kept)
    ends = ", ".join(f"{count:,} {status}" for status, count in told.items())
    sys.stdout.write(
        f"{len(answers):,} mails (seed {SEED}): {ends}; slowest {max(spent):.2f} s CPU with its child process; "
        f"each child was allowed {reading.MEMORY / 1024**2:.0f} MB\n"
    )
    assert set(answers) == {250}
    assert sum(told.values()) == len(answers)
    assert told.keys() <= set(MailStatus) - {MailStatus.RECEIVED, MailStatus.DISCARDED}
    assert told[MailStatus.CASE] > len(answers) / 5
    assert told[MailStatus.REPLY] > len(answers) / 20
    assert told[MailStatus.HELD] > len(answers) / 20
    assert session().scalar(select(func.count()).select_from(Case)) == 1 + told[MailStatus.CASE]
    too_many = session().scalar(select(func.count()).where(InboundMail.reason == "too_many")) or 0
    assert too_many < len(answers) / 20  # spoiling may give a mail another's sender
    broken = select(func.count()).where(InboundMail.reason.in_(("failed", "broken")))
    assert session().scalar(broken) == 0
    assert len(spent) == len(answers)
    assert max(spent) < SLOWEST_S
    assert set(allowed) == {reading.MEMORY}
    assert reading.MEMORY <= MOST_BYTES
