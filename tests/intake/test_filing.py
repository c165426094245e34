"""Filing on the web without scripts: every step a POST, nothing lost, nothing sent twice, in three languages."""

import re
from io import BytesIO

import pytest
from sqlalchemy import func, select

from app.cases.models import Case, Finding
from app.core.db import db, session
from app.core.messages import OutboundMessage
from app.evidence.queries import of_case
from app.intake.models import Draft, DraftFile
from tests.evidence.files import PDF, a_photo
from tests.factories import an_organisation, saved

ORDER = {"order_number": "E20260830-118", "merchant": "晴川服饰", "category": "apparel", "paid": "199"}
PROBLEM = {"anomaly": "return_refusal", "danger": "no"}
DETAILS = {
    "received_on": "2026-08-30", "asked_on": "2026-08-31", "answered_on": "2026-09-01", "reply": "refused",
    "sound": "yes", "story": "外套没有穿过，吊牌都在，第二天就申请七天无理由退货，商家拒绝退货，说打折商品不退不换。",
}  # fmt: skip
OUTCOME = {"remedies": ["refund", "apology"], "refund": "199.00"}
CONTACT = {"name": "林小雨", "phone": "138 0013 8000", "email": "lin@example.test", "contact_by": "email"}
CHECK = {"truth": "y", "publication": "y"}
ANSWERS = {"order": ORDER, "problem": PROBLEM, "details": DETAILS, "outcome": OUTCOME, "contact": CONTACT}


def post(client, step, data, language="zh-hans"):
    return client.post(f"/{language}/complain/{step}", data=data)


def fill(client, language="zh-hans", **changes):
    """Answer every step; returns the last answer."""
    assert client.post(f"/{language}/complain").status_code == 303
    for step, answers in (ANSWERS | changes).items():
        answer = post(client, step, answers, language)
        assert answer.status_code == 303, answer.text
    return answer


def cases():
    return session().scalar(select(func.count(Case.id)))


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_a_complaint_is_filed_step_by_step(client, language):
    saved(an_organisation, name="晴川服饰")
    for path in ("", "/complain"):
        assert client.get(f"/{language}{path or '/'}").status_code == 200
    answer = fill(client, language)
    assert answer.location.endswith(f"/{language}/complain/check")
    for step in (*ANSWERS, "evidence", "check"):
        page = client.get(f"/{language}/complain/{step}")
        assert page.status_code == 200
    assert "E20260830-118" in page.text

    sent = post(client, "check", CHECK, language)

    assert sent.status_code == 303
    receipt = client.get(sent.location)
    case = session().scalars(select(Case)).one()
    assert case.number in receipt.text
    assert "<svg" in receipt.text
    assert "lin@example.test" not in receipt.text
    assert (case.anomaly, case.amount_minor, case.channel) == ("return_refusal", 19900, "web")
    assert case.order_facts["id"] == "E20260830-118"
    assert [e["type"] for e in case.order_events] == ["return_requested", "return_rejected"]


def test_a_link_to_the_home_page_follows_the_browsers_language(client):
    answer = client.get("/", headers={"Accept-Language": "zh-TW,zh;q=0.9"})

    assert (answer.status_code, answer.location) == (302, "/zh-hant/")


def test_an_empty_step_comes_back_with_its_errors_and_answers(client):
    answer = post(client, "problem", {"anomaly": "return_refusal"}, "en")

    assert answer.status_code == 422
    assert "<title>Error: What went wrong?" in answer.text
    assert 'href="#danger-0">Say whether it is urgent.' in answer.text
    assert re.search(r'value="return_refusal" checked', answer.text)


def test_danger_is_not_preselected(client):
    assert " checked" not in client.get("/en/complain/problem").text


@pytest.mark.parametrize(
    ("step", "changes", "words"),
    [
        ("order", {"order_number": ""}, "Enter the order number"),
        ("order", {"paid": "a lot"}, "Write the amount in figures"),
        ("details", {"story": "\u200b \u3164"}, "Tell us what happened."),
        ("details", {"story": "x" * 20_001}, "The limit is 20000 characters"),
        ("details", {"story": "a\x00b"}, "characters in it that cannot be shown"),
        ("details", {"received_on": "2026-09-02"}, "This day has not come yet."),
        ("details", {"received_on": "31.2.2026"}, "Enter a day"),
        ("outcome", {"remedies": []}, "Choose at least one."),
        ("outcome", {"remedies": ["refund"], "refund": "299"}, "You ask for more than you paid."),
        ("contact", {"phone": "", "email": ""}, "Enter a telephone number or an e-mail address."),
        ("contact", {"phone": "12"}, "This is not a telephone number."),
        ("contact", {"contact_by": "phone", "phone": ""}, "For text messages we need your number."),
        ("contact", {"for_other": "y"}, "Enter the name of the person you act for."),
        ("check", {"truth": ""}, "Confirm that what you say is true."),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_stays(client, step, changes, words):
    fill(client, "en")
    answers = (ANSWERS | {"check": CHECK})[step] | changes

    answer = post(client, step, answers, "en")

    assert answer.status_code == 422
    assert words in answer.text
    assert cases() == 0


def test_more_than_the_price_may_be_asked_for_with_a_reason(client):
    fill(client, outcome={"remedies": ["compensation"], "compensation": "500", "reason": "耽误了演出。"})

    post(client, "check", CHECK)

    case = session().scalars(select(Case)).one()
    assert case.remedies_sought == [
        {"kind": "compensation", "amount": {"amount_minor": 50000, "currency": "CNY"}, "note": "耽误了演出。"}
    ]


def test_the_refund_is_filled_in_from_the_price(client):
    client.post("/en/complain")
    post(client, "order", ORDER)

    assert 'value="199.00"' in client.get("/en/complain/outcome").text


def test_a_rule_that_clearly_applies_is_shown_and_does_not_stand_in_the_way(client):
    fill(client, "en")

    page = client.get("/en/complain/outcome").text

    assert "What the rules say about it" in page
    assert "2.1.6.1" in page


def test_part_of_a_companys_name_asks_once_which_is_meant(client):
    saved(an_organisation, name="晴川服饰")
    answer = post(client, "order", ORDER | {"merchant": "晴川"}, "en")
    assert answer.status_code == 422
    choice = re.search(r'name="organisation" value="(\d+)"', answer.text).group(1)

    assert post(client, "order", ORDER | {"merchant": "晴川", "organisation": choice}).status_code == 303

    assert 'value="晴川服饰"' in client.get("/en/complain/order").text
    assert post(client, "order", ORDER | {"merchant": "晴川", "organisation": "keep"}).status_code == 303


def test_answers_stay_when_the_language_changes(client):
    half_done = {"story": DETAILS["story"], "received_on": "soon", "switch": "zh-hant"}

    answer = post(client, "details?from=check", half_done, "zh-hans")

    assert answer.location == "/zh-hant/complain/details?from=check"
    page = client.get(answer.location).text
    assert DETAILS["story"] in page
    assert 'value="en" lang="en"' in page


def test_a_draft_outlives_the_browsers_session(app, client):
    post(client, "problem", PROBLEM)
    token = client.get_cookie("draft").value

    later = app.test_client()
    later.set_cookie("draft", token)

    assert "checked" in later.get("/en/complain/problem").text


def test_a_draft_is_gone_after_its_time(client, time):
    post(client, "problem", PROBLEM)
    time.go(days=30)

    assert "checked" not in client.get("/en/complain/problem").text
    client.post("/en/complain")
    assert session().scalar(select(func.count(Draft.id))) == 1


def test_a_link_brings_back_to_the_draft_on_another_device(app, client):
    phone, computer = client, app.test_client()
    post(phone, "problem", PROBLEM | {"save": "1"}, "en")
    phone.post("/en/complain/saved", data={"contact": "Lin@example.test"})
    letter = session().scalars(select(OutboundMessage)).one()
    link = re.search(r"http://desk\.test(/en/complain/resume/\S+)", letter.body).group(1)

    assert computer.get(link).status_code == 200
    assert computer.post(link).location.endswith("/complain/order")

    assert "checked" in computer.get("/en/complain/problem").text


def test_asking_for_a_link_tells_nobody_whether_there_is_a_draft(app, client):
    fill(client, "en")
    other = app.test_client()

    answers = {
        re.sub(r'nonce="\S+"', "", answer.text.replace(contact, "…"))
        for contact in ("lin@example.test", "138 0013 8000", "nobody@example.test")
        for answer in [other.post("/en/complain/resume", data={"contact": contact})]
    }

    assert len(answers) == 1
    assert session().scalar(select(func.count(OutboundMessage.id))) == 2


def test_saving_for_later_asks_for_nothing_more(client):
    answer = post(client, "details", {"story": "", "save": "1"}, "en")

    assert answer.location.endswith("/en/complain/saved")
    assert "/en/complain/resume/" in client.get(answer.location).text


def test_autosave_keeps_what_was_typed_so_far(client):
    assert post(client, "details/draft", {"story": "Half a sen"}, "en").status_code == 204

    assert "Half a sen" in client.get("/en/complain/details").text


def test_going_back_after_sending_never_sends_twice(client):
    fill(client)
    first = post(client, "check", CHECK)

    again = post(client, "check", CHECK)
    details = post(client, "details", DETAILS)

    assert again.location == first.location == details.location
    assert client.get("/zh-hans/complain/problem").location == first.location
    assert cases() == 1


def test_after_sending_a_new_complaint_can_be_begun(client):
    fill(client)
    post(client, "check", CHECK)

    fill(client, order=ORDER | {"order_number": "another"})
    post(client, "check", CHECK)

    assert cases() == 2


def test_what_is_missing_is_named_on_the_check_page_and_nothing_is_sent(client):
    fill(client, "en")
    client.post("/en/complain")
    post(client, "order", ORDER, "en")

    answer = post(client, "check", CHECK, "en")

    assert answer.status_code == 422
    assert "Please complete: What happened" in answer.text
    assert cases() == 0


def test_a_second_complaint_about_the_same_order_is_pointed_to_the_first(client):
    fill(client, "en")
    post(client, "check", CHECK, "en")
    number = session().scalars(select(Case.number)).one()

    fill(client, "en")

    assert number in client.get("/en/complain/check").text


def test_the_session_lost_loses_no_answer(app, client):
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        answer = post(client, "details", DETAILS, "en")
    finally:
        app.config["WTF_CSRF_ENABLED"] = False

    assert answer.status_code == 422
    assert "Nothing is lost" in answer.text
    assert DETAILS["story"] in answer.text


def test_nobody_elses_receipt_can_be_guessed(client):
    assert client.get("/en/complain/receipt/AAAAAAAAAAAAAAAAAAAAAA").status_code == 404


# --- files ---------------------------------------------------------------------------------------------------------


def upload(client, *files, **buttons):
    data = {"files": [(BytesIO(content), name) for content, name in files]} | buttons
    return client.post("/en/complain/evidence", data=data, content_type="multipart/form-data")


def test_files_are_chosen_listed_removed_and_become_exhibits(client):
    fill(client, "en")
    upload(client, (a_photo(), "coat.jpg"), (PDF, "receipt.pdf"), (b"note", "note.txt"))
    page = client.get("/en/complain/evidence").text
    assert all(name in page for name in ("coat.jpg", "receipt.pdf", "note.txt"))
    thumb = re.search(r'src="(/en/complain/evidence/\d+/picture)"', page).group(1)
    assert client.get(thumb, buffered=True).content_type == "image/jpeg"

    note = re.findall(r'action="(/en/complain/evidence/\d+/remove)"', page)[-1]
    client.post(note)
    post(client, "check", CHECK, "en")

    case = session().scalars(select(Case)).one()
    assert [e.filename for e in of_case(case)] == ["coat.jpg", "receipt.pdf"]


def test_one_refused_file_keeps_no_other_out(client):
    answer = upload(client, (a_photo(), "coat.jpg"), (b"", "empty.jpg"), (b"MZ\x90\x00", "tool.exe"))

    assert answer.status_code == 422
    assert "empty.jpg: This file is empty." in answer.text
    assert "tool.exe: Files of this kind are not taken." in answer.text
    assert "coat.jpg" in client.get("/en/complain/evidence").text


def large(size: int) -> bytes:
    head = b'--x\r\nContent-Disposition: form-data; name="files"; filename="film.txt"\r\n\r\n'
    return head + b"a" * size + b"\r\n--x--\r\n"


def test_thirty_megabytes_are_refused_and_the_other_file_stays(client):
    upload(client, (a_photo(), "coat.jpg"))

    answer = client.post(
        "/en/complain/evidence", data=large(30_000_000), content_type="multipart/form-data; boundary=x"
    )

    assert answer.status_code == 422
    assert "film.txt: This file is too large. The limit is 20 MB." in answer.text
    assert "coat.jpg" in answer.text


def test_going_on_takes_the_chosen_files_along(client):
    answer = upload(client, (a_photo(), "coat.jpg"), next="1")

    assert answer.location.endswith("/en/complain/contact")
    assert "coat.jpg" in client.get("/en/complain/evidence").text


def test_anothers_files_are_not_there(app, client):
    upload(client, (a_photo(), "coat.jpg"))
    page = client.get("/en/complain/evidence").text
    thumb = re.search(r'src="(\S+/picture)"', page).group(1)

    other = app.test_client()

    assert other.get(thumb).status_code == 404
    other.post(thumb.replace("picture", "remove"))
    assert "coat.jpg" in client.get("/en/complain/evidence").text
    assert "coat.jpg" not in other.get("/en/complain/evidence").text


def test_more_files_than_may_be_are_refused_together(client):
    many = [(f"page {n}".encode(), f"{n}.txt") for n in range(21)]

    answer = upload(client, *many)

    assert answer.status_code == 422
    assert "The limit is 20." in answer.text


def test_what_was_not_offered_is_left_out(client):
    post(client, "order", ORDER | {"category": "x" * 250}, "en")
    answer = post(client, "outcome", {"remedies": ["revenge"]}, "en")

    assert answer.status_code == 422
    assert 'value="revenge"' not in answer.text
    fill(client, order=ORDER | {"category": "<script>"}, outcome={"remedies": ["revenge", "refund"]})
    assert post(client, "check", CHECK).status_code == 303
    assert session().scalars(select(Case)).one().order_facts.get("category") is None


def test_a_truncated_upload_is_refused_and_nothing_is_kept(client):
    body = b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\nhalf of'

    answer = client.post("/en/complain/evidence", data=body, content_type="multipart/form-data; boundary=x")

    assert answer.status_code == 400
    assert session().scalar(select(func.count(DraftFile.id))) == 0


def test_filing_with_files_and_findings_keeps_to_22_statements(client, count_queries):
    saved(an_organisation, name="晴川服饰")
    upload(client, (a_photo(), "coat.jpg"), (PDF, "receipt.pdf"))
    for step, answers in ANSWERS.items():
        post(client, step, answers)
    with count_queries(writing=True) as statements:
        post(client, "check", CHECK)

    assert session().scalars(select(Case.state)).one() == "answering"
    assert session().scalar(select(func.count(Finding.id))) > 0
    read_before = db.engine.dialect.name == "postgresql"  # whose transaction begins with the draft's own look-up
    assert len(statements) - read_before <= 22, "\n".join(statements)
