"""What the desk and a company see of penalties, and what they can do there; few queries however many there are."""

import pytest
from sqlalchemy import select

from app.cases.models import CaseEvent
from app.core.db import session
from tests.conduct.stories import a_late_answer, answered, appealed, decided, fresh, imposed, now, ruled
from tests.factories import a_case, a_person, an_organisation, saved, sign_in
from workflows.procedure.authority import Role
from workflows.procedure.penalties import PenaltyStatus, Stage
from workflows.procedure.states import Action, CaseState

MOST_QUERIES = 12


@pytest.fixture
def lead(client):
    """Sign a duty lead in, once the story has come to its present."""

    def enter():
        sign_in(client, saved(a_person, Role.LEAD))
        return client

    return enter


@pytest.fixture
def of_company(client):
    """Sign somebody of a penalty's company in."""

    def enter(penalty):
        sign_in(client, saved(a_person, Role.RESPONDENT, organisation_id=penalty.organisation_id))
        return client

    return enter


def test_the_board_shows_what_waits_and_leads_to_it(lead, time):
    penalty = a_late_answer(time)
    desk = lead()
    assert penalty.number not in desk.get("/desk/conduct").text
    assert penalty.number in desk.get("/desk/conduct?v=hearing").text
    answered(penalty)
    page = desk.get("/desk/conduct").text

    assert f'href="/desk/conduct/{penalty.number}"' in page
    assert "Answer not given in time" in page


@pytest.mark.parametrize(("view", "bring"), [
    ("appeals", lambda time: appealed(imposed(time))),
    ("in_force", imposed),
    ("done", lambda time: decided(answered(a_late_answer(time)), "dropped")),
])  # fmt: skip
def test_each_view_of_the_board_shows_its_own(lead, time, view, bring):
    penalty, desk = bring(time), lead()

    for each in ("to_decide", "hearing", "appeals", "in_force", "done"):
        assert (penalty.number in desk.get(f"/desk/conduct?v={each}").text) == (each == view)


def test_a_lead_decides_on_the_page_and_reads_what_was_said(lead, time):
    penalty = answered(a_late_answer(time))
    desk = lead()
    page = desk.get(f"/desk/conduct/{penalty.number}")
    assert "The parcel was on its way." in page.text

    done = desk.post(f"/desk/conduct/{penalty.number}/decide", data={"outcome": "imposed", "reason": "No proof."})

    assert done.status_code == 303
    assert fresh(penalty).status is PenaltyStatus.IN_FORCE
    assert "No proof." in desk.get(f"/desk/conduct/{penalty.number}").text


def test_without_a_reason_the_page_comes_back_with_all_that_was_chosen(lead, time):
    penalty = answered(a_late_answer(time))

    page = lead().post(f"/desk/conduct/{penalty.number}/decide", data={"outcome": "dropped", "reason": " "})

    assert page.status_code == 422
    assert 'value="dropped" checked' in page.text
    assert "Give a reason." in page.text
    assert fresh(penalty).status is PenaltyStatus.PROPOSED


def test_a_stale_page_is_refused_and_says_so(lead, time):
    penalty = answered(a_late_answer(time))

    data = {"outcome": "imposed", "reason": "No proof.", "version": "1"}
    page = lead().post(f"/desk/conduct/{penalty.number}/decide", data=data)

    assert page.status_code == 409
    assert "Somebody changed this case" in page.text
    assert "No proof." in page.text


def test_who_decided_is_told_that_somebody_else_rules(lead, time):
    penalty = answered(a_late_answer(time))
    desk = lead()
    desk.post(f"/desk/conduct/{penalty.number}/decide", data={"outcome": "imposed", "reason": "No proof."})
    appealed(penalty)

    assert "Somebody else rules on the appeal" in desk.get(f"/desk/conduct/{penalty.number}").text
    page = desk.post(f"/desk/conduct/{penalty.number}/rule", data={"outcome": "upheld", "reason": "x"})
    assert page.status_code == 403


def test_another_lead_rules_on_the_page(lead, time):
    penalty = appealed(imposed(time))

    lead().post(f"/desk/conduct/{penalty.number}/rule", data={"outcome": "lifted", "reason": "They had answered."})

    assert fresh(penalty).stage(now()) is Stage.LIFTED


def test_deciding_asks_again_who_it_is(lead, time):
    penalty = answered(a_late_answer(time))
    desk = lead()
    time.go(minutes=40)

    asked = desk.post(f"/desk/conduct/{penalty.number}/decide", data={"outcome": "imposed", "reason": "x"})

    assert asked.status_code == 307
    assert "/account/prove" in asked.headers["Location"]


def test_the_company_answers_on_its_page_once(of_company, time):
    penalty = a_late_answer(time)
    client = of_company(penalty)
    assert "Nothing is decided yet" in client.get(f"/r/penalties/{penalty.number}").text

    client.post(f"/r/penalties/{penalty.number}/answer", data={"text": "We rang twice."})

    assert fresh(penalty).answered_at == now()
    said = session().scalars(select(CaseEvent).where(CaseEvent.action == Action.ANSWER_PENALTY)).one()
    assert said.detail["text"] == "We rang twice."
    assert 'name="text"' not in client.get(f"/r/penalties/{penalty.number}").text


def test_the_company_appeals_on_its_page(of_company, time):
    penalty = imposed(time)
    client = of_company(penalty)

    client.post(f"/r/penalties/{penalty.number}/appeal", data={"text": "We rang twice."})

    assert fresh(penalty).stage(now()) is Stage.APPEALED


def test_an_empty_answer_comes_back(of_company, time):
    penalty = a_late_answer(time)
    page = of_company(penalty).post(f"/r/penalties/{penalty.number}/answer", data={"text": ""})

    assert page.status_code == 422
    assert "Write what speaks against the penalty." in page.text


def test_another_companys_penalty_is_not_there(client, time):
    penalty = a_late_answer(time)
    sign_in(client, saved(a_person, Role.RESPONDENT, organisation_id=saved(an_organisation).id))

    assert client.get(f"/r/penalties/{penalty.number}").status_code == 404
    assert penalty.number not in client.get("/r/credit").text


def test_a_company_reads_its_score_and_every_reason(of_company, time):
    company = saved(an_organisation)
    for _ in range(5):
        saved(a_case, CaseState.ANSWERING, respondent=company)
    page = of_company(imposed(time, company)).get("/r/credit").text

    assert ">95<" in page
    assert "Answer not given in time" in page
    assert "P2026-1" in page


def test_the_pages_cost_few_queries_however_many_penalties_there_are(client, time, count_queries):
    company = saved(an_organisation)
    for turn in range(6):
        penalty = imposed(time, company) if turn % 2 else answered(a_late_answer(time, company))
    ruled(appealed(penalty), "upheld")
    lead = saved(a_person, Role.LEAD)
    sign_in(client, lead)
    for address in ("/desk/conduct", "/desk/conduct?v=in_force", f"/desk/conduct/{penalty.number}"):
        with count_queries() as seen:
            assert client.get(address).status_code == 200
        assert len(seen) <= MOST_QUERIES, (address, seen)
    client.post("/signout")
    sign_in(client, saved(a_person, Role.RESPONDENT, organisation_id=company.id))
    for address in ("/r/credit", f"/r/penalties/{penalty.number}"):
        with count_queries() as seen:
            assert client.get(address).status_code == 200
        assert len(seen) <= MOST_QUERIES, (address, seen)


def test_a_case_page_costs_no_more_for_its_penalty(client, time, count_queries):
    penalty = a_late_answer(time)
    sign_in(client, saved(a_person, Role.LEAD))
    number = penalty_case(penalty)
    with count_queries() as seen:
        assert client.get(f"/desk/cases/{number}").status_code == 200

    assert len(seen) <= MOST_QUERIES, "\n".join(seen)


def penalty_case(penalty):
    from app.cases.models import Case

    return session().get_one(Case, penalty.case_id).number


def test_an_administrator_writes_down_the_licence_that_they_verified(client, time):
    company = saved(an_organisation)
    sign_in(client, saved(a_person, Role.ADMIN, name="Zhou Ming"))
    page = f"/admin/organisations/{company.id}"
    kept = f"{page}/licence"

    empty, broken = client.post(kept, data={"number": ""}), client.post(kept, data={"number": "9", "until": "31.31.31"})
    done = client.post(kept, data={"number": "91310000MA1K", "until": "2026-08-31"})
    shown, listed = client.get(page).text, client.get("/admin/organisations").text

    assert (empty.status_code, broken.status_code, done.status_code) == (422, 422, 303)
    assert "ended on" in shown
    assert "Zhou Ming" in shown
    assert company.name in listed
    assert "ended on" in listed


def test_who_is_no_administrator_writes_down_no_licence(client):
    company = saved(an_organisation)
    sign_in(client, saved(a_person, Role.LEAD))

    assert client.post(f"/admin/organisations/{company.id}/licence", data={"number": "1"}).status_code == 403
