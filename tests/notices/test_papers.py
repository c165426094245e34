"""The papers of a case: each kind is there once its act is done, for those who may have it, in each language."""

from dataclasses import replace

import pypdfium2
import pytest
from sqlalchemy import select

from app.cases.actions import carry_out
from app.cases.queries import case_to_work, due_clocks, events
from app.cases.service_clocks import fire
from app.core import clock
from app.core.db import session
from app.mediation.commands import Propose
from app.notices.facts import NoticeKind, NoticeLanguage
from app.notices.models import Notice
from app.notices.papers import facts_of, papers_of
from app.notices.queries import paper_by_code
from tests.conduct.stories import imposed
from tests.factories import a_case, a_person, acting, an_act, an_organisation, complaining, link_of, saved, sign_in
from tests.notices.test_text import squeezed, text_of
from workflows.procedure.authority import Role
from workflows.procedure.states import Action, CaseState

TERMS = {"terms": [{"kind": "refund", "amount": {"amount_minor": 4321, "currency": "CNY"}}]}


def papers(case, actor):
    case = case_to_work(case.id)
    return papers_of(case, actor, events(case, actor), now=clock.now())


def said(case, kind, actor, language=NoticeLanguage.ENGLISH):
    """Return all that the latest paper of a kind says to a reader, or None where they have none."""
    paper = next((each for each in reversed(papers(case, actor)) if each.kind is kind), None)
    return facts_of(case_to_work(case.id), paper, actor, language) if paper else None


@pytest.fixture
def offered(app):
    case = saved(a_case, CaseState.MEDIATION)
    saved(lambda: carry_out(case_to_work(case.id), Action.PROPOSE, Propose.model_validate(TERMS),
                            act=acting(a_person(Role.MEDIATOR))))  # fmt: skip
    return case


@pytest.mark.parametrize("language", NoticeLanguage)
def test_an_offer_tells_terms_time_and_that_silence_is_no_consent(offered, language):
    facts = said(offered, NoticeKind.OFFER, complaining(offered).actor, language)

    assert [remedy.amount_minor for remedy in facts.remedies] == [4321]
    assert len(facts.notes) == 3
    assert facts.rules == ()


@pytest.mark.parametrize("roles", [(Role.CHAIR,), (Role.SECRETARY,), (Role.MEMBER, Role.LEAD)])
def test_no_judge_has_a_paper_about_what_was_offered_and_their_dossier_does_not_tell_of_it(offered, roles):
    judge = an_act(*roles).actor

    assert NoticeKind.OFFER not in {paper.kind for paper in papers(offered, judge)}
    assert b"4321" not in said(offered, NoticeKind.DOSSIER, judge).to_json()
    assert b"43.21" not in said(offered, NoticeKind.DOSSIER, judge).to_json()
    assert not any(
        "Propose" in row[2] for table in said(offered, NoticeKind.DOSSIER, judge).tables for row in table.rows
    )


def test_a_company_is_asked_with_its_time_and_its_choices(offered):
    shop = an_act(Role.RESPONDENT, organisation_id=offered.respondent_id).actor

    facts = said(offered, NoticeKind.REQUEST_TO_ANSWER, shop)

    assert len(facts.promises) == 1
    assert len(facts.steps) == 5
    assert [rule.clause for rule in facts.rules] == ["2.2.2.5", "2.1.7.1"]
    assert said(offered, NoticeKind.REQUEST_TO_ANSWER, complaining(offered).actor) is None


def test_the_same_paper_is_issued_once_and_verified_by_its_code(client, worker):
    shop = saved(an_organisation)
    case = saved(a_case, CaseState.ANSWERING, respondent=shop)
    sign_in(client, saved(a_person, Role.RESPONDENT, organisation_id=shop.id, language="zh-Hant"))
    path = f"/outcomes/{case.number}/papers/request_to_answer-2.pdf"

    first, again = client.get(path), client.get(path)

    assert first.status_code == again.status_code == 200
    assert first.data == again.data
    text = squeezed(text_of(first.data))
    assert "答覆通知書" in text
    code = text[text.index("輸入核驗碼") + 5 :][:14]
    session().expire_all()
    page = client.get(f"/en/v/{code}").text
    assert paper_by_code(code).pdf_sha256 in page
    assert "Request to answer" in page
    assert "Signed (PAdES)" in page


def test_a_deadline_receipt_is_followed_by_a_newer_one(client, worker, time):
    case = saved(a_case)
    path = f"/en/c/{link_of(case)}/deadlines.pdf"
    client.get(path)
    old = session().scalars(select(Notice)).one()
    time.go(hours=3)
    for clock_id in due_clocks(clock.now()):
        saved(fire, clock_id, act=an_act())

    client.get(path)

    assert "There is a newer one" in client.get(f"/en/v/{old.code}").text


def test_papers_of_a_private_link_need_its_owner_and_of_a_foreign_case_are_not_there(client, worker):
    case = saved(a_case, CaseState.ANSWERING)

    unproved = client.get(f"/en/c/{link_of(case)}/papers/dossier.pdf")
    sign_in(client, saved(a_person, Role.RESPONDENT, organisation_id=saved(an_organisation).id))

    assert (unproved.status_code, "verify" in unproved.headers["Location"]) == (303, True)
    assert client.get(f"/outcomes/{case.number}/papers/dossier.pdf").status_code == 404
    sign_in(client, saved(a_person, Role.MEDIATOR))
    assert client.get(f"/outcomes/{case.number}/papers/nothing-1.pdf").status_code == 404


def test_while_the_press_is_busy_the_reader_is_asked_to_wait_a_moment(client):
    case = saved(a_case)

    answer = client.get(f"/en/c/{link_of(case)}/receipt.pdf")

    assert (answer.status_code, answer.headers["Retry-After"]) == (202, "2")


@pytest.mark.parametrize("language", NoticeLanguage)
def test_a_few_lines_do_not_stand_alone_on_a_page_of_their_own(app, time, press, language):
    penalty = imposed(time)
    case, actor = case_to_work(penalty.case_id), an_act(Role.LEAD).actor
    found = papers_of(case, actor, events(case, actor), now=clock.now())
    told = facts_of(case, next(each for each in found if each.kind is NoticeKind.PENALTY), actor, language)
    code = {"verification_code": "7K2M-9QXD-4TCV", "verify_url": "https://desk.test/v/7K2M-9QXD-4TCV"}

    assert len(pypdfium2.PdfDocument(press.render(replace(told, **code)))) == 1
