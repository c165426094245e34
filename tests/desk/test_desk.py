"""The desk: the queue in groups, a case with its next step, steps by form, nothing lost between two editors."""

import pytest

from app.accounts import service as accounts
from app.cases import queries
from app.cases.models import FAR
from tests.factories import a_case, a_person, an_act, saved, sign_in
from workflows.procedure.authority import Role
from workflows.procedure.states import CaseState


@pytest.fixture
def lead(client):
    person = saved(a_person, Role.LEAD)
    sign_in(client, person)
    return person


def test_nobody_sees_the_queue_without_signing_in(client):
    answer = client.get("/desk")

    assert (answer.status_code, answer.location) == (303, "/signin?next=/desk")


@pytest.mark.parametrize("role", [Role.RESPONDENT, Role.MEMBER, Role.SECRETARY, Role.ADMIN])
def test_roles_without_the_queue_are_refused(client, role):
    shop = {"organisation_id": saved(a_case).respondent_id} if role is Role.RESPONDENT else {}
    sign_in(client, saved(a_person, role, **shop))

    assert client.get("/desk").status_code == 403


def test_the_queue_groups_by_urgency_most_urgent_first(client, lead, time):
    old = saved(a_case, title="old")
    time.go(days=6, hours=12)
    sign_in(client, lead)
    fresh = saved(a_case, title="fresh")
    page = client.get("/desk?v=all").text

    assert page.index("Overdue") < page.index(old.number) < page.index("Within 2 hours") < page.index(fresh.number)


def test_the_queue_costs_the_same_for_any_number_of_cases(client, lead, count_queries):
    costs = []
    for _ in range(2):
        for _ in range(15):
            saved(a_case)
        with count_queries() as seen:
            assert client.get("/desk?v=all").status_code == 200
        costs.append(len(seen))

    assert costs[0] == costs[1] <= 12


@pytest.mark.parametrize("tab", ["overview", "messages", "evidence", "rules", "log"])
def test_the_case_page_costs_at_most_twelve_queries(client, lead, count_queries, tab):
    case = saved(a_case, CaseState.MEDIATION)

    with count_queries() as seen:
        answer = client.get(f"/desk/cases/{case.number}?tab={tab}")

    assert answer.status_code == 200
    assert case.title in answer.text
    assert len(seen) <= 12


def test_the_part_for_the_split_view_is_only_the_inside(client, lead):
    case = saved(a_case)

    part = client.get(f"/desk/cases/{case.number}?part=work").text

    assert case.title in part
    assert "<html" not in part


STEPS = ["reply", "classify", "transfer", "emergency", "ask", "refer", "close"]


@pytest.mark.parametrize("step", STEPS)
def test_every_step_has_a_page(client, lead, step):
    case = saved(a_case)

    assert client.get(f"/desk/cases/{case.number}/{step}").status_code == 200


def test_a_reply_meets_the_first_reply_and_goes_out(client, lead):
    case = saved(a_case)

    answer = client.post(
        f"/desk/cases/{case.number}/reply", data={"audience": "consumer", "body": "我们在处理。", "seen": case.version}
    )

    assert answer.status_code == 303
    statuses = {clock.kind: clock.status for clock in queries.case_to_work(case.id).clocks}
    assert statuses["first_reply"] == "met"


def test_a_reply_with_an_open_merge_field_is_not_sent(client, lead):
    case = saved(a_case)

    answer = client.post(f"/desk/cases/{case.number}/reply", data={"audience": "consumer", "body": "Dear {name}"})

    assert answer.status_code == 422
    assert "{name}" in answer.text


@pytest.mark.parametrize(("audience", "status"), [("consumer", 422), ("both", 422), ("internal", 200)])
def test_over_the_api_none_is_sent_either(client, lead, audience, status):
    case = saved(a_case, CaseState.MEDIATION)
    bearer = {"Authorization": f"Bearer {saved(accounts.give_token, lead, 't', act=an_act())}"}
    body = {"body": "Dear {name}, we are on it.", "audience": audience}

    answer = client.post(f"/api/v1/cases/{case.number}/actions/reply", json=body, headers=bearer)

    assert answer.status_code == status
    assert [each["pointer"] for each in answer.json.get("errors", [])] == (["/body"] if status == 422 else [])


def test_an_empty_form_says_what_to_do_and_keeps_the_rest(client, lead):
    case = saved(a_case)

    answer = client.post(f"/desk/cases/{case.number}/close", data={"explanation": "kept text"})

    assert answer.status_code == 422
    assert "<title>Error:" in answer.text
    assert "kept text" in answer.text


def test_two_editors_neither_loses_text(client, lead):
    case = saved(a_case)
    stale = {"audience": "consumer", "body": "second text", "seen": case.version}
    client.post(f"/desk/cases/{case.number}/reply", data=stale | {"body": "first text"})

    answer = client.post(f"/desk/cases/{case.number}/reply", data=stale)

    assert answer.status_code == 409
    assert "second text" in answer.text
    assert "Reply" in answer.text


def test_a_step_that_is_not_possible_is_a_409_page(client, lead):
    case = saved(a_case)

    assert client.get(f"/desk/cases/{case.number}/offer").status_code == 409


def test_overruling_needs_a_reason_and_names_the_party(client, lead):
    case = saved(a_case)
    data = {"anomaly": "logistics_info_error", "organisation": "", "emergency": "no", "seen": case.version}

    refused = client.post(f"/desk/cases/{case.number}/classify", data=data)
    taken = client.post(f"/desk/cases/{case.number}/classify", data=data | {"reason": "The parcel never came."})

    assert (refused.status_code, taken.status_code) == (422, 303)
    assert queries.case_to_work(case.id).responsible_kind == "logistics_company"


def test_cases_are_found_by_number_telephone_and_words(client, lead):
    case = saved(a_case)

    for typed in (case.number, "拒绝退货", case.respondent.name):
        assert case.number in client.get("/desk/search", query_string={"q": typed}).text
    found = client.post("/desk/search", data={"q": "138 0013 8000", "reason": "caller"})
    assert case.number in found.text


def test_many_cases_are_assigned_at_once(client, lead):
    cases = [saved(a_case), saved(a_case)]
    chosen = {"case": [case.number for case in cases] + ["H2026-999999-9"], "person": str(lead.id)}

    page = client.post("/desk/bulk", data=chosen).text

    assert [queries.case_to_work(case.id).assignee_id for case in cases] == [lead.id, lead.id]
    assert "There is no such case." in page


def test_a_view_is_saved_and_opened_again(client, lead):
    answer = client.post("/desk/views", data={"name": "English", "language": "en"})
    saved(a_case, title="Chinese one")
    saved(a_case, title="English one", language="en")

    page = client.get(answer.location).text

    assert "English one" in page
    assert "Chinese one" not in page


def test_a_case_without_a_running_clock_stands_last(client, lead):
    case = saved(a_case, due_at=FAR)

    assert case.number in client.get("/desk?v=all").text


def test_an_emergency_is_ended_by_saying_what_was_done(client, lead):
    case = saved(a_case, CaseState.ANSWERING)
    client.post(f"/desk/cases/{case.number}/emergency", data={"plan": "accept_return"})

    empty = client.post(f"/desk/cases/{case.number}/emergency-end", data={})
    done = client.post(f"/desk/cases/{case.number}/emergency-end", data={"done": "The parcel was held."})

    assert (empty.status_code, done.status_code) == (422, 303)
    assert queries.case_to_work(case.id).emergency_ended_at is not None


def test_a_fact_that_triage_stood_on_is_told_in_words(client, lead):
    fact = {"start": 0, "end": 0, "text": "", "points_to": "return_refusal", "fact": "return_rejected"}
    case = saved(a_case, reading={"reasons": [fact]})

    assert "Fact of the order: the return was refused" in client.get(f"/desk/cases/{case.number}").text
