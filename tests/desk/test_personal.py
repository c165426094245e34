"""People's data at the desk: found with a reason, handed out, erased when another person agrees, kept no longer."""

import io
import json
import re
import zipfile
from datetime import timedelta

import pytest
from sqlalchemy import inspect, select

from app import cli
from app.accounts.models_watch import Approval, ReasonFor, StatedReason
from app.cases import actions, queries, service_retention
from app.cases.models import Case
from app.cases.service import advance
from app.cases.service_erasure import wish
from app.core import outbox, people
from app.core.db import session, transaction
from app.core.mail_addresses import company, reply_address
from app.core.messages import Channel, OutboundMessage, post
from app.core.sealed import ERASED
from app.core.uploads import take
from app.evidence import service as exhibits
from app.ledger import checking
from tests.factories import a_case, a_person, an_act, complaining, saved, sign_in
from tests.ledger.logs import sealed, the_key
from tests.post.mails import a_mail, come_in, letters
from workflows.procedure.authority import SYSTEM, Role
from workflows.procedure.errors import StepNotAllowed
from workflows.procedure.states import Action, CaseState

WHO = {"who": "lin@example.test", "reason": "authority"}


def closed(**changes) -> Case:
    """A case that its complainant withdrew."""

    def withdrawn() -> Case:
        case = a_case(CaseState.TRIAGE, **changes)
        case.close_reason = "withdrawn"
        advance(case, Action.WITHDRAW, act=complaining(case))
        return case

    return saved(withdrawn)


def again(case: Case) -> Case:
    [case_id] = inspect(case).identity
    session().rollback()
    session().expunge_all()
    return session().get_one(Case, case_id)


@pytest.fixture
def admin(client):
    person = saved(a_person, Role.ADMIN)
    sign_in(client, person)
    return person


@pytest.fixture
def lead(app):
    browser = app.test_client()
    sign_in(browser, saved(a_person, Role.LEAD))
    return browser


def test_somebody_is_found_by_what_they_gave_with_a_reason_and_shown_without_a_name(client, admin):
    case = closed()

    unasked = client.post("/admin/data", data=WHO | {"reason": ""})
    found = client.post("/admin/data", data=WHO).text
    page = client.get(f"/admin/data/{case.person_id}").text

    assert unasked.status_code == 422
    for text in (found, page):
        assert case.number in text
        assert "林小雨" not in text
    [stated] = session().scalars(select(StatedReason))
    assert (stated.kind, stated.subject, stated.reason) == (ReasonFor.LOOKUP, "person", "authority")
    assert "lin@example.test" not in repr(vars(stated))


@pytest.mark.parametrize("typed", ["somebody", "", "%"])
def test_what_nobody_is_known_by_is_not_searched(client, admin, typed):
    assert client.post("/admin/data", data=WHO | {"who": typed}).status_code == 422


def test_the_package_holds_what_was_written_and_its_taking_is_noted(client, admin):
    case = closed(narrative="我的外套的故事")

    refused = client.post(f"/admin/data/{case.person_id}/package", data={})
    answer = client.post(f"/admin/data/{case.person_id}/package", data={"reason": "authority"})

    assert refused.status_code == 422
    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
        told = json.loads(packed.read(f"{case.number}/case.json"))
    assert (told["narrative"], told["complainant"]["name"]) == ("我的外套的故事", "林小雨")
    assert session().scalars(select(StatedReason.kind)).all() == [ReasonFor.EXPORT]


def test_erasing_takes_two_and_then_nothing_is_left_but_the_record_which_verifies(client, admin, lead):
    case = closed(narrative="我的外套的故事")
    sealed()

    for _ in range(2):  # asked for twice it is asked once
        assert (
            client.post(f"/admin/data/{case.person_id}/erase", data={"why": "They asked by letter"}).status_code == 303
        )
    case = again(case)
    assert case.narrative == "我的外套的故事"
    assert "Somebody else must agree now" in client.get(f"/admin/data/{case.person_id}").text
    [approval] = session().scalars(select(Approval))
    assert client.post(f"/admin/approvals/{approval.id}", data={"answer": "agree"}).status_code == 403
    assert lead.post(f"/admin/approvals/{approval.id}", data={"answer": "agree"}).status_code == 303
    sealed()

    case = again(case)
    assert case.narrative == ERASED
    assert queries.page(SYSTEM, queries.Filter(text="lin@example.test"), order="-received", cursor=None).items == []
    assert checking.check(the_key()) == []
    assert lead.get(f"/desk/cases/{case.number}").status_code == 200
    assert "Erased on" in client.get(f"/admin/data/{case.person_id}").text


def test_while_a_case_runs_it_waits_for_the_end(client, admin, lead):
    case = saved(a_case, CaseState.TRIAGE)
    client.post(f"/admin/data/{case.person_id}/erase", data={"why": "They asked by letter"})
    [approval] = session().scalars(select(Approval))
    lead.post(f"/admin/approvals/{approval.id}", data={"answer": "agree"})
    case = again(case)
    assert case.title != ERASED

    with transaction():
        case = queries.case_to_work(case.id)
        case.close_reason = "withdrawn"
        advance(case, Action.WITHDRAW, act=complaining(case))
    with transaction():
        assert service_retention.sweep(act=an_act()) == 1

    assert again(case).title == ERASED


def test_whoever_reads_only_cannot_ask_for_it(app):
    browser, case = app.test_client(), closed()
    sign_in(browser, saved(a_person, Role.SUPERVISOR))

    assert browser.get(f"/admin/data/{case.person_id}").status_code == 200
    assert browser.post(f"/admin/data/{case.person_id}/erase", data={"why": "x"}).status_code == 403


def test_when_the_time_is_over_people_are_erased_without_being_asked(app, time):
    old, running = closed(), saved(a_case)
    time.go(days=1095)
    with transaction():
        assert service_retention.sweep(act=an_act()) == 0
    time.go(days=2)

    with transaction():
        assert service_retention.sweep(act=an_act()) == 1

    assert again(old).title == ERASED
    assert again(running).title != ERASED


def test_the_commands_erase_hand_out_and_renew_the_keys(app, tmp_path):
    if "people" not in app.cli.commands:
        cli.install(app)
    case, other = closed(narrative="我的外套的故事"), saved(a_case)
    run = app.test_cli_runner().invoke

    assert "still runs" in run(args=["people", "erase", other.number, "--yes"]).output
    assert run(args=["people", "rotate"]).exit_code == 0
    assert run(args=["people", "export", case.number, str(tmp_path / "out.zip")]).exit_code == 0
    assert run(args=["people", "erase", case.number, "--yes"]).exit_code == 0
    assert run(args=["people", "erase", case.number, "--yes"]).exit_code != 0
    assert "Nobody is known" in run(args=["people", "erase", "no@body.test", "--yes"]).output

    assert zipfile.is_zipfile(tmp_path / "out.zip")
    assert again(case).narrative == ERASED
    assert again(other).title != ERASED


def test_who_came_back_with_an_older_backup_is_erased_again(app):
    case = closed()
    wrapped = session().get_one(people.Person, case.person_id).wrapped
    with transaction():
        people.erase(session().get_one(people.Person, case.person_id), at=an_act().at)
    with transaction():
        back = session().get_one(people.Person, case.person_id)
        back.wrapped, back.erased_at = wrapped, None

    with transaction():
        assert (people.erased_again(), people.erased_again()) == (1, 0)

    assert again(case).title == ERASED


def test_a_request_of_the_person_is_kept_once_and_shown_to_the_desk(client, admin):
    case = saved(a_case)
    with transaction():
        assert wish(case.person, act=complaining(case)) is wish(case.person, act=complaining(case))

    page = client.get("/admin/data").text

    assert case.number in page
    assert "asked for by the person" in page


def test_nothing_more_is_done_in_the_case_of_somebody_erased_and_its_page_says_so(client):
    case = closed()
    sign_in(client, saved(a_person, Role.LEAD))
    with transaction():
        exhibits.add(queries.case_to_work(case.id), [take("a.txt", io.BytesIO(b"a"))], act=complaining(case))
    opens = re.compile(r'href="/evidence/\d+|name="files"')
    assert len(opens.findall(client.get(f"/evidence/cases/{case.number}").text)) > 1
    with transaction():
        people.erase(session().get_one(people.Person, case.person_id), at=an_act().at)

    case = again(case)
    with pytest.raises(StepNotAllowed) as refused:
        actions.check(case, Action.MESSAGE, an_act(Role.LEAD, user_id=1).actor)

    assert refused.value.possible == []
    assert "The complainant was erased on" in client.get(f"/desk/cases/{case.number}").text
    page = client.get(f"/evidence/cases/{case.number}").text
    assert "The complainant was erased on" in page
    assert opens.findall(page) == []


def test_a_letter_that_still_waits_goes_nowhere(app, time, deliver):
    case, later = closed(), time.at + timedelta(hours=8)
    with transaction():
        held = post(channel=Channel.EMAIL, address="lin@example.test", language="en", subject="S", body="B", at=time.at,
                    case_number=case.number, person=queries.case_to_work(case.id).person, not_before=later)  # fmt: skip
        task = outbox.add(outbox.Task.SEND_MESSAGE, at=time.at, not_before=later, message_id=held.id)
    with transaction():
        people.erase(session().get_one(people.Person, case.person_id), at=an_act().at)

    time.at = later
    deliver()

    assert session().get_one(outbox.OutboxRow, task.id, populate_existing=True).done_at == later
    assert session().get_one(OutboundMessage, held.id, populate_existing=True).sent_at is None


def test_a_companys_answer_in_the_case_of_somebody_erased_waits_for_a_person(app):
    lead, case = saved(a_person, Role.LEAD), saved(a_case, CaseState.ANSWERING)
    with transaction():
        people.erase(session().get_one(people.Person, case.person_id), at=an_act().at)
    address = reply_address(case.number, company(case.respondent_id))

    found = come_in(a_mail("已安排退款。", From="answers@shop.test", To=address), to=(address,))

    assert (found.status, found.reason, found.case_id) == ("held", "erased", case.id)
    assert {letter.address for letter in letters()} == {lead.email}
