"""What is missed is counted for everybody to see, by clause and kind of organisation, and names nobody."""

import csv
import io

from app.cases import queries, service_clocks
from app.cases.service import advance
from app.core.db import transaction
from app.register import figures
from tests.factories import a_case, a_person, acting, an_act, saved
from workflows.procedure.authority import Role
from workflows.procedure.states import Action, CaseState


def sweep(at):
    for clock_id in queries.due_clocks(at, limit=500):
        with transaction():
            service_clocks.fire(clock_id, act=an_act())


def start_emergency(case):
    with transaction():
        advance(queries.case_to_work(case.id), Action.START_EMERGENCY, act=acting(a_person(Role.LEAD)))


def test_a_breach_is_counted_once_with_its_clause_and_who_had_to_keep_it(app, client, time):
    kept, _missed, late = (saved(a_case, CaseState.ANSWERING) for _ in range(3))
    start_emergency(kept)
    time.go(hours=3)
    sweep(time.at)
    start_emergency(late)
    sweep(time.go(hours=46))  # the company's two days are over too

    body = client.get("/api/v1/stats").get_json()

    rows = {(row["clause"], row["kind"], row["organisation_kind"]): row for row in body["limits"]}
    two_hours = rows["2.2.3.2", "emergency_start", "platform"]
    assert (two_hours["kept"], two_hours["missed"], two_hours["open"]) == (1, 2, 1)
    answer = rows["2.1.7.1", "respondent_answer", "merchant"]
    assert (answer["kept"], answer["missed"]) == (0, 3)
    assert [month["missed"] for month in body["months"]][-1] == 2 + 3 + 3  # the first replies too
    assert body["months"][-1]["received"] == 3
    assert len(body["months"]) == 12


def test_months_are_civil_months_in_china(app, time):
    time.at = time.at.replace(year=2026, month=1, day=31, hour=15, minute=59)
    saved(a_case)
    time.go(minutes=1)
    saved(a_case)

    found = {month.month: month.received for month in figures.months(time.at)}

    assert (found["2026-01"], found["2026-02"]) == (1, 1)
    assert next(iter(found)) == "2025-03"


def test_the_page_and_the_table_say_the_same_and_name_nobody(app, client, time):
    case = saved(a_case, CaseState.ANSWERING)
    sweep(time.go(hours=3))

    page = client.get("/en/stats")
    table = list(csv.DictReader(io.StringIO(client.get("/en/stats.csv").get_data(as_text=True).lstrip("\ufeff"))))

    assert page.headers["Cache-Control"] == "public, max-age=60"
    assert "Start of emergency handling" in page.text
    assert [row["missed"] for row in table if row["kind"] == "emergency_start"] == ["1"]
    for text in (page.text, client.get("/api/v1/stats").text):
        assert case.respondent.name not in text
        assert case.number not in text
        assert "林小雨" not in text


def test_the_page_costs_the_same_however_many_cases(app, client, count_queries):
    with count_queries() as few:
        assert client.get("/en/stats").status_code == 200
    for _ in range(4):
        saved(a_case)
    with count_queries() as many:
        client.get("/en/stats")

    assert len(many) == len(few) <= 12
