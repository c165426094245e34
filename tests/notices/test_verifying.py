"""Verifying a notice, and the papers that parties and staff open."""

import hashlib

import pypdfium2
import pytest

from app.core.db import session
from app.notices import queries
from app.notices.models import Edition
from tests.factories import a_case, a_person, an_act, an_organisation, link_of, saved, sign_in
from tests.notices.cases import a_decided_case, a_settled_case, published
from tests.notices.test_text import squeezed, text_of
from workflows.procedure.authority import Role
from workflows.procedure.states import CaseState


@pytest.fixture
def issued(worker):
    """Return an entry whose notices the worker has printed."""

    def read_again(entry):
        session().expire_all()  # the worker wrote in a session of its own
        return queries.by_number(entry.number)

    return read_again


def test_the_page_lists_the_digest_of_every_file(client, issued):
    entry = issued(saved(published, saved(a_decided_case)))
    digests = [notice.pdf_sha256 for notice in entry.notices]

    page = client.get(f"/en/v/{entry.code}").text

    assert all(f'data-sha256="{digest}"' in page for digest in digests)
    assert "HD [2026] 1</span>" in page


def test_an_altered_byte_is_not_on_the_list(client, issued):
    entry = issued(saved(published, saved(a_settled_case)))
    pdf = client.get(f"/en/decisions/{entry.number}.pdf").data
    altered = pdf[:-20] + bytes([pdf[-20] ^ 1]) + pdf[-19:]

    page = client.get(f"/en/v/{entry.code}").text

    assert hashlib.sha256(pdf).hexdigest() in page
    assert hashlib.sha256(altered).hexdigest() not in page


@pytest.mark.parametrize("typed", [str.lower, lambda code: code.replace("-", ""), lambda code: code.replace("-", " ")])
def test_a_code_is_read_as_people_type_it(client, typed):
    entry = saved(published, saved(a_settled_case))

    answer = client.get("/en/v", query_string={"code": typed(entry.code)})

    assert answer.headers["Location"] == f"/en/v/{entry.code}"


@pytest.mark.parametrize("code", ["XXXX-XXXX-XXXX", "nothing", "ＡＡＡＡ", "0" * 300, "%00", "<script>"])
@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_an_unknown_code_tells_how_to_report_a_forgery(client, code, language):
    answer = client.get(f"/{language}/v/{code}")

    assert answer.status_code == 404
    assert "400-000-1234" in answer.text
    assert "<script>" not in answer.text.split("<main", 1)[1].split("</main", 1)[0]


# --- the parties' own edition ---


def test_only_its_parties_and_staff_open_the_edition_that_names_them(client, app, issued):
    shop = saved(an_organisation)
    case = saved(a_settled_case, respondent=shop)
    entry = issued(saved(published, case))
    path = f"/outcomes/{case.number}/{entry.number}/zh-Hans.pdf"
    people = {
        "nobody": None,
        "the shop": saved(a_person, Role.RESPONDENT, organisation_id=shop.id),
        "another shop": saved(a_person, Role.RESPONDENT, organisation_id=saved(an_organisation).id),
        "a mediator": saved(a_person, Role.MEDIATOR),
    }

    answers = {}
    for who, person in people.items():
        browser = app.test_client()
        if person:
            sign_in(browser, person)
        answers[who] = browser.get(path)

    assert {who: answer.status_code for who, answer in answers.items()} == {
        "nobody": 303, "the shop": 200, "another shop": 404, "a mediator": 200,
    }  # fmt: skip
    assert "林小雨" in squeezed(text_of(answers["the shop"].data))
    assert answers["the shop"].headers["Content-Disposition"].startswith("attachment")


def test_an_entry_of_another_case_is_not_there(client):
    case, other = saved(a_settled_case), saved(a_settled_case)
    entry = saved(published, other)
    sign_in(client, saved(a_person, Role.MEDIATOR))

    assert client.get(f"/outcomes/{case.number}/{entry.number}/en.pdf").status_code == 404


def test_a_leak_is_marked_and_publishing_waits_until_roles_take_its_place(client):
    case = saved(a_decided_case, facts_found=["林小雨买了<b>外套</b>。", "电话13800138000。"])
    sign_in(client, saved(a_person, Role.LEAD))
    page = client.get(f"/outcomes/{case.number}").text

    refused = client.post(f"/outcomes/{case.number}/publish", data={"seen": str(case.version)})
    done = client.post(f"/outcomes/{case.number}/publish", data={"seen": str(case.version), "redact": "y"})

    assert "<mark>林小雨</mark>买了&lt;b&gt;外套&lt;/b&gt;。" in page
    assert "<mark>13800138000</mark>" in page
    assert (refused.status_code, "林小雨、13800138000" in refused.text) == (422, True)
    assert done.status_code == 303
    public = queries.edition_of(queries.entries_of(case)[0], Edition.PUBLIC, "zh-Hans").facts
    assert public.facts_found == ("消费者买了<b>外套</b>。", "电话〔联系方式已隐去〕。")


def test_a_page_that_was_read_before_somebody_else_acted_publishes_nothing(client):
    case = saved(a_settled_case)
    sign_in(client, saved(a_person, Role.LEAD))

    answer = client.post(f"/outcomes/{case.number}/publish", data={"seen": "1"})

    assert answer.status_code == 409
    assert queries.entries_of(case) == []


def test_the_api_names_every_place_of_a_leak(client, app):
    from app.accounts import service as accounts

    case = saved(a_decided_case, facts_found=["林小雨买了外套。"], reasons="电话13800138000。")
    token = saved(accounts.give_token, saved(a_person, Role.LEAD), "test", act=an_act())

    answer = client.post(
        f"/api/v1/cases/{case.number}/actions/publish", json={}, headers={"Authorization": f"Bearer {token}"}
    )

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json["errors"]] == ["/facts_found/0", "/reasons"]


# --- receipts ---


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh-hans", ("投诉受理回执", "启动应急处理", "首次答复", "2.2.4.3")),
        ("zh-hant", ("投訴收件回執", "啟動應急處理", "首次答覆", "2.2.4.3")),
        ("en", ("Receiptforyourcomplaint", "Startofemergencyhandling", "Firstreply", "2.2.4.3")),
    ],
)
def test_the_receipt_tells_number_promises_and_the_private_link(client, issued, language, words):
    case = saved(a_case)

    answer = client.get(f"/{language}/c/{link_of(case)}/receipt.pdf")

    text = squeezed(text_of(answer.data))
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert all(word in text for word in (case.number, f"http://desk.test/{language}/c/{link_of(case)}", *words))
    assert "林小雨" not in text


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_the_deadline_receipt_tells_how_each_clock_ran(client, issued, time, language):
    case = saved(a_case, CaseState.ANSWERING)
    time.go(hours=3)

    answer = client.get(f"/{language}/c/{link_of(case)}/deadlines.pdf")

    text = squeezed(text_of(answer.data))
    assert answer.status_code == 200
    assert all(clause in text for clause in ("2.2.3.2", "2.1.7.1", "2.2.4.3"))
    assert len(pypdfium2.PdfDocument(answer.data)) <= 2


@pytest.mark.parametrize("paper", ["receipt", "deadlines"])
def test_a_paper_of_an_unknown_link_is_not_there(client, paper):
    assert client.get(f"/en/c/AAAAAAAAAAAAAAAAAAAAAA/{paper}.pdf").status_code == 404
