"""A file of the shop's system in a case: looked at, sent, kept as evidence, merged with who said it, judged again."""

import json
from io import BytesIO

import pytest

from app.accounts.service import give_token
from app.cases import queries
from app.cases.models_facts import FactStatement
from app.core.db import session, transaction
from app.core.messages import OutboundMessage
from app.evidence import queries as evidence
from tests.factories import an_act, sign_in
from tests.portal.conftest import hidden
from workflows.procedure.authority import SYSTEM
from workflows.procedure.checks import sheet
from workflows.procedure.states import Action

SAID = "2026-08-28T15:00:00+08:00"  # by the consumer
TABLE = (
    "name,value,at,actor,details\n"
    "received_at,2026-08-20T15:00:00+08:00,,,\n"
    "goods_total_minor,19900,,,\n"
    "category,apparel,,,\n"
    "return_requested,,2026-08-30T09:00:00+08:00,consumer,kind=no_reason\n"
    "return_rejected,,2026-08-30T18:00:00+08:00,merchant,reason=late\n"
)


@pytest.fixture
def case(client, mediated):
    with transaction():
        queries.case_to_work(mediated.case.id).order_facts = {"received_at": SAID, "goods_intact": True}
    return mediated


@pytest.fixture
def desk(app, case):
    browser = app.test_client()
    sign_in(browser, case.people["mediator"])
    return browser


def page(case):
    return f"/r/cases/{case.number}/facts"


def upload(browser, url, content=TABLE, name="orders.csv", **fields):
    return browser.post(url, data=fields | {"file": (BytesIO(content.encode()), name)})


def take(browser, url, content=TABLE, name="orders.csv", **fields):
    """Look at a file, then send it."""
    shown = upload(browser, url, content, name, **fields)
    assert shown.status_code == 200, shown.text
    return browser.post(url, data=fields | hidden(shown.text))


def verdicts(case):
    return {each.clause: each.verdict for each in queries.findings(case.case)}


def test_a_file_is_shown_before_anything_is_taken(case, shop):
    shown = upload(shop, page(case)).text

    assert "differs from what another side said" in shown
    assert "¥199.00" in shown
    assert session().query(FactStatement).count() == 0
    assert evidence.of_case(case.case) == []


def test_a_file_that_is_sent_is_kept_as_evidence_and_merged_with_who_said_it(case, shop):
    assert take(shop, page(case)).status_code == 303

    [exhibit] = evidence.of_case(case.case)
    assert (exhibit.filename, exhibit.side) == ("orders.csv", "respondent")
    order = case.case.order_facts
    assert (order["received_at"], order["goods_total_minor"]) == (SAID, 19900)
    assert [event["type"] for event in case.case.order_events] == ["return_requested", "return_rejected"]
    [told] = [each for each in queries.events(case.case, SYSTEM) if each.action is Action.STATE_FACTS]
    assert told.detail == {"by": "respondent", "source": "file", "facts": 5, "differ": 1, "exhibit": 1}
    assert "exhibit 1" in shop.get(page(case)).text


def test_the_rules_judge_again_on_what_is_known_now(case, shop):
    before = verdicts(case)
    take(shop, page(case))

    assert before == {}
    assert verdicts(case)["2.1.6.1"] in ("breach", "missing_facts")


def test_the_desk_settles_whose_word_holds_and_the_rules_judge_again(case, shop, desk):
    take(shop, page(case))
    before = verdicts(case)
    url = f"/desk/cases/{case.number}/facts"
    assert "Where the sides differ" in desk.get(url).text

    assert desk.post(f"{url}/settle", data={"path": "received_at", "side": "respondent"}).status_code == 303

    assert case.case.order_facts["received_at"].startswith("2026-08-20")
    assert "Where the sides differ" not in desk.get(url).text
    assert verdicts(case) != before


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("name,value\nreceived_at,yesterday\n", "Row 2"),
        ("name,value\nunheard_of,1\n", "Row 2"),
        ("colour,size\nred,4\n", "name, value, at, actor, details"),
        ("{", "JSON"),
        ("", ""),
    ],
)
def test_a_file_with_mistakes_says_where_and_takes_nothing(case, shop, content, words):
    answer = upload(shop, page(case), content)

    assert (answer.status_code, words in answer.text) == (422, True)
    assert session().query(FactStatement).count() == 0


def test_the_json_of_the_interface_is_taken_too(case, shop):
    document = {"order": {"id": "O-77"}, "events": []}

    assert take(shop, page(case), json.dumps(document), "order.json").status_code == 303
    assert case.case.order_facts["id"] == "O-77"


def test_a_kept_file_that_was_tampered_with_is_not_sent(case, shop):
    answer = shop.post(page(case), data={"kept": "forged"})

    assert answer.status_code == 422
    assert case.case.order_events == []


def test_the_desk_says_for_whom_it_hands_a_file_in(case, desk):
    url = f"/desk/cases/{case.number}/facts"

    assert take(desk, url, side="consumer").status_code == 303
    assert case.case.order_facts["received_at"].startswith("2026-08-20")  # the consumer corrected their own word


def test_what_a_clause_lacks_is_asked_of_the_side_that_knows_with_a_date(case, shop, desk):
    take(shop, page(case), "name,value,at,actor,details\nreturn_requested,,2026-08-30T09:00:00+08:00,consumer,\n"
                           "return_rejected,,2026-08-30T10:00:00+08:00,merchant,\n")  # fmt: skip
    url = f"/desk/cases/{case.number}/facts"
    shown = desk.get(url).text
    lacking = next(c for c, v in verdicts(case).items() if v == "missing_facts")
    side = "consumer" if f"/facts/ask/{lacking}" in shown and 'value="consumer"' in shown else "respondent"

    assert desk.post(f"{url}/ask/{lacking}", data={"side": side}).status_code == 303

    [asked] = [each for each in queries.events(case.case, SYSTEM) if each.action is Action.ASK_EVIDENCE]
    assert asked.detail["side"] == side
    assert any(lacking in letter.body for letter in session().query(OutboundMessage))


@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant", "en"])
def test_the_template_in_each_language_is_a_file_that_can_be_sent(case, shop, client, language):
    template = client.get(f"/{language.lower()}/checks/template.csv").data

    assert sheet.document(template)["order"]["id"] == "O-1"
    assert take(shop, page(case), template.decode()).status_code == 303


def test_the_page_asks_little_of_the_database(case, shop, count_queries):
    take(shop, page(case))

    with count_queries() as seen:
        shop.get(page(case))

    assert len(seen) <= 12, seen


def test_a_shops_program_states_facts_by_the_interface(case, client):
    with transaction():
        token = give_token(session().merge(case.people["respondent"]), "shop", act=an_act())
    head = {"Authorization": f"Bearer {token}"}
    url = f"/api/v1/cases/{case.number}/actions/state_facts"

    wrong = client.post(url, json={"order": {"received_at": "yesterday"}}, headers=head)
    taken = client.post(url, json={"order": {"goods_total_minor": 19900}, "events": []}, headers=head)

    assert (wrong.status_code, wrong.json["errors"][0]["pointer"]) == (422, "/order/received_at")
    assert (taken.status_code, case.case.order_facts["goods_total_minor"]) == (200, 19900)
