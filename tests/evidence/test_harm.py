"""A file that does harm is kept as evidence and marked; staff who want it say why, no party gets it."""

from __future__ import annotations

import socket
import struct
import threading
from dataclasses import replace
from io import BytesIO

import pytest
from sqlalchemy import select

from app.accounts.models_watch import EventKind, SecurityEvent, StatedReason
from app.cases.access import access_token
from app.core import site
from app.core.db import session
from app.core.messages import OutboundMessage
from app.core.storage import store
from app.evidence import queries, scanning
from app.evidence.scanning import TEST_FILE, harm_in
from tests.evidence.files import PDF
from tests.evidence.test_api import headers, send
from tests.evidence.test_previews import case, respondent_of, shown  # noqa: F401 -- a fixture
from tests.factories import a_case, a_person, saved, sign_in
from tests.post.mails import a_mail, come_in
from workflows.jobs import tasks
from workflows.procedure.authority import Role


@pytest.mark.parametrize("staff", [Role.OPERATOR, Role.SUPERVISOR])
def test_it_is_taken_and_marked_and_handed_to_staff_who_say_why(client, case, staff):  # noqa: F811
    exhibit, person = shown(case, TEST_FILE, "eicar.txt"), saved(a_person, staff)
    sign_in(client, person)
    url = f"/evidence/{exhibit.id}"

    asked, page = client.get(url), client.get(f"{url}/harmful")
    silent, given = (client.post(f"{url}/harmful", data={"reason": why}) for why in ("  ", "to tell what it is"))

    assert queries.of_case(case)[0].preview.told == {"harm": scanning.TEST_FILE_NAME}
    assert (asked.status_code, asked.location) == (303, f"{url}/harmful")
    assert (page.status_code, "EICAR" in page.text, silent.status_code) == (200, True, 422)
    assert (given.status_code, given.data, given.content_type) == (200, TEST_FILE, "application/octet-stream")
    assert "eicar.txt.harmful" in given.headers["Content-Disposition"]
    assert reasons() == [(person.id, "harm", "to tell what it is", f"{case.number} · 1")]
    assert TEST_FILE not in asked.data + page.data + silent.data + client.get(f"{url}/view").data


def test_a_mail_that_brings_one_opens_its_case_and_its_file_takes_a_reason_too(app, client, monkeypatch):
    monkeypatch.setattr(tasks, "application", lambda: app)
    message, person = a_mail(), saved(a_person, Role.OPERATOR)
    message.add_attachment(TEST_FILE, maintype="text", subtype="plain", filename="eicar.txt")
    mail = come_in(message)
    sign_in(client, person)
    url = f"/desk/mail/{mail.id}/files/1"

    asked, given = client.get(url), client.post(url, data={"reason": "to compare"})

    assert mail.status == "case"
    assert (asked.status_code, TEST_FILE in asked.data) == (200, False)
    assert (given.data, "eicar.txt.harmful" in given.headers["Content-Disposition"]) == (TEST_FILE, True)
    assert reasons() == [(person.id, "harm", "to compare", f"mail {mail.id} · 1")]

    store().remove(mail.uploads()[0].ref)
    assert client.get(url).status_code == 404


def reasons():
    rows = session().scalars(select(StatedReason).order_by(StatedReason.id))
    return [(row.user_id, row.kind, row.reason, row.subject) for row in rows]


@pytest.mark.parametrize("more", ["", "?sure=1", "?reason=curious"])
def test_neither_side_ever_gets_it_not_even_the_one_that_sent_it(client, case, more):  # noqa: F811
    exhibit = shown(case, TEST_FILE, "eicar.txt")
    sign_in(client, respondent_of(case))

    answers = [client.get(f"/evidence/{exhibit.id}{more}"), client.get(f"/evidence/{exhibit.id}/view"),
               client.get(f"/evidence/{exhibit.id}/harmful")]  # fmt: skip
    token = {"Authorization": f"Bearer {access_token(case.number)}"}
    answers.append(client.get(f"/api/v1/cases/{case.number}/evidence/1{more}", headers=token))
    page = client.get(f"/evidence/cases/{case.number}")

    assert [each.status_code for each in answers] == [409, 404, 403, 409]
    assert not any(TEST_FILE in each.data for each in answers)
    assert "does harm" in page.text
    assert f"/evidence/{exhibit.id}" not in page.text
    assert reasons() == []


def test_over_the_api_too_and_before_anything_was_written_down(client):
    number, lead = saved(a_case), headers(saved(a_person, Role.LEAD))
    taken = send(client, number, lead, file=(BytesIO(TEST_FILE), "eicar.txt"))
    url = f"/api/v1/cases/{number.number}/evidence/1"

    warned, unsaid, given = (client.get(url + more, headers=lead) for more in ("", "?reason=%20", "?reason=examined"))

    assert taken.status_code == 201
    assert (warned.status_code, warned.mimetype) == (409, "application/problem+json")
    assert unsaid.status_code == 409
    assert given.data == TEST_FILE
    assert [row[1:3] for row in reasons()] == [("harm", "examined")]


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
