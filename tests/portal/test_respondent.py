"""The company's way without scripts: what is due, one page to answer on, offers, proof, and what it may not see."""

from io import BytesIO

import pytest

from app.cases import queries
from app.cases.commands import Perform, Reply, RequestAnswer
from app.cases.queries_talk import remedies
from app.cases.service import advance
from app.core.db import transaction
from app.evidence import queries as evidence
from app.mediation import queries as mediation
from tests.evidence.files import PDF
from tests.factories import a_case, a_person, an_act, an_organisation, saved, sign_in
from tests.mediation.conftest import HALF, REFUND, Table, sweep
from tests.portal.conftest import hidden, terms_typed
from workflows.procedure.authority import SYSTEM, Role
from workflows.procedure.states import Action, CaseState

PAGES = ("", "/respond", "/offer/1", "/offer/1?answer=accept", "/propose", "/fulfil", "/appeal", "/messages")


@pytest.fixture
def desk(app, table):
    """A browser of the company that was asked to answer `table`."""
    browser = app.test_client()
    sign_in(browser, table.people["respondent"])
    return browser


def page(table: Table, path: str = "") -> str:
    return f"/r/cases/{table.number}{path}"


def answer(browser, table, position, **fields):
    data = terms_typed() | {"position": position, "clause": "", "points_to": "", "text": ""} | fields
    return browser.post(page(table, "/respond"), data=data)


def answers(table):
    return mediation.answers(table.case, SYSTEM)


# --- who may see it --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES)
def test_the_case_of_another_company_is_not_found(app, mediated, path):
    mediated.propose("consumer")
    stranger = app.test_client()
    sign_in(stranger, mediated.people["stranger"])

    assert stranger.get(page(mediated, path)).status_code == 404


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("who", ["mediator", "member", "supervisor", "operator"])
def test_the_companys_pages_are_for_companies(app, mediated, who, path):
    browser = app.test_client()
    sign_in(browser, mediated.people[who])

    assert browser.get(page(mediated, path)).status_code in (403, 404)


@pytest.mark.parametrize("path", PAGES)
def test_who_is_not_signed_in_is_asked_to(client, mediated, path):
    got = client.get(page(mediated, path))

    assert got.status_code == 303
    assert got.location.startswith("/signin")


@pytest.mark.parametrize(("path", "data"), [("/offer/1", {"answer": "accept"}), ("/fulfil", {"remedy": "1"})])
def test_nothing_can_be_sent_to_the_case_of_another_company(app, mediated, path, data):
    mediated.propose("consumer")
    stranger = app.test_client()
    sign_in(stranger, mediated.people["stranger"])

    assert stranger.post(page(mediated, path), data=data).status_code == 404
    assert mediated.case.state is CaseState.MEDIATION


def test_a_case_that_nobody_asked_the_company_about_is_not_found(app):
    case = saved(a_case, CaseState.TRIAGE)
    person = saved(a_person, Role.RESPONDENT, organisation_id=case.respondent_id)
    browser = app.test_client()
    sign_in(browser, person)

    assert browser.get(f"/r/cases/{case.number}").status_code == 404


def test_the_company_reads_claim_and_clause_and_neither_contact_nor_notes(desk, table):
    table.do("mediator", Action.REPLY, Reply(body="A note of the mediator", audience="internal"))
    table.do("mediator", Action.REPLY, Reply(body="For the consumer", audience="consumer"))

    seen = desk.get(page(table)).text + desk.get(page(table, "/messages")).text

    assert table.case.narrative in seen
    assert "2.2.2.5" in seen
    for secret in ("+8613800138000", "lin@example.test", "林小雨", "A note of the mediator", "For the consumer"):
        assert secret not in seen


def test_a_case_that_moved_on_says_where_to(desk, app, table):
    answer(desk, table, "not_ours", points_to="logistics_company", text="Damaged on the way.")
    assert "back with the desk" in desk.get(page(table)).text

    with transaction():
        carrier = an_organisation(kind="logistics_company")
        case = queries.case_to_work(table.case.id)
        case.anomaly, case.anomaly_status = "logistics_info_error", "confirmed"
    table.do("mediator", Action.REQUEST_ANSWER, RequestAnswer(organisation_id=carrier.id))

    got = desk.get(page(table))
    assert (got.status_code, "Another company has been asked" in got.text) == (410, True)


def test_a_moved_case_is_told_to_nobody_else(app, mediated):
    stranger = app.test_client()
    sign_in(stranger, mediated.people["stranger"])

    assert stranger.get(page(mediated)).status_code == 404


# --- what is due -----------------------------------------------------------------------------------------------------


def test_what_is_due_is_listed_soonest_first_and_what_waits_for_others_is_not(app, time):
    with transaction():
        shop = an_organisation()
        person = a_person(Role.RESPONDENT, organisation_id=shop.id)
        late, soon = (a_case(CaseState.ANSWERING, respondent=shop, title=title) for title in ("late", "soon"))
        answered = a_case(CaseState.MEDIATION, respondent=shop, title="theirs")
        a_case(CaseState.ANSWERING, title="foreign")
        next(c for c in late.clocks if c.kind == "respondent_answer").due_at = an_act().at.replace(day=9)
    browser = app.test_client()
    sign_in(browser, person)

    seen = browser.get("/r").text

    assert seen.index(soon.number) < seen.index(late.number)
    assert answered.number not in seen
    assert "foreign" not in seen
    assert answered.number in browser.get("/r?v=open").text


def test_an_offer_and_a_remedy_are_due_until_they_are_answered_and_done(shop, mediated):
    mediated.propose("consumer", REFUND)
    assert "Accept or decline an offer" in shop.get("/r").text

    shop.post(page(mediated, "/offer/1"), data={"answer": "accept"})
    assert "Do what is owed, and show it" in shop.get("/r").text

    assert "Sign the settlement record" in shop.get("/r").text

    mediated.do("respondent", Action.PERFORM, Perform(remedy=1, proof="R-1"))
    record = shop.get(page(mediated, "/settlement")).text
    shop.post(page(mediated, "/settlement"), data=hidden(record) | {"read": "y"})
    assert "Nothing is waiting for you" in shop.get("/r").text


def test_the_list_goes_on_from_where_a_page_ended(app, monkeypatch):
    from app.core import paging
    from app.portal.queries import due

    with transaction():
        shop = an_organisation()
        person = a_person(Role.RESPONDENT, organisation_id=shop.id)
        for _ in range(5):
            a_case(CaseState.ANSWERING, respondent=shop)

    first = due(person.actor(), limit=3)
    second = due(person.actor(), cursor=first.next, limit=3)

    ids = [clock.case_id for clock in (*first.items, *second.items)]
    assert (len(ids), len(set(ids)), second.next) == (5, 5, None)
    with pytest.raises(paging.BadCursor):
        due(person.actor(), cursor="nonsense")


# --- the answer ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh-Hans", "zh-Hant"])
def test_agreeing_is_one_tick(app, table, language):
    with transaction():
        table.people["respondent"].language = language
    browser = app.test_client()
    sign_in(browser, table.people["respondent"])

    assert answer(browser, table, "agree").status_code == 303
    (offer,) = mediation.offers(table.case, SYSTEM)
    assert offer.terms[0]["amount"]["amount_minor"] == 19900


def test_offering_part_takes_the_terms_of_the_page(desk, table):
    fields = terms_typed({"kind": "partial_refund", "amount": "99.00", "days": "3"}, {"kind": "apology"})

    assert answer(desk, table, "offer", **fields).status_code == 303
    (offer,) = mediation.offers(table.case, SYSTEM)
    assert [term["kind"] for term in offer.terms] == ["partial_refund", "apology"]


def test_refusing_needs_clause_and_reasons_and_keeps_what_was_written(desk, table):
    first = answer(desk, table, "refuse", text="The seal was broken.")
    assert first.status_code == 422
    assert "Name the clause that you rely on." in first.text
    assert "The seal was broken." in first.text

    assert answer(desk, table, "refuse", clause="2.1.6.2", text="The seal was broken.").status_code == 303
    assert table.case.state is CaseState.MEDIATION


def test_not_ours_needs_to_say_whose(desk, table):
    assert "Say whose it is." in answer(desk, table, "not_ours", text="Not us.").text

    assert answer(desk, table, "not_ours", points_to="platform", text="Not us.").status_code == 303
    assert table.case.state is CaseState.TRIAGE


def test_an_answer_must_be_chosen(desk, table):
    got = answer(desk, table, "")

    assert got.status_code == 422
    assert "Choose one of the four answers." in got.text
    assert "<title>Error:" in got.text


def test_what_belongs_to_another_answer_is_not_taken(desk, table):
    answer(
        desk, table, "refuse", clause="2.1.6.2", text="No.", **terms_typed({"kind": "apology"}), points_to="platform"
    )

    assert mediation.offers(table.case, SYSTEM) == []
    assert answers(table)[0].points_to is None


def test_evidence_comes_with_the_answer_even_where_the_company_leaves_the_case(desk, table):
    answer(desk, table, "not_ours", points_to="platform", text="Not us.", files=[(BytesIO(PDF), "waybill.pdf")])

    (exhibit,) = evidence.of_case(table.case)
    assert (exhibit.filename, exhibit.side) == ("waybill.pdf", "respondent")


def test_a_refund_above_the_price_is_refused(desk, table):
    with transaction():
        queries.case_to_work(table.case.id).order_facts = {"goods_total_minor": 19900}

    got = answer(desk, table, "offer", **terms_typed({"kind": "refund", "amount": "250"}))

    assert got.status_code == 422
    assert "no more than the price, ¥199.00" in got.text


def test_a_late_answer_is_taken_and_the_page_says_that_it_is_late(desk, table, time):
    time.go(hours=49)
    sweep()
    sign_in(desk, table.people["respondent"])

    assert "marked as late" in desk.get(page(table, "/respond")).text
    assert answer(desk, table, "agree").status_code == 303
    assert answers(table)[0].late


def test_an_answer_is_given_once(desk, table):
    answer(desk, table, "refuse", clause="2.1.6.2", text="No.")

    assert "You have answered" in desk.get(page(table, "/respond")).text
    assert answer(desk, table, "agree").status_code == 409
    assert len(answers(table)) == 1


# --- offers, proof ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("say", "state"), [("accept", CaseState.SETTLED), ("decline", CaseState.MEDIATION)])
def test_an_offer_is_answered_in_two_steps(shop, mediated, say, state):
    mediated.propose("consumer", REFUND)
    assert shop.get(page(mediated, f"/offer/1?answer={say}")).status_code == 200

    assert shop.post(page(mediated, "/offer/1"), data={"answer": say}).status_code == 303
    assert mediated.case.state is state


def test_the_company_can_make_an_offer(shop, mediated):
    sent = shop.post(page(mediated, "/propose"), data=terms_typed({"kind": "repair", "days": "10"}) | {"note": "Free"})

    assert sent.status_code == 303
    assert mediation.offer(mediated.case, 1, SYSTEM).by == "respondent"


def test_each_remedy_is_shown_to_be_done_with_words_and_a_file(shop, mediated):
    mediated.propose("consumer", REFUND, {"kind": "apology"})
    shop.post(page(mediated, "/offer/1"), data={"answer": "accept"})

    assert shop.post(page(mediated, "/fulfil"), data={"remedy": "2", "proof": ""}).status_code == 422
    sent = shop.post(
        page(mediated, "/fulfil"),
        data={"remedy": "2", "proof": "Written on 2 September.", "files": [(BytesIO(PDF), "letter.pdf")]},
    )

    assert sent.status_code == 303
    assert [remedy.status for remedy in remedies(mediated.case)] == ["promised", "proved"]
    assert [each.filename for each in evidence.of_case(mediated.case)] == ["letter.pdf"]


@pytest.mark.parametrize("remedy", ["", "0", "9", "-1", "１", "1e1"])
def test_a_remedy_that_is_not_owed_cannot_be_proved(shop, mediated, remedy):
    mediated.propose("consumer", REFUND)
    shop.post(page(mediated, "/offer/1"), data={"answer": "accept"})

    assert shop.post(page(mediated, "/fulfil"), data={"remedy": remedy, "proof": "Done"}).status_code == 422


def test_the_company_writes_to_the_desk_and_the_consumer_does_not_read_it(shop, mediated):
    from app.cases.queries_talk import messages

    shop.post(page(mediated, "/messages"), data={"body": "A question"})

    assert [m.body for m in messages(mediated.case, mediated.people["respondent"].actor())] == ["A question"]
    assert messages(mediated.case, mediated.act("consumer").actor) == []


# --- the pages are cheap ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES)
def test_no_page_takes_more_than_twelve_queries(shop, mediated, count_queries, path):
    mediated.propose("consumer", REFUND)
    mediated.do("mediator", Action.REPLY, Reply(body="Hello", audience="both"))
    shop.get(page(mediated, path))

    with count_queries() as seen:
        assert shop.get(page(mediated, path)).status_code == 200

    assert len(seen) <= 12, seen


@pytest.mark.parametrize("view", ["due", "open", "closed"])
def test_the_list_takes_as_many_queries_for_many_cases_as_for_one(app, count_queries, view):
    with transaction():
        shop = an_organisation()
        person = a_person(Role.RESPONDENT, organisation_id=shop.id)
        a_case(CaseState.ANSWERING, respondent=shop)
    browser = app.test_client()
    sign_in(browser, person)
    counted = []
    for _ in range(2):
        with count_queries() as seen:
            assert browser.get(f"/r?v={view}").status_code == 200
        counted.append(len(seen))
        with transaction():
            for _ in range(20):
                a_case(CaseState.ANSWERING, respondent=shop)

    assert counted[0] == counted[1] <= 12


def test_the_settled_page_is_cheap_too(shop, mediated, count_queries):
    mediated.propose("consumer", REFUND, HALF)
    mediated.accept("respondent")
    with transaction():
        advance(queries.case_to_work(mediated.case.id), Action.PUBLISH, act=an_act(), branch="remedies")
    with count_queries() as seen:
        assert shop.get(page(mediated)).status_code == 200

    assert len(seen) <= 12, seen
