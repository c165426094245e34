"""Where mail goes: a new message opens a case, a proved answer joins its case, everything else waits for a person."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.cases.models import Case
from app.cases.queries import case_to_work
from app.cases.queries_talk import messages
from app.core import mail, outbox
from app.core.clock import now
from app.core.db import session, transaction
from app.core.mail_addresses import COMPLAINANT, bounce_address, company, reply_address
from app.core.messages import Channel, OutboundMessage, post
from app.evidence.queries import of_case
from app.post import queries
from app.post.models import InboundMail, MailStatus
from tests.evidence.files import PDF, a_photo
from tests.factories import a_case, a_person, saved
from tests.post.mails import DESK, STORY, a_mail, come_in, deliver, do_what_is_due, letters
from workflows.jobs import tasks
from workflows.procedure.authority import SYSTEM, Role
from workflows.procedure.clocks import ClockKind
from workflows.procedure.states import CaseState

LIN, SHOP = "lin@example.test", "answers@shop.test"


@pytest.fixture
def lead(app):
    return saved(a_person, Role.LEAD, email="lead@desk.test")


@pytest.fixture
def case(lead):
    return saved(a_case, CaseState.ANSWERING)


def to(case: Case, party: str = COMPLAINANT) -> str:
    return reply_address(case.number, party)


def cases() -> int:
    return session().scalar(select(func.count()).select_from(Case)) or 0


def said(case: Case) -> list[tuple[str, str]]:
    return [(message.side, message.body) for message in messages(case, SYSTEM)]


def answer(case: Case, body: str = "退款还没有收到。", *, party: str = COMPLAINANT, **changes) -> InboundMail:
    """Have the complainant answer a letter, unless said otherwise."""
    mail = a_mail(body, To=to(case, party), Subject=f"Re: {case.number}", **changes)
    return come_in(mail, to=(to(case, party),))


def a_letter(case: Case) -> OutboundMessage:
    """A letter of ours to the complainant."""
    return saved(
        post, channel=Channel.EMAIL, address=LIN, language="zh-Hans", subject="进展", body="您好",
        case_number=case.number, at=now(),
    )  # fmt: skip


# --- a new message ---------------------------------------------------------------------------------------------------


def test_a_new_message_opens_a_case_with_its_attachments_and_is_answered(app, lead):
    message = a_mail()
    message.add_attachment(a_photo(size=(32, 24)), maintype="image", subtype="jpeg", filename="外套.jpg")
    message.add_attachment(b"MZ\x90\x00", maintype="application", subtype="octet-stream", filename="tool.exe")

    found = come_in(message)

    case = session().get_one(Case, found.case_id)
    assert (found.status, case.channel, case.language, case.anomaly) == ("case", "email", "zh-Hans", "return_refusal")
    assert case.narrative == STORY  # which holds the words of the subject
    assert [(each.filename, each.side) for each in of_case(case)] == [("外套.jpg", "consumer")]
    assert found.refused_files == [{"name": "tool.exe", "why": "file_type"}]
    [sent] = letters(LIN)
    assert (sent.case_number, sent.reply_to) == (case.number, to(case))


def test_the_clocks_run_from_the_receipt_however_late_the_message_is_read(app, time):
    received = now()
    mail_id = deliver(a_mail(Date="Mon, 1 Jan 1990 00:00:00 +0000"))
    time.go(hours=3)

    tasks.read_mail(mail_id)

    case = case_to_work(session().scalars(select(Case.id)).one())
    due = {clock.kind: clock.due_at for clock in case.clocks}
    assert (case.received_at, due[ClockKind.EMERGENCY_START]) == (received, received + timedelta(hours=2))


@pytest.mark.parametrize(("story", "language"), [
    ("我八月買的外套還沒有送到，物流說送不到，請協助處理退款。", "zh-Hant"),
    ("The coat I ordered never came and the carrier says it cannot be delivered. I want my money back.", "en"),
])  # fmt: skip
def test_the_sender_is_answered_in_the_language_they_wrote_in(app, story, language):
    come_in(a_mail(story, Subject="物流" if language != "en" else "Parcel"))

    assert [letter.language for letter in letters(LIN)] == [language]


def test_what_was_quoted_in_a_complaint_is_kept_beside_it(app):
    found = come_in(a_mail(f"{STORY}\n\n在 2026年9月1日，客服 <a@shop.test> 写道：\n> 打折商品不退。\n"))

    case = session().get_one(Case, found.case_id)
    assert "打折商品" not in case.narrative
    assert [each.filename for each in of_case(case)] == ["quoted.txt"]


def test_a_message_that_is_longer_than_a_case_can_hold_is_kept_whole_beside_it(app):
    found = come_in(a_mail(STORY * 1_000))

    case = session().get_one(Case, found.case_id)
    assert (len(case.narrative), [each.filename for each in of_case(case)]) == (20_000, ["message.txt"])


# --- an answer -------------------------------------------------------------------------------------------------------


def test_an_answer_joins_its_case_with_what_is_new_in_it_and_its_files(case):
    message = a_mail("退款还没有收到。\n\n> 您好", To=to(case), Subject="Re: 进展")
    message.add_attachment(PDF, maintype="application", subtype="pdf", filename="receipt.pdf")

    found = come_in(message, to=(to(case),))

    assert (found.status, found.case_id) == ("reply", case.id)
    assert said(case) == [("consumer", "退款还没有收到。")]
    assert [(each.filename, each.side) for each in of_case(case)] == [("receipt.pdf", "consumer")]
    assert letters(LIN) == []


def test_the_company_answers_in_the_same_way_and_the_complainant_does_not_read_it(case):
    answer(case, "已安排退款。", party=company(case.respondent_id), From=SHOP)

    assert [(m.side, m.audience) for m in messages(case, SYSTEM)] == [("respondent", "respondent")]


HELD = {
    "a stranger who knows the reply address": ("other_sender", {"From": "thief@example.test"}),
    "the company with the complainant's address": ("other_sender", {"From": SHOP}),
    "copied to others": ("strangers_copied", {"Cc": "friend@example.test"}),
    "nothing said": ("empty", {"body": "\n\n"}),
}


@pytest.mark.parametrize("what", HELD)
def test_an_answer_without_the_right_standing_waits_for_a_person(case, what):
    reason, changes = HELD[what]

    found = answer(case, changes.get("body", "把地址改成这里。"), **{k: v for k, v in changes.items() if k != "body"})

    assert (found.status, found.reason, found.case_id) == ("held", reason, case.id)
    assert said(case) == []
    assert {letter.address for letter in letters()} == {"lead@desk.test"}


def test_a_company_that_is_no_longer_asked_cannot_write_into_the_case(case):
    address = to(case, company(case.respondent_id))
    with transaction():
        session().get_one(Case, case.id).asked_at = None

    found = come_in(a_mail("我们的答复", From=SHOP, To=address), to=(address,))

    assert (found.status, found.reason) == ("held", "other_sender")


def test_a_reply_address_that_was_altered_opens_nothing(case):
    other = saved(a_case)
    altered = to(case).replace(case.number.lower(), other.number.lower())

    found = come_in(a_mail("你好", To=altered), to=(altered,))

    assert (found.status, found.reason, said(case), said(other)) == ("held", "reply_forged", [], [])


def test_one_message_to_two_cases_waits_for_a_person(case):
    other = saved(a_case)

    found = come_in(a_mail("你好", To=to(case)), to=(to(case), to(other)))

    assert (found.status, found.reason) == ("held", "two_cases")


def test_a_case_number_in_the_subject_opens_nothing_even_from_the_right_address(case):
    found = come_in(a_mail("请把退款打到新的账户。", Subject=f"Re: {case.number}"))

    assert (found.status, found.reason, found.case_id, said(case)) == ("held", "number_only", case.id, [])
    assert letters(LIN) == []


def testa_letter_s_id_in_the_references_opens_nothing(case):
    letter = a_letter(case)

    found = come_in(a_mail("你好", In_Reply_To=f"<{letter.message_id}@desk.test>"))

    assert (found.status, found.reason, found.case_id) == ("held", "lost_address", case.id)


def test_a_guessed_id_joins_nothing_it_is_a_new_message(case):
    found = come_in(a_mail(In_Reply_To=f"<case.{case.number.lower()}@desk.test>", References="<1@desk.test>"))

    assert found.status == "case"
    assert found.case_id != case.id


def test_staff_and_companies_are_no_complainants_by_their_address_alone(case):
    assert come_in(a_mail(From="lead@desk.test")).reason == "of_the_desk"
    assert come_in(a_mail(From=SHOP)).reason == "company"


# --- who it is from --------------------------------------------------------------------------------------------------

UNCLEAR = {
    "two From headers": b"From: a@example.test\r\nFrom: b@example.test",
    "two addresses": b"From: a@example.test, b@example.test",
    "an address that shows another": b'From: "boss@bank.test" <x@example.test>',
    "no From": b"X-From: a@example.test",
    "five thousand brackets": b"From: " + b"(" * 5_000,
    "no address": b"From: somebody",
}


@pytest.mark.parametrize("what", UNCLEAR)
def test_a_message_whose_sender_is_not_clear_waits_for_a_person(lead, what):
    found = come_in(UNCLEAR[what] + b"\r\nSubject: x\r\n\r\n" + STORY.encode())

    assert (found.status, found.reason, cases()) == ("held", "sender_unclear", 0)


# --- programs --------------------------------------------------------------------------------------------------------

PROGRAMS = {
    "auto-generated": {"Auto_Submitted": "auto-generated"},
    "auto-replied": {"Auto_Submitted": "auto-replied (vacation)"},
    "bulk": {"Precedence": "bulk"},
    "a list": {"List_Id": "<news.example.test>"},
    "an old answering machine": {"X_Autoreply": "yes"},
    "nobody reads it": {"From": "no-reply@example.test"},
}


@pytest.mark.parametrize("what", PROGRAMS)
def test_a_program_opens_no_case_and_gets_no_answer(lead, what):
    found = come_in(a_mail(**PROGRAMS[what]))

    assert (found.status, found.reason, cases(), {each.address for each in letters()}) == (
        "held", "robot", 0, {"lead@desk.test"},
    )  # fmt: skip


def test_the_empty_return_path_is_never_answered(lead):
    assert come_in(a_mail(), returns_to=None).status == "case"  # by IMAP nothing is known of it
    assert come_in(a_mail(Message_ID="<two@example.test>", Return_Path="<>"), returns_to=None).reason == "robot"


def test_a_person_who_says_that_no_program_sent_it_is_believed(app):
    assert come_in(a_mail(Auto_Submitted="no")).status == "case"


def test_an_absence_note_is_noted_in_its_case_and_asks_nobody_for_anything(case):
    found = answer(case, "我在休假。", Auto_Submitted="auto-replied")

    assert (found.status, found.reason, found.case_id, said(case), letters()) == (
        "noted", "robot_answer", case.id, [], [],
    )  # fmt: skip


def test_our_own_letter_that_comes_back_starts_no_loop(case):
    own = mail.letter(a_letter(case))
    del own["Auto-Submitted"]

    assert come_in(own.as_bytes()).reason == "loop"


# --- letters that come back ------------------------------------------------------------------------------------------


def a_report(*, action: str = "failed", original: str = "<x@y.test>") -> bytes:
    """A delivery report as servers write it. Source: RFC 3464."""
    head = f"From: MAILER-DAEMON@mx.test\nTo: {DESK}\nSubject: Undelivered Mail\nMIME-Version: 1.0\n"
    text = (
        f'{head}Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        "--b\nContent-Type: text/plain\n\nYour message could not be delivered.\n"
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.test\n\n"
        f"Final-Recipient: rfc822; {LIN}\nAction: {action}\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 no such user\n\n"
        f"--b\nContent-Type: text/rfc822-headers\n\nSubject: x\nMessage-ID: {original}\n\n--b--\n"
    )
    return text.encode()


@pytest.mark.parametrize("by", ["address", "message id"])
def test_a_bounce_marks_the_letter_and_makes_a_task(case, by):
    letter = a_letter(case)
    original = f"<{letter.message_id}@desk.test>" if by == "message id" else "<lost@y.test>"
    to_bounce = (bounce_address(letter.id),) if by == "address" else (DESK,)

    found = come_in(a_report(original=original), to=to_bounce, returns_to=None)

    session().refresh(letter)
    assert (letter.undelivered_at, letter.undelivered_why) == (now(), "5.1.1 550 no such user")
    assert (found.status, found.reason, found.case_id, found.letter_id) == ("held", "undelivered", case.id, letter.id)
    assert any("未能送达" in each.subject or "not delivered" in each.subject for each in letters("lead@desk.test"))


def test_a_report_thata_letter_waits_or_arrived_asks_nobody_for_anything(case):
    letter = a_letter(case)

    found = come_in(a_report(action="delayed"), to=(bounce_address(letter.id),))

    session().refresh(letter)
    assert (found.status, found.reason, letter.undelivered_at) == ("noted", "delivery_report", None)


def test_a_forged_bounce_marks_nothing(case):
    letter = a_letter(case)
    forged = bounce_address(letter.id + 1).replace(f"+b{letter.id + 1}-", f"+b{letter.id}-")

    found = come_in(a_report(), to=(forged,))

    session().refresh(letter)
    assert (found.status, found.reason, letter.undelivered_at) == ("held", "bounce", None)


# --- twice, and too often --------------------------------------------------------------------------------------------


def test_the_same_message_delivered_twice_opens_one_case(app):
    first = come_in(b"Received: from a by b\r\n" + a_mail().as_bytes())
    second = come_in(b"Received: from c by b\r\n" + a_mail().as_bytes())

    assert (first.status, second.status, cases()) == ("case", "duplicate", 1)
    assert len(letters(LIN)) == 1


def test_another_message_under_the_same_id_is_not_lost(app):
    come_in(a_mail())
    second = come_in(a_mail("另一件事：手机的屏幕是坏的，商家不肯换，请处理。"))

    assert (second.status, cases()) == ("case", 2)


def test_too_many_from_one_sender_wait_for_a_person(lead):
    found = [come_in(a_mail(f"{STORY} {n}", Message_ID=f"<{n}@example.test>")).status for n in range(7)]

    assert found == ["case"] * 5 + ["held"] * 2


def test_reading_a_message_again_changes_nothing(app):
    found = come_in(a_mail())

    tasks.read_mail(found.id)

    assert cases() == 1


# --- nothing is lost -------------------------------------------------------------------------------------------------


def test_a_held_message_has_a_time_limit_of_which_the_desk_is_told_and_reminded(lead, time):
    saved(a_person, Role.SUPERVISOR, email="watch@desk.test")
    found = come_in(a_mail(Precedence="bulk"))
    time.go(minutes=30)
    do_what_is_due()
    before = [letter.address for letter in letters()]
    time.go(minutes=31)
    do_what_is_due()

    assert found.due_at == found.received_at + timedelta(hours=1)
    assert before == ["lead@desk.test"]
    assert [letter.address for letter in letters()] == ["lead@desk.test", "lead@desk.test", "watch@desk.test"]


def test_a_flood_of_held_mail_is_told_once(lead):
    for n in range(5):
        come_in(a_mail(Precedence="bulk", Message_ID=f"<{n}@example.test>", Subject=str(n)))

    assert len(letters("lead@desk.test")) == 1


def test_whatever_breaks_while_placing_leaves_the_message_to_a_person(lead, monkeypatch):
    monkeypatch.setattr("app.post.service.receive", lambda *a, **k: 1 / 0)

    found = come_in(a_mail())

    assert (found.status, found.reason) == ("held", "failed")


def test_a_database_that_is_away_is_tried_again(app, monkeypatch):
    mail_id = deliver(a_mail())
    monkeypatch.setattr("app.post.service.read", lambda mail: (_ for _ in ()).throw(OSError("away")))
    [row] = outbox.due(now())
    tasks.deliver(row)

    assert queries.by_id(mail_id).status is MailStatus.RECEIVED
    assert outbox.due(now() + timedelta(seconds=2)) == [row]
