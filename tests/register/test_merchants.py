"""What anybody reads of merchants, penalties and the blacklist, as pages, tables and over the API."""

import csv
import io

import pytest
from sqlalchemy import select

from app.conduct.models import Penalty
from app.core.db import session
from app.organisations.models import PartyKind
from tests.committee.factories import a_case_before_the_committee, to_a_decision
from tests.conduct.stories import a_late_answer, answered, appealed, decided, imposed, ruled
from tests.factories import a_case, an_organisation, saved
from workflows.procedure.states import CaseState

MOST_QUERIES = 12


@pytest.fixture
def company(app):
    """A merchant with enough cases for a score."""
    company = saved(an_organisation, name="晴川服饰")
    for _ in range(5):
        saved(a_case, CaseState.ANSWERING, respondent=company)
    return company


def rows(client, address):
    return client.get(address).json["items"]


def test_a_merchants_page_shows_score_figures_reasons_and_penalties(client, company, time):
    penalty = imposed(time, company)

    page = client.get(f"/en/merchants/{company.id}").text

    assert "晴川服饰" in page
    assert ">95<" in page
    assert penalty.number in page
    assert f"/complain?about={company.id}" in page
    assert "Answer not given in time" in page


def test_with_few_cases_there_is_neither_score_nor_figure(client, app):
    company = saved(an_organisation)
    saved(a_case, CaseState.ANSWERING, respondent=company)

    page = client.get(f"/en/merchants/{company.id}").text

    assert "Fewer than 5 cases: no score" in page
    assert "Fewer than 5 cases: no figures" in page


@pytest.mark.parametrize("kind", [kind for kind in PartyKind if kind is not PartyKind.MERCHANT])
def test_other_companies_have_no_public_credit(client, app, kind):
    company = saved(an_organisation, kind)

    assert client.get(f"/en/merchants/{company.id}").status_code == 404
    assert client.get(f"/api/v1/organisations/{company.id}/standing").status_code == 404
    assert company.name not in client.get("/en/merchants").text


def test_their_penalties_are_published_all_the_same(client, app, time):
    carrier = saved(an_organisation, PartyKind.LOGISTICS_COMPANY, name="Swift Parcels")
    penalty = imposed(time, carrier)

    page = client.get("/en/penalties").text

    assert "Swift Parcels" in page
    assert penalty.number in page


def test_only_what_was_imposed_and_stands_is_published(client, app, time):
    imposed_ = imposed(time)
    proposed = a_late_answer(time)
    dropped = decided(answered(a_late_answer(time)), "dropped")
    lifted = ruled(appealed(imposed(time)), "lifted")
    halted = appealed(imposed(time))

    shown = {row["number"]: row["state"] for row in rows(client, "/api/v1/penalties")}

    assert shown == {imposed_.number: "in_force", halted.number: "appealed"}
    page = client.get("/en/penalties").text
    assert not [each for each in (proposed, dropped, lifted) if each.number in page]


def test_what_people_wrote_is_nowhere(client, app, time):
    penalty = ruled(appealed(decided(answered(a_late_answer(time)))), "upheld")
    words = ("on its way", "limit was long", "by telephone", "no trace")

    for address in (
        "/en/penalties",
        "/en/penalties.csv",
        "/api/v1/penalties",
        f"/en/merchants/{penalty.organisation_id}",
    ):
        text = client.get(address).text
        assert not [each for each in words if each in text], address


def test_penalties_are_filtered_and_paged_by_cursor(client, app, time):
    company = saved(an_organisation)
    numbers = [imposed(time, company).number for _ in range(3)]  # warning, points, fine

    first = client.get("/api/v1/penalties?limit=2").json
    second = client.get(f"/api/v1/penalties?limit=2&cursor={first['next']}").json
    fines = rows(client, "/api/v1/penalties?measure=fine")

    assert [row["number"] for row in first["items"] + second["items"]] == numbers[::-1]
    assert second["next"] is None
    assert [(row["number"], row["fine"]) for row in fines] == [
        (numbers[2], {"amount_minor": 20000, "currency": "CNY"})
    ]  # fmt: skip
    assert numbers[0] not in client.get("/en/penalties?measure=fine").text
    assert client.get("/api/v1/penalties?measure=prison").status_code == 422
    assert client.get("/api/v1/penalties?cursor=x").status_code == 400


def test_what_is_over_is_filtered_by_its_end(client, app, time):
    penalty = imposed(time)
    time.at = penalty.until_at

    assert rows(client, "/api/v1/penalties?state=in_force") == []
    assert [row["state"] for row in rows(client, "/api/v1/penalties?state=ended")] == ["ended"]


def test_the_table_has_a_row_for_each_and_no_formulas(client, app, time):
    shop = saved(an_organisation, name="=cmd()")
    penalty = imposed(time, shop)

    table = client.get("/en/penalties.csv").text.removeprefix("\ufeff")
    [row] = list(csv.DictReader(io.StringIO(table)))

    assert (row["number"], row["organisation"], row["measure"]) == (penalty.number, "'=cmd()", "warning")


def test_a_penalty_links_the_published_decision_it_rests_on(client, app, time):
    from tests.notices.cases import published

    case = to_a_decision(saved(a_case_before_the_committee))
    penalty = session().scalars(select(Penalty)).one()
    time.at = penalty.hear_by + penalty.hear_by.resolution
    decided(penalty)
    assert rows(client, "/api/v1/penalties")[0]["decision"] is None
    entry = saved(published, case)

    [row] = rows(client, "/api/v1/penalties")

    assert row["decision"] == entry.number
    assert f"/en/decisions/{entry.number}" in client.get("/en/penalties").text


def test_the_standing_over_the_api_cites_penalty_decision_and_clause(client, company, time):
    penalty = imposed(time, company)

    standing = client.get(f"/api/v1/organisations/{company.id}/standing").json

    assert (standing["score"], standing["grade"], standing["cases"]) == (95, "excellent", 6)
    [loss] = standing["losses"]
    assert (loss["penalty"], loss["clause"], loss["points"], loss["decision"]) == (penalty.number, "2.1.7.1", 1, None)
    assert len(standing["trend"]) == 12
    assert standing["blacklist"] == []


def test_the_blacklist_says_by_which_rule_and_because_of_what(client, company, time):
    for _ in range(5):
        imposed(time, company)

    [row] = rows(client, "/api/v1/blacklist")

    assert row["organisation"]["id"] == company.id
    assert (row["rule"], row["clause"], len(row["penalties"])) == ("points", "3.4.4", 5)
    assert "12 or more" in client.get("/en/blacklist").text
    assert "On the blacklist since" in client.get(f"/en/merchants/{company.id}").text
    assert client.get("/api/v1/blacklist?cursor=t1_1").json["items"] == []


def test_the_blacklist_is_paged_by_cursor(client, app, time):
    from app.conduct.models import Penalty as Row
    from tests.conduct.stories import take  # noqa: F401

    companies = [saved(an_organisation) for _ in range(2)]
    for company in companies:
        for _ in range(5):
            imposed(time, company)
    assert session().query(Row).count() == 10

    first = client.get("/api/v1/blacklist?limit=1").json
    second = client.get(f"/api/v1/blacklist?limit=1&cursor={first['next']}").json

    assert [each["items"][0]["organisation"]["id"] for each in (first, second)] == [
        companies[1].id, companies[0].id,
    ]  # fmt: skip
    assert second["next"] is None


def test_merchants_are_found_by_name_and_paged(client, app):
    ids = [saved(an_organisation, name=f"Shop {n:02}").id for n in range(32)]

    page = client.get("/en/merchants").text
    assert f"/en/merchants/{ids[0]}" in page
    assert f"/en/merchants/{ids[31]}" not in page
    assert 'rel="next"' in page
    following = client.get(f"/en/merchants?cursor={ids[29]}").text
    assert f"/en/merchants/{ids[31]}" in following
    assert f"/en/merchants/{ids[7]}" in client.get("/en/merchants?q=shop+07").text
    assert "No merchant is called so" in client.get("/en/merchants?q=zzz").text


@pytest.mark.parametrize("lang", ["zh-hans", "zh-hant", "en"])
def test_the_method_tells_the_figures_that_hold(client, app, lang):
    page = client.get(f"/{lang}/merchants/method").text

    assert page.count("365") >= 2
    assert "{" not in page.split("<main")[1].split("</main>")[0]


@pytest.mark.parametrize("page", ["merchants", "penalties", "blacklist"])
def test_addresses_without_a_language_lead_to_the_readers_own(client, app, page):
    assert client.get(f"/{page}", headers={"Accept-Language": "zh-TW"}).headers["Location"] == f"/zh-hant/{page}"


def test_pages_cost_few_queries_however_many_there_are(client, company, time, count_queries):
    for _ in range(4):
        imposed(time, company)
    for n in range(12):
        imposed(time, saved(an_organisation, name=f"Other {n}"))
    for address in ("/en/merchants", f"/en/merchants/{company.id}", "/en/penalties", "/en/blacklist"):
        with count_queries() as seen:
            assert client.get(address).status_code == 200
        assert len(seen) <= MOST_QUERIES, (address, seen)
