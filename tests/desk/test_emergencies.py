"""The board shows what is open, oldest clock first; a plan is started in one step from it."""

from app.cases import queries
from app.core.db import session, transaction
from app.organisations.queries import by_id
from tests.factories import a_case, a_person, an_organisation, saved, sign_in
from workflows.procedure.authority import Role
from workflows.procedure.states import CaseState


def test_the_oldest_clock_comes_first_and_one_click_starts_its_plan(app, client, time):
    first = saved(a_case, emergency=True, title="先到的")
    time.go(minutes=30)
    second = saved(a_case, emergency=True, title="后到的")
    plain = saved(a_case, title="不紧急的")
    sign_in(client, saved(a_person, Role.OPERATOR))

    board = client.get("/desk/emergencies").text
    assert board.index(first.number) < board.index(second.number)
    assert plain.number not in board
    assert plain.number in client.get("/desk/emergencies?v=all").text

    answer = client.post(f"/desk/emergencies/{first.number}/start", data={"plan": "accept_return"})
    assert answer.status_code == 303
    started = queries.case_to_work(first.id)
    assert started.emergency_started_at is not None
    running = client.get("/desk/emergencies").text.partition('id="running"')[2]
    assert first.number in running
    assert "Ask" in running or "Accept the return first" in running


def test_what_is_done_stands_on_the_board_in_the_case_and_on_the_consumers_page(app, client):
    from tests.factories import link_of

    case = saved(a_case, CaseState.ANSWERING, emergency=True, language="en")
    person = saved(a_person, Role.LEAD, name="Shen Yi")
    sign_in(client, person)
    client.post(f"/desk/emergencies/{case.number}/start", data={"plan": "accept_return"})
    note = {"step": "1", "note": "They will take it back.", "from": "case"}

    answer = client.post(f"/desk/emergencies/{case.number}/step", data=note)

    assert answer.headers["Location"] == f"/desk/cases/{case.number}"
    for url in ("/desk/emergencies", f"/desk/cases/{case.number}"):
        page = client.get(url).text
        assert "They will take it back." in page
        assert "Shen Yi" in page
    told = client.get(f"/en/c/{link_of(case)}").text
    assert "Done: Reach the merchant&#39;s emergency contact and ask for the reason of the refusal." in told
    assert "Emergency contact called" in told


def test_a_wrong_code_is_said_and_changes_nothing(app, client):
    case = saved(a_case, CaseState.ANSWERING, emergency=True)
    sign_in(client, saved(a_person, Role.LEAD))
    client.post(f"/desk/emergencies/{case.number}/start", data={"plan": "accept_return"})

    client.post(f"/desk/emergencies/{case.number}/acknowledge", data={"code": "abc"})

    assert "not the code of the call" in client.get("/desk/emergencies").text


def test_the_board_asks_the_same_of_the_database_however_many_are_open(app, client, count_queries):
    sign_in(client, saved(a_person, Role.LEAD))
    for _ in range(2):
        _one_waiting_and_one_running(client)
    with count_queries() as few:
        client.get("/desk/emergencies")
    for _ in range(4):
        _one_waiting_and_one_running(client)
    with count_queries() as many:
        client.get("/desk/emergencies")

    assert len(many) == len(few) <= 12


def _one_waiting_and_one_running(client):
    saved(a_case, emergency=True)
    case = saved(a_case, CaseState.ANSWERING, emergency=True)
    client.post(f"/desk/emergencies/{case.number}/start", data={"plan": "accept_return"})


# --- contacts --------------------------------------------------------------------------------------------------------

ROW = {
    "contacts-0-name": "夜班", "contacts-0-phone": "139 0013 9000", "contacts-0-days": "every_day",
    "contacts-0-opens": "22:00", "contacts-0-closes": "06:00", "contacts-0-fallback": "y",
    "time_zone": "Asia/Hong_Kong",
}  # fmt: skip


def kept_of(organisation_id):
    session().expire_all()
    return by_id(organisation_id)


def test_a_company_keeps_its_own_contacts(app, client):
    shop = saved(an_organisation)
    person = saved(a_person, Role.RESPONDENT, organisation_id=shop.id)
    sign_in(client, person)
    assert "nobody can be reached" in client.get("/r/contacts").text

    answer = client.post("/r/contacts", data=ROW)

    assert answer.status_code == 303
    kept = kept_of(shop.id)
    assert kept.time_zone == "Asia/Hong_Kong"
    assert kept.emergency_contacts == [
        {"name": "夜班", "phone": "+8613900139000", "opens": "22:00", "closes": "06:00", "fallback": True}
    ]
    assert kept.contacts_kept_by == person.name
    assert "nobody can be reached" not in client.get("/r/contacts").text


def test_mistakes_are_told_beside_their_fields_and_nothing_is_kept(app, client):
    shop = saved(an_organisation)
    sign_in(client, saved(a_person, Role.RESPONDENT, organisation_id=shop.id))

    answer = client.post("/r/contacts", data=ROW | {"contacts-0-phone": "12", "contacts-0-opens": "25:00"})

    assert answer.status_code == 422
    assert "This is not a telephone number" in answer.text
    assert "Write the hour like 08:30." in answer.text
    assert kept_of(shop.id).emergency_contacts == []

    unreachable = {"contacts-0-name": "谁", "time_zone": "Asia/Shanghai"}
    assert "so that this contact can be reached" in client.post("/r/contacts", data=unreachable).text


def test_the_desk_keeps_anybodys_contacts_and_sees_the_gaps_first(app, client):
    with transaction():
        gap = an_organisation(name="A 有缺口")
        an_organisation(name="B 全天", emergency_contacts=[{"name": "总机", "phone": "+8613900139000"}])
    sign_in(client, saved(a_person, Role.LEAD))

    page = client.get("/desk/contacts").text
    assert page.index("A 有缺口") < page.index("B 全天")

    assert client.post(f"/desk/contacts/{gap.id}", data=ROW).status_code == 303
    assert kept_of(gap.id).emergency_contacts[0]["name"] == "夜班"
    assert client.get("/desk/contacts/999999").status_code == 404
