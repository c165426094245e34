"""Mail that waits, as staff see it: safely shown, placed, opened or set aside, once."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.cases.models import Case, CaseEvent
from app.cases.queries_talk import messages
from app.core.clock import now
from app.core.db import session, transaction
from app.evidence.queries import of_case
from app.post.models import MailStatus
from tests.evidence.files import a_photo
from tests.factories import a_case, a_person, saved, sign_in
from tests.post.mails import STORY, a_mail, come_in, letters
from workflows.procedure.authority import SYSTEM, Role
from workflows.procedure.states import CaseState

EVIL = '<script>alert(1)</script><img src=x onerror=alert(2)><b>billed <i>twice</i></b> <a href="https://shop.test/o">order</a>'


@pytest.fixture
def operator(client):
    person = saved(a_person, Role.OPERATOR)
    sign_in(client, person)
    return person


@pytest.fixture
def case(app):
    return saved(a_case, CaseState.ANSWERING)


@pytest.fixture
def mail(case):
    message = a_mail("退款还没有收到。", Subject=f"Re: {case.number}")
    message.add_attachment(a_photo(size=(32, 24)), maintype="image", subtype="jpeg", filename="a.jpg")
    return come_in(message)


def test_what_waits_is_listed_with_its_reason_and_its_time(client, operator, mail, count_queries):
    with count_queries() as seen:
        page = client.get("/desk/mail").text

    assert "A case number alone proves nothing" in page
    assert f"/desk/mail/{mail.id}" in page
    assert len(seen) <= 12


def test_a_long_list_takes_no_more_queries(client, operator, count_queries):
    for n in range(60):
        come_in(a_mail(Precedence="bulk", Subject=f"News {n}", Message_ID=f"<{n}@x.test>"))

    with count_queries() as seen:
        page = client.get("/desk/mail")

    assert page.text.count("<article") == 50
    assert len(seen) <= 12
    following = page.text.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    assert client.get(following).text.count("<article") == 10


def test_hostile_html_is_shown_as_words_and_loads_nothing(client, operator):
    message = a_mail(None, Precedence="bulk", Subject="<script>alert(3)</script>")
    message.set_content(
        f"<html><style>@import 'https://x.test'</style><svg onload=a></svg>{EVIL}</html>", subtype="html"
    )
    found = come_in(message)

    page = client.get(f"/desk/mail/{found.id}").text

    assert found.body == "billed twice order (https://shop.test/o)"
    assert "alert(" not in page.replace("&lt;script&gt;alert(3)&lt;/script&gt;", "")
    assert "<img" not in page.partition("<main")[2]


def test_the_message_as_it_came_and_its_files_are_only_to_be_saved(client, operator, mail):
    raw, file = client.get(f"/desk/mail/{mail.id}/raw"), client.get(f"/desk/mail/{mail.id}/files/1")

    assert {a.headers["Content-Disposition"].partition(";")[0] for a in (raw, file)} == {"attachment"}
    assert raw.mimetype == "application/octet-stream"
    assert b"Message-ID: <one@example.test>" in raw.data
    assert client.get(f"/desk/mail/{mail.id}/files/2").status_code == 404


@pytest.mark.parametrize(("side", "kept"), [
    ("consumer", ("consumer", "consumer")), ("respondent", ("respondent", "respondent")),
    ("internal", ("desk", "internal")),
])  # fmt: skip
def test_it_is_placed_in_a_case_as_what_one_side_wrote(client, operator, case, mail, side, kept):
    answer = client.post(f"/desk/mail/{mail.id}/place", data={"number": case.number.lower(), "side": side})

    [message] = messages(case, SYSTEM)
    assert answer.status_code == 303
    assert (message.side, message.audience) == kept
    assert "退款还没有收到" in message.body
    assert [each.filename for each in of_case(case)] == ["a.jpg"]
    entry = session().scalars(select(CaseEvent).where(CaseEvent.action == "message")).one()
    assert entry.user_id == operator.id


def test_an_unknown_case_is_told_and_what_was_typed_stays(client, operator, mail):
    answer = client.post(f"/desk/mail/{mail.id}/place", data={"number": "H2026-999999-1", "side": "consumer"})

    assert answer.status_code == 422
    assert "There is no such case." in answer.text
    assert "H2026-999999-1" in answer.text


def test_a_company_that_was_not_asked_is_no_author(client, operator, case, mail):
    with transaction():
        session().get_one(Case, case.id).asked_at = None

    answer = client.post(f"/desk/mail/{mail.id}/place", data={"number": case.number, "side": "respondent"})

    assert (answer.status_code, messages(case, SYSTEM)) == (422, [])


def test_a_case_is_opened_of_it_as_of_its_receipt(client, operator, mail, time):
    received = now()
    time.go(minutes=40)
    typed = {"story": STORY, "email": "lin@example.test", "name": "林小雨", "spoken": "zh-Hant"}

    answer = client.post(f"/desk/mail/{mail.id}/open", data=typed)

    made = session().scalars(select(Case).where(Case.channel == "email")).one()
    assert answer.status_code == 303
    assert (made.received_at, made.language, made.narrative) == (received, "zh-Hant", STORY)
    assert [each.filename for each in of_case(made)] == ["a.jpg"]
    assert [letter.language for letter in letters("lin@example.test")] == ["zh-Hant"]


def test_without_a_way_to_reach_the_sender_no_case_is_opened(client, operator, mail):
    answer = client.post(f"/desk/mail/{mail.id}/open", data={"story": STORY, "spoken": "en"})

    assert answer.status_code == 422
    assert STORY in answer.text


def test_it_is_set_aside_with_a_reason_and_stays(client, operator, mail):
    without = client.post(f"/desk/mail/{mail.id}/discard", data={"reason": " "})
    answer = client.post(f"/desk/mail/{mail.id}/discard", data={"reason": "Advertising."})

    session().refresh(mail)
    assert (without.status_code, answer.status_code, mail.status, mail.note) == (422, 303, "discarded", "Advertising.")
    assert "Advertising." in client.get(f"/desk/mail/{mail.id}").text
    assert f"/desk/mail/{mail.id}" in client.get("/desk/mail?v=all").text
    assert f"/desk/mail/{mail.id}" not in client.get("/desk/mail").text


def test_what_somebody_has_seen_to_cannot_be_placed_again(client, operator, case, mail):
    data = {"number": case.number, "side": "consumer"}

    answers = [client.post(f"/desk/mail/{mail.id}/place", data=data).status_code for _ in range(2)]

    assert (answers, len(messages(case, SYSTEM))) == ([303, 422], 1)


def test_a_message_that_is_not_read_for_long_can_be_seen_to(client, operator, mail, time):
    with transaction():
        mail.status, mail.reason = MailStatus.RECEIVED, None
    before = client.get("/desk/mail").text
    time.go(minutes=3)

    assert f"/desk/mail/{mail.id}" not in before
    assert f"/desk/mail/{mail.id}" in client.get("/desk/mail").text
