"""Evidence that was asked for, ruled on, inspected; who sees what of it."""

from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from flask import current_app
from sqlalchemy import select

from app.cases import actions
from app.cases import queries as cases
from app.core import clock
from app.core.db import session, transaction
from app.core.messages import OutboundMessage
from app.core.uploads import take
from app.evidence import queries, service, service_requests
from app.evidence.commands import AskEvidence, DeclineEvidence, RecordInspection, RuleEvidence, SettleEvidence
from app.evidence.showing import docket, face
from tests.evidence.files import PDF, a_photo
from tests.factories import a_case, a_person, acting, an_act, an_organisation, complaining, saved, sign_in
from workflows.procedure.authority import Actor, Role
from workflows.procedure.errors import Invalid, NotPermitted
from workflows.procedure.states import Action, CaseState


@pytest.fixture
def case(app):
    return saved(a_case, CaseState.MEDIATION)


@pytest.fixture
def mediator(app):
    return saved(a_person, Role.MEDIATOR)


def do(case, action, command, act):
    with transaction():
        actions.carry_out(cases.case_to_work(case.id), action, command, act=act)


def asked(case, mediator, *items, side="consumer"):
    due = clock.now() + timedelta(days=2)
    do(case, Action.ASK_EVIDENCE, AskEvidence(side=side, items=list(items), due_at=due), acting(mediator))


def added(case, act, content=PDF, **fields):
    with transaction():
        return service.add(cases.case_to_work(case.id), [take("a.pdf", BytesIO(content))], act=act, **fields)


def letters(case, to):
    query = select(OutboundMessage).where(OutboundMessage.case_number == case.number).order_by(OutboundMessage.id)
    return [each for each in session().scalars(query) if each.address == to and "证据" in each.subject]


def items(case):
    return [(item.n, item.status.value) for each in queries.requests_of(case) for item in each.items]


def test_a_side_is_asked_in_its_own_language_and_hands_an_item_in(case, mediator):
    asked(case, mediator, "购买凭证", "开箱照片")

    [letter] = letters(case, "lin@example.test")
    assert "购买凭证" in letter.body
    [exhibit] = added(case, complaining(case), item=1)
    assert items(case) == [(1, "handed_in"), (2, "open")]
    assert queries.item_of(case, 1).id == exhibit.item_id


def test_who_was_asked_is_reminded_once_the_time_is_over_and_only_of_what_is_missing(case, mediator, time):
    asked(case, mediator, "购买凭证", "开箱照片")
    added(case, complaining(case), item=1)
    [request] = queries.requests_of(case)
    with transaction():
        service_requests.remind(request.id, act=an_act())
    assert len(letters(case, "lin@example.test")) == 1

    time.go(hours=49)
    with transaction():
        service_requests.remind(request.id, act=an_act())

    assert "开箱照片" in letters(case, "lin@example.test")[-1].body
    assert "购买凭证" not in letters(case, "lin@example.test")[-1].body


def test_what_cannot_be_given_is_declined_with_a_reason_by_its_own_side_only(case, mediator):
    asked(case, mediator, "购买凭证")
    respondent = saved(a_person, Role.RESPONDENT, organisation_id=case.respondent_id)

    with pytest.raises(NotPermitted):
        do(case, Action.DECLINE_EVIDENCE, DeclineEvidence(item=1, reason="no"), acting(respondent))
    do(case, Action.DECLINE_EVIDENCE, DeclineEvidence(item=1, reason="丢了"), complaining(case))

    assert items(case) == [(1, "declined")]
    with pytest.raises(Invalid):
        added(case, acting(respondent), item=1)


def test_the_desk_waives_an_item_with_a_reason(case, mediator):
    asked(case, mediator, "购买凭证")

    with pytest.raises(Invalid, match="reason_missing"):
        do(case, Action.SETTLE_EVIDENCE, SettleEvidence(item=1, handed_in=False), acting(mediator))
    do(case, Action.SETTLE_EVIDENCE, SettleEvidence(item=1, handed_in=False, reason="已在平台查到"), acting(mediator))

    assert items(case) == [(1, "waived")]


@pytest.mark.parametrize("days", [0, 31])
def test_a_date_that_is_over_or_too_far_off_is_refused(case, mediator, days):
    command = AskEvidence(side="consumer", items=["x"], due_at=clock.now() + timedelta(days=days))

    with pytest.raises(Invalid, match="days_out_of_range"):
        do(case, Action.ASK_EVIDENCE, command, acting(mediator))


def test_an_exhibit_is_left_out_with_a_reason_and_those_who_judge_get_no_more_than_that(case, mediator):
    added(case, complaining(case))
    rule = RuleEvidence(exhibit=1, admitted=False)
    with pytest.raises(Invalid, match="reason_missing"):
        do(case, Action.RULE_EVIDENCE, rule, acting(mediator))

    do(case, Action.RULE_EVIDENCE, RuleEvidence(exhibit=1, admitted=False, reason="与本案无关"), acting(mediator))

    [exhibit] = queries.of_case(case)
    member = Actor(frozenset({Role.MEMBER}), "Member", user_id=9)
    assert queries.judged(case) == []
    assert queries.copy_for(exhibit, member) is None
    assert queries.copy_for(exhibit, Actor(frozenset({Role.SECRETARY}), "Secretary", user_id=8)) is not None
    with current_app.test_request_context():
        shown = face(exhibit, member)
    assert (shown["url"], shown["thumb_url"], shown["said"]) == (None, None, None)
    assert "与本案无关" in shown["note"]
    assert "a.pdf" not in shown["name"]


def inspection(case, **changes):
    fields = {
        "inspected_at": clock.now() - timedelta(hours=1), "inspected_by": "independent", "what": "咖啡机",
        "packaging": "box_crushed", "damage": ["broken_at_blow"], "conclusion": "transit_damage", "exhibits": [1],
    } | changes  # fmt: skip
    return RecordInspection(**fields)


def test_an_inspection_becomes_a_fact_and_the_rules_say_who_answers(case, mediator):
    added(case, complaining(case))

    do(case, Action.RECORD_INSPECTION, inspection(case), acting(mediator))

    [found] = [each for each in cases.findings(case) if each.clause == "2.1.5.2"]
    assert (found.verdict, found.liable) == ("breach", "logistics_company")
    do(case, Action.RECORD_INSPECTION, inspection(
        case, packaging="box_sound", damage=["flaw_material"], conclusion="quality"), acting(mediator))  # fmt: skip
    [found] = [each for each in cases.findings(case) if each.clause == "2.1.5.2"]
    assert found.liable == "merchant"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"conclusion": "quality"}, "against_the_signs"),
        ({"exhibits": [7]}, "exhibit_unknown"),
        ({"packaging": "nonsense"}, "not_possible"),
        ({"inspected_at": "tomorrow"}, "in_the_future"),
    ],
)
def test_an_inspection_that_does_not_hold_is_refused(case, mediator, changes, code):
    added(case, complaining(case))
    if "inspected_at" in changes:
        changes = {"inspected_at": clock.now() + timedelta(days=1)}

    with pytest.raises(Invalid, match=code):
        do(case, Action.RECORD_INSPECTION, inspection(case, **changes), acting(mediator))
    assert queries.inspections_of(case) == []


def test_a_later_respondent_gets_the_first_ones_exhibits_as_another_side_does(case, mediator):
    first = saved(a_person, Role.RESPONDENT, organisation_id=case.respondent_id)
    with transaction():
        service.add(cases.case_to_work(case.id), [take("a.jpg", BytesIO(a_photo()))], act=acting(first))
        cases.case_to_work(case.id).respondent_id = (other := an_organisation()).id
    second = saved(a_person, Role.RESPONDENT, organisation_id=other.id)

    [exhibit] = queries.of_case(case)

    assert queries.copy_for(exhibit, first.actor())[0] == exhibit.ref
    assert queries.copy_for(exhibit, second.actor())[0] == exhibit.shared_ref
    with transaction():
        [own] = service.add(cases.case_to_work(case.id), [take("a.jpg", BytesIO(a_photo()))], act=acting(second))
    assert own.number == 2  # it is their own, though the bytes are the same


def test_the_checklist_tells_what_is_there_and_what_is_missing_on_each_side(case):
    photo = take("now.jpg", BytesIO(a_photo()))
    with transaction():
        service.add(cases.case_to_work(case.id), [replace(photo, proves="goods_now")], act=complaining(case))

    shown = docket_of(case)["checklist"]

    consumers = {row["key"]: row["exhibits"] for row in shown[0]["rows"]}
    assert consumers == {"receipt": [], "goods_now": [1], "seller_words": []}
    assert [row["exhibits"] for row in shown[1]["rows"]] == [[], [], []]


def docket_of(case):
    with current_app.test_request_context():
        return docket(case, complaining(case).actor, clock.now())


# --- pages ------------------------------------------------------------------------------------------------------------


def test_the_evidence_page_asks_few_questions_however_much_there_is(client, case, mediator, count_queries):
    for n in range(6):
        added(case, complaining(case), PDF + bytes([n + 65]))
    asked(case, mediator, "a", "b", "c")
    sign_in(client, mediator)
    with count_queries() as statements:
        page = client.get(f"/evidence/cases/{case.number}")

    assert page.status_code == 200
    assert len(statements) <= 12, "\n".join(statements)


def test_the_mediator_asks_rules_and_records_on_pages(client, case, mediator):
    added(case, complaining(case))
    sign_in(client, mediator)
    url = f"/evidence/cases/{case.number}"
    due = (clock.now() + timedelta(days=3)).date().isoformat()

    assert client.post(f"{url}/ask", data={"side": "consumer", "items": "", "due_on": due}).status_code == 422
    answer = client.post(f"{url}/ask", data={"side": "consumer", "items": "Receipt\n\nPhoto", "due_on": due})
    assert (answer.status_code, items(case)) == (303, [(1, "open"), (2, "open")])
    answer = client.post(f"{url}/items/2", data={"outcome": "handed_in"})
    assert (answer.status_code, items(case)[1]) == (303, (2, "handed_in"))
    [exhibit] = queries.of_case(case)
    assert client.post(f"/evidence/{exhibit.id}/rule", data={"admitted": "no"}).status_code == 422
    answer = client.post(f"/evidence/{exhibit.id}/rule", data={"admitted": "no", "reason": "blank"})
    assert answer.status_code == 303
    assert "blank" in client.get(f"/evidence/{exhibit.id}/view").text
    found = {
        "inspected_by": "merchant", "inspected_at": "2026-01-01T10:00", "what": "Coat", "packaging": "box_sound",
        "damage": ["flaw_material"], "conclusion": "quality", "exhibits": ["1"],
    }  # fmt: skip
    assert client.post(f"{url}/inspection", data=found).status_code == 303
    assert "Inspection 1: Coat" in client.get(url).text
    assert client.get(f"{url}/receipt").text.count(exhibit.sha256) == 1


def test_the_company_hands_in_what_it_was_asked_for_and_is_told_of_a_file_it_sent_before(client, case, mediator):
    asked(case, mediator, "出货记录", "检测报告", side="respondent")
    sign_in(client, saved(a_person, Role.RESPONDENT, organisation_id=case.respondent_id))
    url = f"/evidence/cases/{case.number}"
    assert "出货记录" in client.get(f"/r/cases/{case.number}").text

    answer = client.post(url, data={"item": "1", "files": (BytesIO(PDF), "sent.pdf")}, follow_redirects=True)
    again = client.post(url, data={"files": (BytesIO(PDF), "again.pdf")}, follow_redirects=True)
    client.post(f"{url}/items/2/decline", data={"reason": "None was made."})

    assert answer.status_code == 200
    assert "You added this file before: 1. sent.pdf." in again.text
    assert items(case) == [(1, "handed_in"), (2, "declined")]
