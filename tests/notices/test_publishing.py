"""Publishing an outcome: the register entry, frozen facts for each edition and language, and the letters."""

import pytest
from sqlalchemy import func, select

from app.cases.commands import Perform
from app.cases.queries import case_to_work, due_clocks
from app.cases.service import advance
from app.cases.service_clocks import fire
from app.cases.service_performance import perform
from app.committee.queries import draft_of
from app.core import clock
from app.core.db import session
from app.core.messages import OutboundMessage
from app.core.outbox import OutboxRow, Task
from app.notices.facts import NoticeKind, NoticeLanguage
from app.notices.models import OF_AN_OUTCOME, Edition, Notice, RegisterEntry, Standing
from app.notices.queries import edition_of, entries_of
from tests.factories import a_case, an_act, saved
from tests.notices.cases import a_decided_case, a_settled_case, published
from workflows.procedure.errors import Invalid, StepNotAllowed
from workflows.procedure.issues import Outcome
from workflows.procedure.states import Action, CaseState


def words_of(entry, edition, language):
    return edition_of(entry, edition, language).frozen


def test_a_settlement_is_published_and_the_case_goes_on_to_performance(app):
    case = saved(a_settled_case)

    entry = saved(published, case)

    assert (entry.number, entry.kind, entry.outcome) == ("S2026-1", NoticeKind.SETTLEMENT, "settled")
    assert (entry.status, entry.amount_band, entry.month) == (Standing.IN_FORCE, "withheld", "2026-09")
    assert case.state is CaseState.PERFORMING
    assert {(n.edition, n.language) for n in entry.notices} == {
        (e, tag) for e in OF_AN_OUTCOME for tag in NoticeLanguage
    }


def test_each_edition_and_language_is_given_to_the_press_once(app):
    entry = saved(published, saved(a_settled_case))

    rows = session().scalars(select(OutboxRow).where(OutboxRow.task == Task.ISSUE_NOTICE.value)).all()

    assert sorted(row.payload["notice_id"] for row in rows) == sorted(notice.id for notice in entry.notices)


def test_a_decision_keeps_the_number_it_was_signed_under(app):
    entry = saved(published, saved(a_decided_case))

    assert (entry.number, entry.outcome) == ("D2026-1", "for_consumer")
    assert [rule.clause for rule in entry.rules] == ["2.1.6.1", "2.1.6.4"]
    assert edition_of(entry, Edition.PUBLIC, "zh-Hant").facts.number == "衡裁〔2026〕1號"
    assert edition_of(entry, Edition.PUBLIC, "en").facts.number == "HD [2026] 1"


def test_a_decision_with_nothing_owed_closes_the_case(app):
    case = saved(a_decided_case, Outcome.FOR_RESPONDENT, terms=())

    entry = saved(published, case)

    assert (case.state, case.close_reason, entry.amount_band) == (CaseState.CLOSED, "nothing_owed", "none")


@pytest.mark.parametrize("make", [a_settled_case, a_decided_case])
@pytest.mark.parametrize("language", NoticeLanguage)
def test_only_the_edition_for_the_parties_names_them(app, make, language):
    entry = saved(published, saved(make))

    party, public = (words_of(entry, edition, language) for edition in OF_AN_OUTCOME)

    assert all(name in party for name in ("林小雨", "云栖服饰旗舰店"))
    assert not any(name in public for name in ("林小雨", "云栖", "13800138000", "O-20260901-77"))


def test_the_public_does_not_read_what_a_settlement_was_worth(app):
    for _ in range(4):  # one of five that are alike: the public may know the band
        saved(a_case, order_facts={"category": "apparel"})
    entry = saved(published, saved(a_settled_case))

    party, public = (edition_of(entry, edition, "en").facts for edition in OF_AN_OUTCOME)

    assert [remedy.amount_minor for remedy in party.remedies] == [19900]
    assert [remedy.amount_minor for remedy in public.remedies] == [None]
    assert "100 to 500" in public.outcome[0]


def test_texts_that_people_typed_say_in_which_language_they_are(app):
    entry = saved(published, saved(a_decided_case))

    originals = {language: edition_of(entry, Edition.PUBLIC, language).facts.original for language in NoticeLanguage}

    assert originals == {"zh-Hans": None, "zh-Hant": "zh-Hans", "en": "zh-Hans"}


def test_publishing_twice_is_one_notice(app):
    case = saved(a_settled_case)
    saved(published, case)

    with pytest.raises(StepNotAllowed):
        saved(published, case)

    assert session().scalar(select(func.count()).select_from(Notice)) == 6
    assert session().scalar(select(func.count()).select_from(RegisterEntry)) == 1


def test_both_sides_are_told_where_to_verify_it(app):
    entry = saved(published, saved(a_settled_case))

    told = session().scalars(select(OutboundMessage).order_by(OutboundMessage.id)).all()[-2:]

    assert {message.address for message in told} == {"lin@example.test", "answers@shop.test"}
    assert all(f"http://desk.test/v/{entry.code}" in message.body for message in told)


@pytest.mark.parametrize("waited_h", [10, 100])
def test_what_was_proved_before_the_outcome_was_published_can_be_challenged_from_then_on(app, time, waited_h):
    case = saved(a_settled_case)
    saved(perform, case, Perform(remedy=1, proof="已退款"), an_act())
    time.go(hours=waited_h)
    fire_all()

    saved(published, case_to_work(case.id))
    time.go(hours=73)
    fire_all()

    assert (case_to_work(case.id).state, case_to_work(case.id).close_reason) == (CaseState.CLOSED, "performed")


def fire_all():
    for clock_id in due_clocks(clock.now()):
        saved(fire, clock_id, act=an_act())


# --- the leak gate ---


LEAKS = {
    "the consumer's name": {"facts_found": ["林 小雨签收后第三天申请退货。"]},
    "in the other script": {"facts_found": ["云栖服饰的客服拒绝。", "雲棲服飾旗艦店拒絕。"]},
    "a telephone number": {"reasons": "消费者用 138-0013-8000 联系过商家。"},
    "the order": {"reasons": "订单 O-20260901-77 已经签收。"},
    "somebody's address": {"dissent": "收货地址为世纪大道100号3栋202室。"},
    "an e-mail address": {"dissent": "来信 lin@example.test 为证。"},
}


@pytest.mark.parametrize("leak", LEAKS)
def test_publishing_is_refused_while_the_public_text_tells_who_the_parties_are(app, leak):
    case = saved(a_decided_case, **LEAKS[leak])

    with pytest.raises(Invalid) as refused:
        saved(published, case)

    (field,) = LEAKS[leak]
    assert refused.value.pointer.startswith(f"/{field}")
    assert refused.value.fields["words"]
    assert entries_of(case) == []


def test_every_place_is_named(app):
    case = saved(a_decided_case, facts_found=["林小雨申请退货。", "好。", "电话 13800138000。"], reasons="林女士有理。")

    with pytest.raises(Invalid) as refused:
        saved(published, case)

    assert [refused.value.pointer, *refused.value.fields["also"]] == ["/facts_found/0", "/facts_found/2", "/reasons"]
    assert refused.value.fields["words"] == "林小雨、13800138000、林女士"


@pytest.mark.parametrize("leak", LEAKS)
def test_roles_can_be_put_in_the_place_of_names(app, leak):
    case = saved(a_decided_case, **LEAKS[leak])

    entry = saved(published, case, redact=True)

    for language in NoticeLanguage:
        public = words_of(entry, Edition.PUBLIC, language)
        told = ("小雨", "云栖", "雲棲", "138-0013", "20260901-77", "世纪大道", "lin@")
        assert not any(word in public for word in told)
    (field,) = LEAKS[leak]
    text = LEAKS[leak][field]
    assert (text[0] if isinstance(text, list) else text) in words_of(entry, Edition.PARTY, "zh-Hans")


# --- review ---


def reviewed(case):
    case = case_to_work(case.id)
    draft_of(case, 1).status = "under_review"
    advance(case, Action.REQUEST_REVIEW, act=an_act())
    return case


def test_a_decision_under_review_says_so(app):
    case = saved(a_decided_case)
    saved(published, case)

    case = saved(reviewed, case)

    assert [entry.status for entry in entries_of(case)] == [Standing.UNDER_REVIEW]


@pytest.mark.parametrize(("then", "standing"), [("replaced", Standing.REPLACED), ("in_force", Standing.IN_FORCE)])
def test_the_decision_on_review_is_published_beside_the_first_and_named_by_it(app, then, standing):
    case = saved(a_decided_case)
    saved(published, case)
    case = saved(reviewed, case)

    def decide_again():
        a_decided_case(Outcome.FOR_RESPONDENT, terms=(), case=case)
        draft_of(case, 1).status = then

    saved(decide_again)
    saved(published, case)

    first, second = entries_of(case)
    assert (first.status, first.later.number, second.number) == (standing, "D2026-2", "D2026-2")
    assert (second.status, case.state) == (Standing.IN_FORCE, CaseState.CLOSED)
