"""Who saw which case when: pages, files and the API, at no cost to who reads; why people were looked up."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from sqlalchemy import event, select

from app.accounts import service as accounts
from app.accounts.models_watch import ReasonFor, StatedReason
from app.cases.models_seen import Door, Sighting
from app.core.db import db, session
from tests.attacks.conftest import kept, world  # noqa: F401
from tests.factories import a_case, a_person, an_act, saved, sign_in
from workflows.procedure.authority import Role
from workflows.procedure.states import CaseState


@pytest.fixture
def lead(client):
    person = saved(a_person, Role.LEAD, name="Chen")
    sign_in(client, person)
    return person


@pytest.fixture
def case(app):
    return saved(a_case, CaseState.MEDIATION)


def sightings() -> list[tuple[int, int, str]]:
    session().rollback()
    query = select(Sighting.user_id, Sighting.case_id, Sighting.door).order_by(Sighting.id)
    return [tuple(row) for row in session().execute(query)]


def test_a_case_page_is_noted_once_in_ten_minutes(client, lead, case, time):
    for minutes in (0, 3, 10):
        time.go(minutes=minutes)
        for tab in ("overview", "messages"):
            client.get(f"/desk/cases/{case.number}?tab={tab}")

    assert sightings() == [(lead.id, case.id, Door.PAGE)] * 2


def test_files_and_the_api_are_noted_too(world, client):  # noqa: F811
    mediator = world.browser("mediator")
    world.ask("mediator", mediator, f"/evidence/{world.ids['evidence_id']}")
    world.ask("mediator", mediator, f"/api/v1/cases/{world.cases['decided']}")
    respondent = world.browser("respondent")
    world.ask("respondent", respondent, f"/r/cases/{world.cases['mediated']}")
    world.ask("respondent", respondent, f"/r/cases/{world.cases['decided']}/notice/{world.ids['notice_id']}")

    seen = [(user, door) for user, _case, door in sightings()]
    mediator_id, respondent_id = world.ids["user-mediator"], world.ids["user-respondent"]
    assert seen == [
        (mediator_id, Door.FILE), (mediator_id, Door.API), (respondent_id, Door.PAGE), (respondent_id, Door.FILE),
    ]  # fmt: skip


def test_what_was_refused_was_not_seen(world, client):  # noqa: F811
    rival = world.browser("rival")
    for address in (f"/r/cases/{world.cases['mediated']}", f"/evidence/{world.ids['evidence_id']}"):
        assert world.ask("rival", rival, address).status_code == 404

    assert sightings() == []


def test_reading_pays_for_it_with_one_statement_after_the_answer(client, lead, case):
    wrote = []
    for _ in range(2):
        with statements() as seen:
            client.get(f"/desk/cases/{case.number}")
        wrote.append(["INSERT INTO sightings" in each for each in seen])

    assert [sum(each) for each in wrote] == [1, 0]
    assert wrote[0][-1]


@contextmanager
def statements():
    """All that is sent to the database, also after the answer has left."""
    seen: list[str] = []

    def note(conn, cursor, statement, parameters, context, executemany):
        if not statement.startswith(("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE")):
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def test_the_supervisor_reads_and_narrows_the_log(app, client, lead, case):
    other = saved(a_case, CaseState.MEDIATION)
    for each in (case, other):
        client.get(f"/desk/cases/{each.number}")
    browser = app.test_client()
    sign_in(browser, saved(a_person, Role.SUPERVISOR))

    def shown(**asked) -> tuple[bool, bool]:
        page = browser.get("/watch/access", query_string=asked).text
        return f">{case.number}<" in page, f">{other.number}<" in page

    assert shown() == (True, True)
    assert shown(case=case.number) == (True, False)
    assert shown(person=lead.email) == (True, True)
    assert shown(person="nobody@desk.test") == (False, False)
    assert shown(door="file") == (False, False)
    assert shown(day="2026-09-01") == (True, True)
    assert shown(day="2026-09-02") == (False, False)


def test_the_log_costs_the_same_for_any_number_of_rows(app, client, lead, count_queries):
    browser = app.test_client()
    sign_in(browser, saved(a_person, Role.SUPERVISOR))
    costs = []
    for _ in range(2):
        for _ in range(5):
            client.get(f"/desk/cases/{saved(a_case).number}")
        with count_queries() as seen:
            browser.get("/watch/access")
        costs.append(len(seen))

    assert costs[0] == costs[1] <= 4


def reasons() -> list[tuple[str, str, str]]:
    session().rollback()
    query = select(StatedReason.kind, StatedReason.reason, StatedReason.subject).order_by(StatedReason.id)
    return [tuple(row) for row in session().execute(query)]


def test_to_look_a_person_up_takes_a_reason_which_is_kept_without_the_number(client, lead, case):
    asked = client.get("/desk/search?q=13800138000")
    refused = client.post("/desk/search", data={"q": "13800138000", "reason": "other"})
    found = client.post("/desk/search", data={"q": "13800138000", "reason": "other", "note": "Her son calls"})

    assert case.number not in asked.text + refused.text
    assert (asked.status_code, refused.status_code) == (200, 422)
    assert case.number in found.text
    assert reasons() == [(ReasonFor.LOOKUP, "other: Her son calls", "search")]
    [row] = session().scalars(select(StatedReason))
    assert len(row.about_hash) == 64


@pytest.mark.parametrize("typed", ["0013-8000", "13800138000", "林小雨"])
def test_neither_part_of_a_number_nor_a_name_nor_the_queue_is_a_way_around_the_reason(client, lead, case, typed):
    searched = client.get("/desk/search", query_string={"q": typed})
    in_the_queue = client.get("/desk", query_string={"v": "all", "q": typed})
    saved_view = client.get(client.post("/desk/views", data={"name": "Hers", "q": typed}).headers["Location"])
    found = client.post("/desk/search", data={"q": typed, "reason": "caller"})

    assert case.number not in searched.text
    assert "Why do you look this person up?" in searched.text
    assert [page.status_code for page in (in_the_queue, saved_view)] == [303, 303]
    assert in_the_queue.headers["Location"].startswith("/desk/search?q=")
    assert case.number in found.text
    assert reasons() == [(ReasonFor.LOOKUP, "caller", "search")]


@pytest.mark.parametrize("typed", ["拒绝退货", "H2026", "O-1", "20260601123456789012"])
def test_what_finds_a_case_rather_than_a_person_takes_no_reason(client, lead, case, typed):
    assert "Why do you look this person up?" not in client.get("/desk/search", query_string={"q": typed}).text


def test_the_telephone_desk_and_the_api_note_their_own_reasons(client, case):
    operator = saved(a_person, Role.OPERATOR)
    sign_in(client, operator)
    token = saved(accounts.give_token, operator, "weekly report", act=an_act())

    client.get("/desk/phone?phone=13800138000")
    client.get("/api/v1/cases?q=13800138000", headers={"Authorization": f"Bearer {token}"})

    assert reasons() == [
        (ReasonFor.LOOKUP, "caller", "phone"), (ReasonFor.LOOKUP, "token: weekly report", "api"),
    ]  # fmt: skip


def test_the_supervisor_reads_the_reasons(app, client, lead):
    client.post("/desk/search", data={"q": "13800138000", "reason": "authority", "note": "File 7"})
    browser = app.test_client()
    sign_in(browser, saved(a_person, Role.SUPERVISOR))

    assert "A court or authority asks: File 7" in browser.get("/watch/reasons").text
    assert "File 7" not in browser.get("/watch/reasons?kind=export").text
