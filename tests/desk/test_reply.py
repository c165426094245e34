"""The composer: each side is written to in its own language, with fields filled, looked at before, and with files."""

from __future__ import annotations

from io import BytesIO

import pytest

from app.cases import queries
from app.cases.queries_talk import messages
from app.core.storage import store
from app.evidence.queries import of_case
from tests.evidence.files import PDF
from tests.evidence.test_api import headers
from tests.factories import a_case, a_person, acting, an_act, an_organisation, complaining, saved, sign_in
from tests.post.mails import letters as all_letters
from workflows.procedure.authority import Role
from workflows.procedure.states import CaseState

CHINESE, ENGLISH = "我们周三前给出方案。", "We propose terms by Wednesday."


@pytest.fixture
def case(client):
    """In mediation: the consumer reads 简体中文, the shop English."""
    sign_in(client, saved(a_person, Role.LEAD))
    return saved(lambda: a_case(CaseState.MEDIATION, respondent=an_organisation(language="en", email="shop@x.test")))


@pytest.fixture
def send(client, case):
    def sending(status=303, **fields):
        answer = client.post(f"/desk/cases/{case.number}/reply", data={"audience": "both"} | fields)
        assert answer.status_code == status, answer.text
        return answer.text

    return sending


def letters(address):
    """What was written to somebody last."""
    return next((letter.body for letter in reversed(all_letters(address))), "")


def read_by(case, act):
    return [(message.body, message.language) for message in messages(queries.case_to_work(case.id), act.actor)]


def test_a_reply_to_both_is_two_letters_and_each_side_reads_its_own(case, send):
    send(body=CHINESE, theirs=ENGLISH)

    assert CHINESE in letters("lin@example.test")
    assert ENGLISH in letters("shop@x.test")
    assert CHINESE not in letters("shop@x.test")
    assert read_by(case, complaining(case)) == [(CHINESE, "zh-Hans")]
    assert read_by(case, acting(saved(a_person, Role.RESPONDENT, organisation_id=case.respondent_id))) == [
        (ENGLISH, "en")
    ]
    assert len(read_by(case, an_act(Role.LEAD))) == 2


@pytest.mark.parametrize(
    ("audience", "fields", "field"),
    [("both", {"body": CHINESE}, "theirs"), ("both", {"theirs": ENGLISH}, "body"), ("respondent", {}, "theirs"),
     ("consumer", {"body": CHINESE, "theirs": ENGLISH}, "theirs"), ("respondent", {"body": "x", "theirs": "y"}, "body"),
     ("both", {"body": CHINESE, "theirs": "by {date}"}, "theirs")],
)  # fmt: skip
def test_a_side_without_its_text_and_a_text_without_a_reader_are_refused(case, send, audience, fields, field):
    page = send(422, audience=audience, **fields)

    assert f'href="#{field}"' in page
    assert all(text in page for text in fields.values())
    assert read_by(case, an_act(Role.LEAD)) == []


def test_the_company_alone_is_written_to_in_its_language(case, send):
    send(audience="respondent", theirs=ENGLISH)

    assert read_by(case, an_act(Role.LEAD)) == [(ENGLISH, "en")]


def test_where_both_read_one_language_there_is_one_text(client, case):
    same = saved(lambda: a_case(CaseState.MEDIATION, respondent=an_organisation(language="zh-Hans")))

    page = client.get(f"/desk/cases/{same.number}/reply").text
    answer = client.post(f"/desk/cases/{same.number}/reply", data={"audience": "both", "body": CHINESE})

    assert 'name="theirs"' not in page
    assert answer.status_code == 303
    assert read_by(same, complaining(same)) == [(CHINESE, "zh-Hans")]


def test_nobody_can_write_to_a_company_that_was_not_asked(client, case):
    early = saved(a_case)
    url = f"/desk/cases/{early.number}/reply"

    page, answer = client.get(url).text, client.post(url, data={"audience": "respondent", "body": "x"})

    assert 'value="respondent"' not in page
    assert answer.status_code == 422


def test_a_ready_made_reply_comes_in_each_reader_s_language_with_its_fields_filled(case, send):
    page = send(200, fill="1", template="next_steps", body="我写的话")

    assert "接下来由调解员提出方案" in page
    assert "A mediator will now propose terms, and each side answers for itself; there is an outcome by" in page
    assert page.count(case.number) > 4
    assert "{number}" not in page.split("<textarea")[1].split("</textarea>")[0]
    assert "我写的话" in page
    assert read_by(case, an_act(Role.LEAD)) == []


def test_the_same_reply_is_inserted_once(case, send):
    first = send(200, fill="1", template="next_steps").split('name="body"')[1].split(">", 1)[1].split("</textarea>")[0]
    again = send(200, fill="1", template="next_steps", body=first.strip())

    assert again.count("接下来由调解员提出方案") == 1


def test_a_preview_shows_both_letters_and_sends_nothing(case, send):
    page = send(200, look="1", body="{name}：" + CHINESE, theirs=ENGLISH)

    assert "关于案件" in page
    assert f"林小雨：{CHINESE}" in page
    assert f">{case.number}</span>: " in page
    assert read_by(case, an_act(Role.LEAD)) == []
    assert letters("shop@x.test") == ""


def test_files_become_exhibits_that_both_see_and_outlive_a_look(case, send, client):
    looked = send(200, look="1", body=CHINESE, theirs=ENGLISH, files=(BytesIO(PDF), "guide.pdf"))
    kept = looked.split('name="kept"')[1].split('value="')[1].split('"')[0]
    assert "guide.pdf" in looked

    send(422, audience="consumer", body=CHINESE, kept=kept)
    send(body=CHINESE, theirs=ENGLISH, kept=kept)

    [exhibit] = of_case(queries.case_to_work(case.id))
    assert (exhibit.side, exhibit.filename, store().read(exhibit.ref)) == ("desk", "guide.pdf", PDF)


def test_over_the_api_the_second_text_is_for_both_only(client, case):
    url = f"/api/v1/cases/{case.number}/actions/reply"
    bearer = headers(saved(a_person, Role.LEAD))
    body = {"body": CHINESE, "body_for_respondent": ENGLISH}

    refused = client.post(url, headers=bearer, json=body | {"audience": "consumer"})
    taken = client.post(url, headers=bearer, json=body | {"audience": "both"})

    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/body_for_respondent")
    assert taken.status_code == 200
    assert read_by(case, complaining(case)) == [(CHINESE, "zh-Hans")]
