"""A submission becomes a case: one transaction, few statements, clocks armed, and nobody told before it is sure."""

from datetime import timedelta

import pytest
from pydantic import ValidationError
from sqlalchemy import func, select

from app.cases import queries
from app.cases.models import Case, CaseEvent, Finding
from app.cases.service_letters import alert_duty
from app.core import outbox
from app.core.db import session, transaction
from app.core.ids import digest
from app.core.messages import OutboundMessage
from app.core.storage import store
from app.organisations.models import PartyKind
from tests.conftest import NOON
from tests.factories import a_person, an_act, an_organisation, saved
from tests.intake.complaints import a_submission, file
from workflows.procedure.authority import NOBODY, Role
from workflows.procedure.clocks import ClockKind
from workflows.procedure.errors import Invalid
from workflows.procedure.states import CaseState


def letters() -> dict[str, OutboundMessage]:
    return {message.address: message for message in session().scalars(select(OutboundMessage))}


def test_a_filing_is_one_transaction_of_at_most_20_statements(app, count_queries):
    saved(an_organisation, name="晴川服饰")
    with count_queries() as statements:
        file(key="a-key-of-the-sender")

    assert len(statements) <= 20, "\n".join(statements)


def test_a_sure_complaint_goes_to_the_responsible_company_at_once(app):
    shop = saved(an_organisation, name="晴川服饰", email="answers@shop.test")

    case = file().case

    assert (case.state, case.anomaly, case.anomaly_status) == (CaseState.ANSWERING, "return_refusal", "confirmed")
    assert (case.responsible_kind, case.respondent_id) == (PartyKind.MERCHANT, shop.id)
    assert "answers@shop.test" in letters()


def test_clocks_run_from_receipt_by_the_rulebooks_figures(app):
    case = file().case

    ends = {clock.kind: clock.due_at - NOON for clock in case.clocks}

    assert ends == {
        ClockKind.EMERGENCY_START: timedelta(hours=2),
        ClockKind.FIRST_REPLY: timedelta(hours=48),
        ClockKind.RESOLUTION: timedelta(days=7),
        ClockKind.REFERRAL: timedelta(days=4),
    }


def test_danger_makes_it_an_emergency_with_a_sooner_reply_and_a_person_first(app):
    saved(an_organisation, name="晴川服饰")

    case = file(a_submission(danger=True)).case

    assert (case.emergency, case.important, case.state) == (True, True, CaseState.TRIAGE)
    assert case.anomaly_status != "confirmed"
    assert next(c for c in case.clocks if c.kind is ClockKind.FIRST_REPLY).due_at == NOON + timedelta(hours=24)
    assert set(letters()) == {"lin@example.test"}


def test_the_officers_on_duty_hear_of_an_emergency_at_once_and_once(app):
    lead = saved(a_person, Role.LEAD, language="zh-Hans")
    case = file(a_submission(danger=True)).case

    for _ in range(2):
        with transaction():
            alert_duty(queries.case_to_work(case.id), act=an_act())

    told = [m for m in session().scalars(select(OutboundMessage)) if m.address == lead.email]
    assert [m.subject for m in told] == [f"紧急：案件 {case.number} 请在 2026-09-01 14:00 (UTC+8) 前启动应急处理"]
    assert outbox.Task.ALERT_DUTY in session().scalars(select(outbox.OutboxRow.task)).all()


@pytest.mark.parametrize(
    "narrative", ["东西不好。", "这个平台的会员费怎么算的？", "我想咨询一下贵中心的上班时间是几点。"]
)
def test_what_a_person_must_look_at_waits_in_triage_and_no_company_is_told(app, narrative):
    saved(an_organisation, name="晴川服饰")

    case = file(a_submission(narrative=narrative, anomaly=None)).case

    assert case.state is CaseState.TRIAGE
    assert case.anomaly_status != "confirmed"
    assert case.asked_at is None
    assert set(letters()) == {"lin@example.test"}


def test_a_shop_that_is_not_registered_is_not_taken_for_the_only_one_that_is(app):
    saved(an_organisation, name="另一家店")

    case = file().case

    assert (case.state, case.anomaly_status, case.respondent_id) == (CaseState.TRIAGE, "confirmed", None)
    assert case.parties[0].respondent_named == "晴川服饰"


def test_the_only_platform_answers_for_the_platform(app):
    platform = saved(an_organisation, PartyKind.PLATFORM, name="云市")
    narrative = "付款页面一直显示系统错误，网站报错五百，订单提交不了，平台崩溃了，刷新多少次都无法下单。"

    case = file(a_submission(narrative=narrative, anomaly="system_fault")).case

    assert (case.anomaly, case.respondent_id, case.state) == ("system_fault", platform.id, CaseState.ANSWERING)


def test_the_acknowledgement_promises_times_and_carries_the_private_link(app):
    done = file(
        a_submission(language="zh-Hant", narrative="商家拒絕退貨，衣服沒有穿過，吊牌都還在，收到第二天就申請退貨了。")
    )

    letter = letters()["lin@example.test"]

    assert letter.subject == f"已收到您的投訴 {done.case.number}"
    assert f"http://desk.test/zh-hant/c/{done.link_token}" in letter.body
    assert "2026-09-08 12:00 (UTC+8)" in letter.body


def test_only_hashes_of_the_tokens_are_stored(app):
    done = file()

    case = queries.by_link(done.link_token)

    assert case is not None
    assert case.id == done.case.id
    assert (case.link_hash, case.access_hash) == (digest(done.link_token), digest(done.access_token))
    assert done.link_token != done.access_token


def test_the_original_is_kept_by_its_hash(app):
    case = file().case

    assert "打折商品不退不换" in store().read(case.original_ref).decode()


def test_the_history_begins_with_receipt_on_the_consumers_side(app):
    case = file(evidence=()).case

    events = session().scalars(select(CaseEvent).where(CaseEvent.case_id == case.id).order_by(CaseEvent.seq)).all()

    assert [(e.action, e.side, e.from_state, e.to_state) for e in events] == [
        ("receive", "consumer", None, "received"), ("triage", "system", "received", "triage"),
    ]  # fmt: skip


def test_the_same_key_and_content_find_the_same_case_with_the_same_tokens(app):
    first = file(key="k" * 20)
    again = file(key="k" * 20)

    assert (again.case.id, again.link_token, again.access_token) == (
        first.case.id, first.link_token, first.access_token,
    )  # fmt: skip
    assert session().scalar(select(func.count(Case.id))) == 1
    assert session().scalar(select(func.count(OutboundMessage.id))) == 1


def test_the_same_key_with_other_content_is_refused_and_stores_nothing(app):
    file(key="k" * 20)

    with pytest.raises(Invalid, match="idempotency_reused"):
        file(a_submission(danger=True), key="k" * 20)
    assert session().scalar(select(func.count(Case.id))) == 1


def test_an_unknown_organisation_is_refused_and_stores_nothing(app):
    with pytest.raises(Invalid, match="organisation_unknown"):
        file(a_submission(respondent={"organisation_id": 4711}))
    assert session().scalar(select(func.count(Case.id))) == 0


def test_case_numbers_count_up_within_the_year(app):
    assert [file().case.number[:12] for _ in range(2)] == ["H2026-000001", "H2026-000002"]


@pytest.mark.parametrize(
    ("narrative", "code"),
    [
        ("退货\x00被拒", "control"),
        ("退货\ud800被拒", "surrogate"),
        ("\u3164\u200b \u00a0", "blank"),
        ("退" * 20_001, "too_long"),
    ],
)
def test_a_hostile_narrative_is_refused_with_its_reason(narrative, code):
    with pytest.raises(ValidationError) as refused:
        a_submission(narrative=narrative)

    assert [(error["loc"], error["type"]) for error in refused.value.errors()] == [(("narrative",), code)]


@pytest.mark.parametrize(
    ("changes", "place", "code"),
    [
        ({"surprise": 1}, ("surprise",), "extra_forbidden"),
        ({"danger": "yes"}, ("danger",), "bool_type"),
        ({"complainant": {"name": "林"}}, ("complainant",), "contact_missing"),
        ({"complainant": {"phone": "12"}}, ("complainant", "phone"), "phone_invalid"),
        ({"complainant": {"email": "lin@"}}, ("complainant", "email"), "email_invalid"),
        ({"anomaly": "theft"}, ("anomaly",), "literal_error"),
        ({"remedies_sought": [{"kind": "revenge"}]}, ("remedies_sought", 0, "kind"), "not_possible"),
        ({"order": {"goods_total_minor": "12"}}, ("order", "goods_total_minor"), "not_a_whole_number"),
        ({"events": [{"type": "return_requested", "kind": 3}]}, ("events", 0, "kind"), "not_one_of"),
    ],
)
def test_a_wrong_field_is_refused_at_its_place(changes, place, code):
    with pytest.raises(ValidationError) as refused:
        a_submission(**changes)

    assert (place, code) in [(error["loc"], error["type"]) for error in refused.value.errors()]


def test_only_the_story_and_one_way_to_reach_the_complainant_are_required(app):
    done = file(a_submission(
        complainant={"phone": "138 0013 8000"}, language=None, anomaly=None, respondent=None
    ))  # fmt: skip

    assert done.case.parties[0].phone == "+8613800138000"
    assert done.case.language == "zh-Hans"


def test_what_the_rules_find_on_the_orders_facts_is_kept_with_the_case(app):
    facts = {
        "order": {"id": "O-1", "category": "apparel", "received_at": "2026-08-30T02:00:00Z", "goods_intact": True,
                  "packaging_complete": True, "goods_total_minor": 19900},
        "events": [
            {"type": "return_requested", "at": "2026-08-31T02:00:00Z", "actor": "consumer", "kind": "no_reason"},
            {"type": "return_rejected", "at": "2026-08-31T06:00:00Z", "actor": "merchant"},
        ],
    }  # fmt: skip

    case = file(a_submission(**facts)).case

    found = session().scalars(select(Finding).where(Finding.case_id == case.id)).all()
    assert ("2.1.6.1", "breach", "merchant") in [(f.clause, f.verdict, f.liable) for f in found]
    assert case.amount_minor == 19900


def test_nobody_may_read_it_without_its_key(app):
    case = file().case

    assert queries.by_number(case.number, NOBODY) is None
