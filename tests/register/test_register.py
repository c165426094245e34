"""The public register: what it shows to everybody, how it is searched, and that it never names anybody."""

import csv
import io
from xml.etree import ElementTree

import pytest

from app.core.db import session, transaction
from app.core.sheet import cell
from app.notices import queries as notices
from app.notices import service
from app.notices.commands import TakeDown
from app.notices.models import RegisterEntry, Standing
from app.register import queries
from app.register.queries import Sought
from tests.factories import an_act, saved
from tests.notices.cases import a_decided_case, a_settled_case, published
from workflows.procedure.authority import Role
from workflows.procedure.issues import Outcome

NAMES = ("林小雨", "云栖", "13800138000", "lin@example.test", "O-20260901-77")
LANGUAGES = ("zh-hans", "zh-hant", "en")


@pytest.fixture
def settlement(app):
    return saved(published, saved(a_settled_case))


@pytest.fixture
def decision(app):
    return saved(published, saved(a_decided_case))


def paths(entry):
    for language in LANGUAGES:
        yield from (f"/{language}/decisions", f"/{language}/decisions/{entry.number}", f"/{language}/v/{entry.code}",
                    f"/{language}/decisions.atom")  # fmt: skip
    yield from ("/en/decisions.csv", "/api/v1/decisions", f"/api/v1/decisions/{entry.number}", "/api/v1/decisions.csv")


@pytest.mark.parametrize("make", [a_settled_case, a_decided_case])
def test_no_public_page_names_a_party(client, make):
    entry = saved(published, saved(make))

    for path in paths(entry):
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert not [name for name in NAMES if name in answer.text], path


def test_a_published_decision_reads_in_full(client, decision):
    page = client.get(f"/zh-hans/decisions/{decision.number}").text

    for words in ("衡裁〔2026〕1号", "有效", "吊牌完好", "拆封不退", "2.1.6.1", "支持 2", "申请复核"):
        assert words in page, words


@pytest.mark.parametrize(
    ("sought", "found"),
    [
        (Sought(), {"S2026-1", "D2026-1", "D2026-2"}),
        (Sought(text="拆封不退"), {"D2026-1", "D2026-2"}),
        (Sought(text="ｄ2026-1"), {"D2026-1"}),
        (Sought(text="衡和〔2026〕1号"), {"S2026-1"}),
        (Sought(text="return  REFUSED"), {"S2026-1", "D2026-1", "D2026-2"}),
        (Sought(text="拆封 没有这个词"), set()),
        (Sought(text="100%"), set()),
        (Sought(outcome="for_respondent"), {"D2026-2"}),
        (Sought(rule="2.2.2.5"), {"S2026-1"}),
        (Sought(month="2026-09", anomaly="return_refusal"), {"S2026-1", "D2026-1", "D2026-2"}),
        (Sought(month="2026-10"), set()),
        (Sought(text="林小雨"), set()),
    ],
    ids=lambda each: repr(each) if isinstance(each, Sought) else "-".join(sorted(each)),
)
def test_it_is_searched_by_words_and_narrowed_down(app, settlement, decision, sought, found):
    saved(published, saved(a_decided_case, Outcome.FOR_RESPONDENT, terms=()))

    assert {entry.number for entry in queries.page(sought).items} == found
    assert queries.tally(sought).count == len(found)


def test_facets_tell_how_many_there_are(app, settlement, decision):
    tally = queries.tally(Sought())

    assert tally.by["outcome"] == {"settled": 1, "for_consumer": 1}
    assert tally.by["rule"] == {"2.1.6.1": 1, "2.1.6.4": 1, "2.2.2.5": 1}
    assert tally.by["month"] == {"2026-09": 2}


def test_counting_stops_where_it_would_cost(app, monkeypatch):
    for _ in range(3):
        saved(published, saved(a_settled_case))
    monkeypatch.setattr(queries, "COUNTED", 2)

    tally = queries.tally(Sought())

    assert (tally.count, tally.more, tally.by["outcome"]) == (2, True, {"settled": 2})


def test_pages_go_on_without_gaps_or_doubles_though_many_are_published_at_once(client):
    for _ in range(5):
        saved(published, saved(a_settled_case))

    seen, cursor = [], ""
    while cursor is not None:
        page = client.get(f"/api/v1/decisions?limit=2{cursor and '&cursor=' + cursor}").json
        seen += [row["number"] for row in page["items"]]
        cursor = page["next"]

    assert seen == [f"S2026-{n}" for n in (5, 4, 3, 2, 1)]


@pytest.mark.parametrize("path", ["/en/decisions?cursor=AAAA", "/api/v1/decisions?cursor=AAAA"])
def test_a_forged_cursor_is_a_400(client, path):
    assert client.get(path).status_code == 400


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "month=2026-13", "clause=1", "outcome=won", "colour=red", "q=%00", "anomaly=%00"]
)
def test_the_api_explains_a_bad_query(client, query):
    answer = client.get(f"/api/v1/decisions?{query}")

    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, f"/{query.partition('=')[0]}")


def test_a_page_costs_the_same_for_any_number_of_entries(client, count_queries):
    costs = []
    for _ in range(2):
        for _ in range(4):
            saved(published, saved(a_decided_case))
        with count_queries() as seen:
            client.get("/zh-hans/decisions")
        costs.append(len(seen))

    assert costs[0] == costs[1] <= 5


def test_an_outcome_and_its_verification_cost_few_queries(client, decision, count_queries):
    for path in (f"/en/decisions/{decision.number}", f"/en/v/{decision.code}"):
        with count_queries() as seen:
            client.get(path)
        assert len(seen) <= 5, path


def test_the_table_is_whole_and_read_by_programs(client, monkeypatch):
    monkeypatch.setattr("app.core.paging.MAXIMUM", 2)
    for _ in range(5):
        saved(published, saved(a_settled_case))

    answer = client.get("/api/v1/decisions.csv", buffered=False)
    streamed = answer.is_streamed
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))

    assert [row["number"] for row in rows] == [f"S2026-{n}" for n in (5, 4, 3, 2, 1)]
    assert streamed
    assert rows[0]["clauses"] == "2.2.2.5"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_spreadsheet_never_calculates_a_cell(text):
    assert cell(text) == f"'{text}"


def test_the_feed_can_be_read(client, decision):
    feed = ElementTree.fromstring(client.get("/zh-hant/decisions.atom?type=return_refusal").data)

    titles = [entry.findtext("{*}title") for entry in feed.iter("{http://www.w3.org/2005/Atom}entry")]
    assert titles == ["衡裁〔2026〕1號 · 無理拒絕退換貨 · 支持消費者"]


@pytest.mark.parametrize("path", ["/decisions/D2026-1", "/decisions/D2026-1.pdf", "/v/XXXX-XXXX-XXXX", "/decisions"])
@pytest.mark.parametrize(("reader", "segment"), [("zh-TW", "zh-hant"), ("zh-CN", "zh-hans"), ("en-GB", "en")])
def test_addresses_on_paper_lead_to_the_readers_language(client, path, reader, segment):
    answer = client.get(path, headers={"Accept-Language": reader})

    assert (answer.status_code, answer.headers["Location"]) == (302, f"/{segment}{path}")


@pytest.mark.parametrize(
    "path", ["/en/decisions?q=%00", "/en/decisions?type=%00&month=%ff&rule=%F0%9F", "/en/decisions?q=%25"]
)
def test_a_strange_search_finds_nothing_and_breaks_nothing(client, decision, path):
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("number", ["%00", "D2026-1%00", "D２０２６-1", "D2026-1' --", "d2026-1", "0" * 300])
def test_a_strange_number_is_not_there(client, decision, number):
    assert client.get(f"/en/decisions/{number}").status_code == 404
    assert client.get(f"/api/v1/decisions/{number}").status_code == 404


def test_a_door_takes_no_address_from_the_query(client):
    for path in ("/decisions?_external=1&_scheme=evil&_anchor=x&q=a", "/v?_scheme=evil&_external=1"):
        assert client.get(path).headers["Location"].startswith("/zh-hans/")


def test_a_file_that_is_not_printed_yet_says_so(client, decision):
    assert client.get(f"/en/decisions/{decision.number}.pdf").status_code == 503


# --- withdrawn ---


def test_what_is_withdrawn_leaves_the_register_and_the_reason_stands_in_its_place(client, decision):
    with transaction():
        entry = notices.by_number(decision.number)
        case = notices_case(entry)
        service.take_down(entry, case, TakeDown(reason="A name was in the text."), act=an_act(Role.SECRETARY))

    number, code = entry.number, entry.code
    roots = ("/en/decisions/", "/en/decisions?q=", "/api/v1/decisions/")
    page, listed, api = (client.get(f"{root}{number}") for root in roots)
    assert (page.status_code, "A name was in the text." in page.text, "吊牌" in page.text) == (410, True, False)
    assert f"decisions/{number}" not in listed.text
    assert (api.json["status"], api.json["texts"], api.json["files"]) == ("withdrawn", {}, [])
    assert "Withdrawn" in client.get(f"/en/v/{code}").text
    file = client.get(f"/en/decisions/{number}.pdf")
    assert (file.status_code, "A name was in the text." in file.text) == (410, True)


def test_a_tombstone_stays_in_the_list_the_feed_the_table_and_the_api(client, decision):
    with transaction():
        entry = notices.by_number(decision.number)
        service.take_down(entry, notices_case(entry), TakeDown(reason="A name was in it."), act=an_act(Role.SECRETARY))

    paths = ("/en/decisions", "/en/decisions.atom", "/en/decisions.csv", "/api/v1/decisions")
    shown = {path: client.get(path).text for path in paths}

    assert all("A name was in it." in text and entry.number in text for text in shown.values())
    assert not any(word in text for text in shown.values() for word in ("2.1.6.1", "return_refusal"))


def notices_case(entry: RegisterEntry):
    from app.cases.queries import case_to_work

    return case_to_work(entry.case_id)


def test_what_is_replaced_names_what_replaced_it(client, decision):
    other = saved(published, saved(a_decided_case))
    with transaction():
        first = session().get_one(RegisterEntry, decision.id)
        first.status, first.later_id = Standing.REPLACED, other.id

    page = client.get(f"/en/decisions/{decision.number}").text

    assert "Replaced" in page
    assert f"/en/decisions/{other.number}" in page
