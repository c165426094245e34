"""Coming to terms without scripts: secret figures that nothing gives away, and a record that both sides sign."""

import hashlib
import json
import re

import pytest
from sqlalchemy import select

from app.cases import queries
from app.cases.deadlines import explained
from app.core.db import session, transaction
from app.core.messages import OutboundMessage
from app.mediation.models_bids import Bid
from app.mediation.models_record import SettlementSignature
from tests.factories import link_of, sign_in
from tests.mediation.conftest import REFUND, a_table, sweep
from tests.notices.cases import published
from tests.portal.conftest import Complainant, hidden
from workflows.procedure.authority import SYSTEM
from workflows.procedure.clocks import ClockKind
from workflows.procedure.states import Action, CaseState

LOW, HIGH = "123.45", "157.77"  # figures that stand nowhere else
LANGUAGES = ("en", "zh-hans", "zh-hant")


def enter(post, figure: str):
    """Type a figure, read it once more, send it."""
    shown = post("/figure", {"amount": figure})
    assert (shown.status_code, figure in shown.text) == (200, True)
    return post("/figure", {"amount": figure, "checked": "yes"})


def at_the_shop(shop, table):
    return lambda path, data: shop.post(f"/r/cases/{table.number}{path}", data=data)


def letters() -> str:
    session().rollback()
    return "".join(f"{m.subject}{m.body}" for m in session().scalars(select(OutboundMessage)))


def unexplained(case):
    """Where the record does not give the timers of this room (a case of the factory has no first entry)."""
    return [each for each in explained(case).differences if each.kind in (ClockKind.BIDDING, ClockKind.SIGNING)]


# --- blind bidding ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_figures_that_cross_settle_the_case_and_lead_to_the_record(client, mediated, shop, language):
    me = Complainant(client, mediated, language).confirm()

    assert enter(me.post, LOW).status_code == 303
    assert enter(at_the_shop(shop, mediated), HIGH).status_code == 303

    assert mediated.case.state is CaseState.SETTLED
    assert "140.61" in me.get("/settlement").text


def test_figures_that_do_not_cross_tell_nothing_and_another_round_may_follow(me, mediated, shop):
    me.confirm()
    enter(at_the_shop(shop, mediated), LOW)
    enter(me.post, HIGH)

    pages = me.get("/figure").text + me.get().text + shop.get(f"/r/cases/{mediated.number}/figure").text
    assert "The figures did not meet" in pages
    assert [each for each in (LOW, HIGH, "12345", "15777") if each in pages + letters()] == []
    assert "Round 2 of 3" in pages


@pytest.mark.parametrize("side", ["consumer", "respondent"])
def test_what_the_other_side_can_see_is_the_same_whatever_was_entered(app, client, side):
    """The same way twice, the figure apart: each page, letter, entry and count that the other side gets is equal."""
    small, large = (_seen_by_the_other(app, side, figure) for figure in ("0.01", "199.00"))

    assert small == large
    assert len({len(each) for each in session().scalars(select(Bid.sealed))}) == 1


def _seen_by_the_other(app, side, figure):
    table = a_table(CaseState.MEDIATION)
    me, shop = Complainant(app.test_client(), table).confirm(), app.test_client()
    sign_in(shop, table.people["respondent"])
    theirs = at_the_shop(shop, table)
    assert enter(me.post if side == "consumer" else theirs, figure).status_code == 303
    if side == "consumer":
        pages = [shop.get(f"/r/cases/{table.number}{page}").text for page in ("", "/figure")]
    else:
        pages = [me.get(page).text for page in ("", "/figure")]
    reader = table.act("respondent" if side == "consumer" else "consumer").actor
    events = [(e.seq, e.action, e.branch, e.side, json.dumps(e.detail)) for e in queries.events(table.case, reader)]
    query = select(OutboundMessage).where(OutboundMessage.case_number == table.number)
    told = "".join(letter.body for letter in session().scalars(query.order_by(OutboundMessage.id)))
    plain = re.sub(r'(nonce|value)="[^"]*"|<svg.*?</svg>', "", "".join(pages) + told, flags=re.S)
    for own, name in ((table.number, "N"), (link_of(table.case), "T"), (table.organisation.name, "O")):
        plain = plain.replace(own, name)
    return re.sub(r"Person \d+|\b\d{6}\b", "P", plain), events[3:], table.case.version


def test_a_figure_is_asked_once_more_before_it_counts(me, mediated):
    me.confirm()

    shown = me.post("/figure", {"amount": LOW})

    assert "Enter this figure?" in shown.text
    assert session().scalars(select(Bid)).all() == []


@pytest.mark.parametrize("typed", ["", "a lot", "-5"])
def test_what_is_no_possible_figure_comes_back_with_what_was_typed(me, mediated, typed):
    me.confirm()

    answer = me.post("/figure", {"amount": typed, "checked": "yes"})

    assert answer.status_code == 422
    assert session().scalars(select(Bid)).all() == []


def test_a_round_that_nobody_completes_is_void_and_says_nothing_of_who_took_part(me, mediated, shop, time):
    me.confirm()
    enter(me.post, LOW)
    time.go(hours=25)
    sweep()

    sign_in(shop, mediated.people["respondent"])
    told = shop.get(f"/r/cases/{mediated.number}/figure").text
    assert "did not come together" in told
    assert "entered a secret figure" not in told + shop.get(f"/r/cases/{mediated.number}").text
    assert LOW not in letters()
    assert unexplained(mediated.case) == []


def test_a_mediator_opens_a_round_and_both_sides_are_invited(app, me, mediated):
    desk = app.test_client()
    sign_in(desk, mediated.people["mediator"])

    assert desk.post(f"/desk/cases/{mediated.number}/bidding", data={}).status_code == 303
    assert "A round of blind bids is open" in me.get().text
    assert letters().count("enter a secret figure") + letters().count("填入一个保密的数字") >= 2
    assert "open until" in desk.get(f"/desk/cases/{mediated.number}").text


# --- the settlement record -------------------------------------------------------------------------------------------


@pytest.fixture
def settled(mediated):
    mediated.propose("respondent", REFUND | {"freight_by": "merchant"})
    mediated.accept("consumer")
    return mediated


def sign_as_consumer(me, time):
    time.go(minutes=2)
    me.post("/settlement/code")
    page = me.get("/settlement").text
    return me.post("/settlement", hidden(page) | {"code": me.last_code(), "read": "y"})


def test_both_sides_read_and_sign_the_record(me, settled, shop, time):
    me.confirm()
    assert sign_as_consumer(me, time).status_code == 303
    assert "not signed yet" in me.get("/settlement").text
    page = shop.get(f"/r/cases/{settled.number}/settlement").text
    assert shop.post(f"/r/cases/{settled.number}/settlement", data=hidden(page) | {"read": "y"}).status_code == 303

    done = me.get("/settlement").text
    assert "not signed yet" not in done
    assert "freight borne by the merchant" in done
    signed = [(e.branch, e.side) for e in queries.events(settled.case, SYSTEM) if e.action is Action.SIGN_SETTLEMENT]
    assert signed == [("one", "consumer"), ("all", "respondent")]
    assert unexplained(settled.case) == []
    assert "双方都已签署调解书" in letters()


def test_the_notice_of_the_settlement_says_to_its_parties_when_each_signed(me, settled, time):
    me.confirm()
    sign_as_consumer(me, time)

    with transaction():
        entry = published(queries.case_to_work(settled.case.id))
        told = {notice.edition: notice.frozen for notice in entry.notices if notice.language == "en"}

    assert re.search(r"Signed at [^\"]*2026[^\"]*12:02[^\"]*one-time code", told["party"])
    assert "Not signed when this notice was issued" in told["party"]
    assert "Signed at" not in told["public"]


def test_what_is_signed_is_the_hash_of_the_very_text_that_was_shown(me, settled, time):
    me.confirm()
    sign_as_consumer(me, time)

    text = me.get("/settlement.en.txt").data
    [mine] = _signatures()
    assert mine.sha256 == hashlib.sha256(text).hexdigest()
    assert mine.sha256 in me.get("/settlement").text


def _signatures():
    session().rollback()
    return session().scalars(select(SettlementSignature)).all()


@pytest.mark.parametrize("wrong", [{"digest": "0" * 64}, {"code": "000000"}, {"read": ""}, {"code": ""}])
def test_another_text_or_a_wrong_code_signs_nothing(me, settled, time, wrong):
    me.confirm()
    time.go(minutes=2)
    me.post("/settlement/code")
    page = me.get("/settlement").text

    answer = me.post("/settlement", hidden(page) | {"code": me.last_code(), "read": "y"} | wrong)

    assert answer.status_code in (409, 422)
    assert _signatures() == []


def test_a_link_alone_neither_shows_nor_signs_the_record(me, settled):
    assert me.get("/settlement").status_code == 303
    assert me.post("/settlement", {"read": "y"}).status_code == 422
    assert _signatures() == []


def test_a_company_must_prove_again_who_signs(app, settled, shop, time):
    page = shop.get(f"/r/cases/{settled.number}/settlement").text
    time.go(minutes=31)

    answer = shop.post(f"/r/cases/{settled.number}/settlement", data=hidden(page) | {"read": "y"})

    assert (answer.status_code, "/account/prove" in answer.headers["Location"]) == (307, True)
    assert _signatures() == []


def test_after_its_time_nobody_signs_and_the_settlement_stands(me, settled, shop, time):
    me.confirm()
    time.go(hours=73)
    sweep()

    sign_in(shop, settled.people["respondent"])
    page = shop.get(f"/r/cases/{settled.number}/settlement").text
    assert "I have read the record" not in page
    assert settled.case.state is CaseState.SETTLED
    assert "不受影响" in letters()
    assert unexplained(settled.case) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_read_in_every_language(client, mediated, shop, language, count_queries):
    me = Complainant(client, mediated, language).confirm()
    mediated.propose("respondent", REFUND)
    mediated.accept("consumer")

    with count_queries() as seen:
        answer = me.get("/settlement")

    assert (answer.status_code, len(seen) <= 12) == (200, True)
