"""The complainant's way without scripts: read, decide, write, prove, confirm, rate, ask for a review, withdraw."""

from io import BytesIO

import pytest

from app.cases import queries, queries_talk
from app.cases.commands import Perform, Reply
from app.cases.queries_talk import remedies
from app.cases.service import advance
from app.core.db import transaction
from app.evidence import queries as evidence
from app.mediation import queries as mediation
from tests.committee.factories import a_case_before_the_committee, to_a_decision
from tests.evidence.files import PDF, a_photo
from tests.factories import an_act, link_of, saved
from tests.mediation.conftest import HALF, REFUND, Table, sweep
from tests.portal.conftest import Complainant, terms_typed
from workflows.procedure.authority import SYSTEM
from workflows.procedure.states import Action, CaseState

LANGUAGES = ("en", "zh-hans", "zh-hant")


def publish(table):
    with transaction():
        advance(queries.case_to_work(table.case.id), Action.PUBLISH, act=an_act(), branch="remedies")


@pytest.fixture
def performing(mediated):
    """A settled case of two remedies, published; the first is reported as done."""
    mediated.propose("respondent", REFUND, {"kind": "apology", "days": 3})
    mediated.accept("consumer")
    publish(mediated)
    mediated.do("respondent", Action.PERFORM, Perform(remedy=1, proof="退款单号 R-1"))
    return mediated


@pytest.fixture
def decided(app, client):
    """The complainant, confirmed, of a case that the committee decided."""
    case = to_a_decision(saved(a_case_before_the_committee, chairs=2, members=6))
    return Complainant(client, Table(case.number, case.respondent, {})).confirm()


# --- whose turn ------------------------------------------------------------------------------------------------------


def test_the_first_thing_on_the_page_is_whose_turn_it_is_and_until_when(me, mediated):
    mediated.propose("mediator", REFUND)

    seen = me.get().text

    turn = seen.index('class="card card--turn')
    assert turn < seen.index('class="timeline"')
    assert "Your turn" in seen
    assert "3 Sep 2026, 12:00 (UTC+8)" in seen
    assert seen.count('name="answer"') == 2


@pytest.mark.parametrize(
    ("state", "says"),
    [
        (CaseState.TRIAGE, "We are finding out who must answer"),
        (CaseState.ANSWERING, "has been asked to answer"),
        (CaseState.MEDIATION, "A mediator works on your case"),
    ],
)
def test_where_nothing_is_to_be_done_the_page_says_so_and_when_there_is_news(client, app, state, says):
    from tests.mediation.conftest import a_table

    seen = Complainant(client, a_table(state)).get().text

    assert says in seen
    assert "There is nothing for you to do. Next news by " in seen


def test_a_limit_that_we_missed_is_owned_up_to(me, time):
    time.go(days=3)
    sweep()

    assert "This is late, and we are sorry." in me.get().text


def test_internal_notes_and_what_is_for_the_company_alone_are_not_shown(me, mediated):
    mediated.do("mediator", Action.REPLY, Reply(body="Only for ourselves", audience="internal"))
    mediated.do("mediator", Action.REPLY, Reply(body="Only for the shop", audience="respondent"))
    mediated.do("mediator", Action.REPLY, Reply(body="For both of you", audience="both"))
    me.confirm()

    seen = me.get("/messages").text + me.get().text

    assert "For both of you" in seen
    assert "Only for" not in seen


def test_the_deadline_receipt_tells_start_figure_warnings_and_end_of_each_clock(me, time):
    for hours in (1, 23, 13, 12):
        time.go(hours=hours)
        sweep()

    seen = me.get("/clocks").text

    for words in ("an anomaly was reported", "2 hours", "48 hours", "7 days", "1 Sep 2026, 12:00 (UTC+8)", "Duty lead"):
        assert words in seen


# --- offers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_offer_is_accepted_in_two_steps_without_scripts(client, mediated, language):
    mediated.propose("respondent", REFUND)
    me = Complainant(client, mediated, language).confirm()

    asked = me.get("/offer/1?answer=accept")
    assert asked.status_code == 200
    assert mediated.case.state is CaseState.MEDIATION
    done = me.post("/offer/1", {"answer": "accept"})

    assert done.status_code == 303
    assert mediated.case.state is CaseState.SETTLED
    assert me.client.get(done.location).status_code == 200


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_offer_is_declined_with_a_reason(client, mediated, language):
    mediated.propose("respondent", HALF)
    me = Complainant(client, mediated, language).confirm()

    assert me.post("/offer/1", {"answer": "decline", "reason": "太少"}).status_code == 303
    assert mediation.offer(mediated.case, 1, SYSTEM).replies[0].reason == "太少"


def test_both_answers_look_alike(me, mediated):
    mediated.propose("respondent")

    seen = me.get("/offer/1").text

    assert seen.count('<button type="submit" class="btn btn--quiet" name="answer"') == 2


def test_an_offer_that_changed_while_it_was_read_is_shown_anew(me, mediated):
    mediated.propose("respondent", REFUND)
    me.confirm()
    mediated.propose("respondent", HALF)

    got = me.post("/offer/1", {"answer": "accept"})

    assert got.status_code == 409
    assert "The offer changed while you were reading" in got.text
    assert "/offer/2" in got.text
    assert mediated.case.state is CaseState.MEDIATION


def test_an_offer_that_lapsed_says_when(me, mediated, time):
    mediated.propose("respondent")
    time.go(hours=49)
    sweep()

    seen = me.get("/offer/1").text

    assert "ended on 3 Sep 2026, 13:00" in seen
    assert 'name="answer"' not in seen


@pytest.mark.parametrize("n", [2, 99])
def test_an_offer_that_was_never_made_is_not_found(me, mediated, n):
    mediated.propose("respondent")

    assert me.get(f"/offer/{n}").status_code == 404


def test_the_complainant_can_make_an_offer_with_their_wishes_filled_in(me, mediated):
    me.confirm()
    assert 'value="199.00"' in me.get("/propose").text

    me.post("/propose", terms_typed({"kind": "partial_refund", "amount": "99", "days": "5"}))

    (offer,) = mediation.offers(mediated.case, SYSTEM)
    assert (offer.by, offer.terms[0]["amount"]["amount_minor"], offer.terms[0]["days"]) == ("consumer", 9900, 5)


@pytest.mark.parametrize("row", [{}, {"kind": "refund"}, {"kind": "refund", "amount": "abc"}, {"kind": "other"}])
def test_an_offer_without_sound_terms_comes_back_with_what_was_typed(me, mediated, row):
    me.confirm()

    got = me.post("/propose", terms_typed(row) | {"note": "Please do"})

    assert got.status_code == 422
    assert "Please do" in got.text
    assert "<title>Error:" in got.text
    assert mediation.offers(mediated.case, SYSTEM) == []


# --- messages and evidence -------------------------------------------------------------------------------------------


def test_a_message_reaches_the_desk_and_not_the_company(me, mediated):
    me.confirm()

    assert me.post("/messages", {"body": "When will I hear from you?"}).status_code == 303
    assert "When will I hear from you?" in me.get("/messages").text
    assert queries_talk.messages(mediated.case, mediated.people["respondent"].actor()) == []


@pytest.mark.parametrize("body", ["", "   ", "\u3000\u200b", "a\x00b", "x" * 20_001])
def test_a_message_that_cannot_be_taken_says_why(me, mediated, body):
    me.confirm()

    got = me.post("/messages", {"body": body})

    assert got.status_code == 422
    assert queries_talk.messages(mediated.case, SYSTEM) == []


def test_files_can_be_added_and_are_handed_out_again(me, mediated):
    me.confirm()

    sent = me.post("/evidence", {"files": [(BytesIO(a_photo()), "刮痕.jpg"), (BytesIO(PDF), "receipt.pdf")]})

    assert sent.status_code == 303
    seen = me.get("/evidence").text
    assert "刮痕.jpg" in seen
    assert "receipt.pdf" in seen
    assert me.get("/evidence/2").data == PDF
    assert me.get("/evidence/1/picture").mimetype == "image/jpeg"
    assert me.get("/evidence/3").status_code == 404


def test_files_of_a_refused_sending_are_kept(me, mediated):
    import re

    me.confirm()
    refused = me.post("/messages", {"body": "", "files": [(BytesIO(PDF), "receipt.pdf")]})
    assert refused.status_code == 422
    assert "receipt.pdf" in refused.text
    kept = re.search(r'name="kept"[^>]*value="([^"]+)"', refused.text).group(1)

    assert me.post("/messages", {"body": "Here it is.", "kept": kept}).status_code == 303
    assert [each.filename for each in evidence.of_case(mediated.case)] == ["receipt.pdf"]


def test_a_list_of_kept_files_that_we_did_not_sign_counts_for_nothing(me, mediated):
    me.confirm()

    me.post("/messages", {"body": "Hello", "kept": "W3siZmlsZW5hbWUiOiJ4In1d.forged"})

    assert evidence.of_case(mediated.case) == []


def test_a_file_that_cannot_be_taken_is_named(me):
    me.confirm()

    got = me.post("/evidence", {"files": [(BytesIO(b""), "empty.pdf")]})

    assert got.status_code == 422


# --- performance, rating, review, withdrawal -------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_that_was_done_is_confirmed_and_closes_the_case(client, performing, language):
    me = Complainant(client, performing, language).confirm()
    assert me.get("/fulfil").status_code == 200

    assert me.post("/fulfil", {"done_1": "yes", "done_2": "yes"}).status_code == 303

    assert performing.case.state is CaseState.CLOSED
    assert performing.case.close_reason == "performed"


def test_what_was_not_done_is_disputed_and_stays_owed(client, performing):
    me = Complainant(client, performing).confirm()

    me.post("/fulfil", {"done_1": "no", "reason_1": "Nothing arrived."})

    assert [remedy.status for remedy in remedies(performing.case)] == ["disputed", "promised"]
    assert "Nothing arrived." in me.get().text


def test_not_yet_about_what_nobody_reported_changes_nothing(client, performing):
    me = Complainant(client, performing).confirm()
    before = performing.case.last_seq

    assert me.post("/fulfil", {"done_2": "no"}).status_code == 303
    assert performing.case.last_seq == before


def test_fulfilment_asks_for_at_least_one_answer(client, performing):
    me = Complainant(client, performing).confirm()

    assert me.post("/fulfil", {}).status_code == 422


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_case_is_rated_once(client, performing, language):
    me = Complainant(client, performing, language).confirm()
    assert me.post("/rate", {"solved": "4"}).status_code == 422

    assert me.post("/rate", {"solved": "4", "fair": "5", "effort": "3", "comment": "好"}).status_code == 303
    given = queries_talk.rating(performing.case)
    assert (given.solved, given.fair, given.effort, given.comment) == (4, 5, 3, "好")
    assert "4 / 5" in me.get("/rate").text
    assert me.post("/rate", {"solved": "1", "fair": "1", "effort": "1"}).status_code == 409


def test_a_review_is_asked_for_on_grounds(decided):
    assert "8 days left" in decided.get("/appeal").text or "7 days left" in decided.get("/appeal").text
    assert decided.post("/appeal", {"text": "x"}).status_code == 422

    sent = decided.post("/appeal", {"grounds": ["new_evidence", "wrong_fact"], "text": "I found the receipt."})

    assert sent.status_code == 303
    assert decided.table.case.state is CaseState.REVIEW


def test_after_its_window_a_review_is_refused_with_the_date_and_other_ways(decided, time):
    time.go(days=9)
    decided.confirm()

    seen = decided.get("/appeal").text

    assert "The time for this was over on" in seen
    assert "consumer authority" in seen


def test_where_nothing_was_decided_there_is_nothing_to_review(me):
    me.confirm()

    assert "There is no decision that could be reviewed." in me.get("/appeal").text


def test_a_complaint_can_be_withdrawn_and_then_no_more(me, mediated):
    me.confirm()
    assert me.post("/withdraw", {"reason": "Solved by telephone."}).status_code == 303
    assert mediated.case.close_reason == "withdrawn"

    assert "can no longer be withdrawn" in me.get("/withdraw").text
    assert me.post("/withdraw").status_code == 409


# --- the pages are cheap ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["", "/clocks", "/messages", "/evidence", "/offer/1", "/fulfil", "/rate", "/appeal"])
def test_no_page_takes_more_than_twelve_queries(me, mediated, count_queries, path):
    mediated.propose("mediator", REFUND)
    for _ in range(4):
        mediated.do("mediator", Action.REPLY, Reply(body="Hello", audience="consumer"))
    me.confirm()
    me.get(path)

    with count_queries() as seen:
        assert me.get(path).status_code == 200

    assert len(seen) <= 12, seen


def test_the_settled_page_is_cheap_too(client, performing, count_queries):
    me = Complainant(client, performing).confirm()
    with count_queries() as seen:
        me.get()

    assert len(seen) <= 12, seen


def test_the_link_of_another_case_shows_another_case(client, me, mediated):
    from tests.mediation.conftest import a_table

    other = a_table(CaseState.MEDIATION)

    assert mediated.number not in client.get(f"/en/c/{link_of(other.case)}").text
