"""What companies say in public: once to each outcome and to their standing, naming nobody; staff may withhold it."""

import pytest
from sqlalchemy import select

from app.core.db import session
from app.ledger.models import LedgerEntry
from app.register.models import PublicReply
from tests.factories import a_case, a_person, an_organisation, saved, sign_in
from tests.notices.cases import a_decided_case, published
from workflows.procedure.authority import Role
from workflows.procedure.states import CaseState

SAID = "We have changed how our counter checks returns, and paid on the same day."


@pytest.fixture
def shop(app):
    return saved(an_organisation, name="云栖服饰旗舰店")


@pytest.fixture
def entry(shop):
    return saved(published, saved(a_decided_case, case_changes={"respondent": shop}))


@pytest.fixture
def company(app, client, shop):
    sign_in(client, saved(a_person, Role.RESPONDENT, organisation_id=shop.id))
    return client


@pytest.fixture
def reader(app, client):
    """Anybody (`client` says what browsers are)."""
    return app.test_client()


def test_a_reply_stands_below_the_outcome_and_is_written_once(company, reader, entry):
    sent = company.post(f"/r/replies/{entry.number}", data={"text": SAID})
    again = company.post(f"/r/replies/{entry.number}", data={"text": "Once more."})
    page = reader.get(f"/en/decisions/{entry.number}").text

    assert (sent.status_code, again.status_code) == (303, 422)
    assert "You have replied to this already." in again.text
    assert SAID in page
    assert "云栖" not in page
    assert SAID in company.get("/r/replies").text
    assert session().scalars(select(LedgerEntry).where(LedgerEntry.kind == "public_reply")).one()


def test_a_reply_to_the_standing_is_on_the_credit_page(company, reader, shop):
    text = "云栖服饰旗舰店已更换仓库，延误不会再发生。"
    assert company.post("/r/replies/standing", data={"text": text}).status_code == 303

    assert text in reader.get(f"/en/merchants/{shop.id}").text


LEAKS = (
    "林小雨女士说的不是事实。", "请打13800138000核实。", "云栖服饰旗舰店不同意。", "她说“三天内申请退货，商家拒绝”。",
)  # fmt: skip


@pytest.mark.parametrize("leak", LEAKS)
def test_a_reply_by_which_somebody_could_be_found_is_not_taken(company, reader, entry, leak):
    answer = company.post(f"/r/replies/{entry.number}", data={"text": leak})

    assert answer.status_code == 422
    assert "The public would read who the parties are" in answer.text
    assert leak in answer.text  # what was typed is kept
    assert session().scalars(select(PublicReply)).all() == []


def test_who_complained_is_not_named_on_the_credit_page_either(company, shop):
    saved(a_case, CaseState.ANSWERING, respondent=shop)

    assert company.post("/r/replies/standing", data={"text": "林小雨一再无理取闹。"}).status_code == 422


def test_another_company_can_reply_to_nothing_of_this_one(app, client, entry):
    rival = saved(an_organisation)
    sign_in(client, saved(a_person, Role.RESPONDENT, organisation_id=rival.id))

    assert client.post(f"/r/replies/{entry.number}", data={"text": SAID}).status_code == 404
    assert client.get(f"/r/replies/{entry.number}").status_code == 404


def test_staff_withhold_a_reply_for_a_reason_that_the_company_reads_and_it_may_write_another(
    company, reader, entry, app
):
    company.post(f"/r/replies/{entry.number}", data={"text": "You are all thieves."})
    staff = app.test_client()
    sign_in(staff, saved(a_person, Role.SECRETARY))
    reply = session().scalars(select(PublicReply)).one()
    page = f"/desk/replies/{reply.id}/withhold"

    assert "You are all thieves." in staff.get("/desk/replies").text
    assert staff.post(page, data={"reason": ""}).status_code == 422
    assert staff.post(page, data={"reason": "It insults."}).status_code == 303
    assert staff.post(page, data={"reason": "It insults."}).status_code == 422
    assert "thieves" not in reader.get(f"/en/decisions/{entry.number}").text
    assert "It insults." in company.get("/r/replies").text
    assert company.post(f"/r/replies/{entry.number}", data={"text": SAID}).status_code == 303
    assert SAID in reader.get(f"/en/decisions/{entry.number}").text
