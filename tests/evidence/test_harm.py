"""A file that does harm is kept as evidence and marked; whoever wants it is asked once more; nothing else waits."""

from __future__ import annotations

import socket
import struct
import threading
from dataclasses import replace
from io import BytesIO

import pytest
from sqlalchemy import select

from app.accounts.models_watch import EventKind, SecurityEvent
from app.core import site
from app.core.db import session
from app.core.messages import OutboundMessage
from app.evidence import queries, scanning
from app.evidence.scanning import TEST_FILE, harm_in
from tests.evidence.files import PDF
from tests.evidence.test_api import headers, send
from tests.evidence.test_previews import case, respondent_of, shown  # noqa: F401 -- a fixture
from tests.factories import a_case, a_person, saved, sign_in
from workflows.procedure.authority import Role


def test_it_is_taken_and_marked_and_handed_out_to_who_asks_twice(client, case):  # noqa: F811
    exhibit = shown(case, TEST_FILE, "eicar.txt")
    sign_in(client, respondent_of(case))
    page = client.get(f"/evidence/{exhibit.id}/view").text

    warned, given = (client.get(f"/evidence/{exhibit.id}{more}", buffered=True) for more in ("", "?sure=1"))

    assert queries.of_case(case)[0].preview.told == {"harm": scanning.TEST_FILE_NAME}
    assert "download>" not in page.split('class="links"')[1].split("</p>")[0]
    assert (warned.status_code, "EICAR" in warned.text, "?sure=1" in warned.text) == (409, True, True)
    assert TEST_FILE not in warned.data
    assert (given.status_code, given.data) == (200, TEST_FILE)


def test_over_the_api_too_and_before_anything_was_written_down(client):
    number, lead = saved(a_case), headers(saved(a_person, Role.LEAD))
    taken = send(client, number, lead, file=(BytesIO(TEST_FILE), "eicar.txt"))
    url = f"/api/v1/cases/{number.number}/evidence/1"

    warned, given = (client.get(url + more, headers=lead) for more in ("", "?sure=1"))

    assert taken.status_code == 201
    assert (warned.status_code, warned.mimetype) == (409, "application/problem+json")
    assert given.data == TEST_FILE


@pytest.fixture
def clamd(app, monkeypatch):
    """A daemon that gives this answer; yields what it was sent."""
    sent, answers = [], {"": b"stream: OK\0"}
    server = socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            try:
                line, _ = server.accept()
            except OSError:
                return
            with line, line.makefile("rb") as reading:
                assert reading.read(10) == b"zINSTREAM\0"
                content = b""
                while size := struct.unpack(">I", reading.read(4))[0]:
                    content += reading.read(size)
                sent.append(content)
                line.sendall(answers[""])

    threading.Thread(target=serve, daemon=True).start()
    url = f"clamd://127.0.0.1:{server.getsockname()[1]}"
    monkeypatch.setattr(site, "_settings", replace(site.settings(), scan_url=url))
    yield sent, answers
    server.close()


def test_a_daemon_is_asked_about_every_file_and_believed(clamd):
    sent, answers = clamd
    content = PDF * 5_000  # several pieces

    assert harm_in(content) is None
    answers[""] = b"stream: Win.Trojan.Agent-1 FOUND\0"
    assert harm_in(content) == "Win.Trojan.Agent-1"
    assert sent == [content] * 2


def test_a_daemon_that_gives_no_answer_is_asked_again_later(clamd, case):  # noqa: F811
    clamd[1][""] = b"INSTREAM size limit exceeded. ERROR\0"

    with pytest.raises(OSError, match="size limit"):
        shown(case, PDF, "a.pdf")


def test_whoever_sent_it_and_the_desk_are_told_in_their_language_and_it_is_a_security_event(case):  # noqa: F811
    lead = saved(a_person, Role.LEAD, language="zh-Hant")
    shown(case, TEST_FILE, "eicar.txt")

    letters = session().scalars(select(OutboundMessage)).all()
    told = {letter.address: letter.subject for letter in letters}
    assert told["lin@example.test"] == f"您的文件可能有害 {case.number}"
    assert told[lead.email] == f"案件 {case.number} 有一份檔案可能有害"
    assert all("EICAR" in letter.body for letter in letters)
    assert session().scalars(select(SecurityEvent.kind)).all() == [EventKind.HARM_FOUND]


def test_a_harmless_file_is_told_to_nobody(case):  # noqa: F811
    shown(case, PDF, "receipt.pdf")

    assert session().scalars(select(OutboundMessage)).all() == []
