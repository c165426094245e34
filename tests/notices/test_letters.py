"""A letter brings the paper of the act that it tells of, to those sides that the registry names, in their language."""

import pytest
from sqlalchemy import select

from app.cases.actions import carry_out
from app.cases.queries import case_to_work
from app.core import clock, mail, messages, outbox
from app.core.db import session
from app.core.messages import OutboundMessage
from app.mediation.commands import Propose
from app.notices.models import Edition, Notice
from tests.factories import a_case, a_person, acting, an_organisation, saved
from tests.ledger.logs import sealed
from workflows.jobs import tasks
from workflows.procedure.authority import Role
from workflows.procedure.states import Action, CaseState

TERMS = {"terms": [{"kind": "refund", "amount": {"amount_minor": 4321, "currency": "CNY"}}]}


@pytest.fixture
def sent(app, monkeypatch):
    """What leaves: (address, names of files)."""
    left: list[tuple[str, list[str]]] = []

    def send(message, *, answers, files):
        left.append((message.address, [file["filename"] for file in files]))
        return True

    monkeypatch.setattr(mail, "send", send)
    monkeypatch.setattr(messages, "carried", lambda channel: True)
    monkeypatch.setattr(tasks, "application", lambda: app)
    return left


@pytest.fixture
def offered(app):
    shop = saved(an_organisation, language="zh-Hant")
    case = saved(a_case, CaseState.MEDIATION, respondent=shop)
    saved(lambda: carry_out(case_to_work(case.id), Action.PROPOSE, Propose.model_validate(TERMS),
                            act=acting(a_person(Role.MEDIATOR))))  # fmt: skip
    return case


def letters() -> list[int]:
    return [each.id for each in session().scalars(select(OutboundMessage).order_by(OutboundMessage.id))]


def test_both_sides_get_the_offer_on_paper_each_in_their_language(sent, offered, worker):
    for message_id in letters():
        tasks.send_message(message_id)  # freezes the paper, which the worker prints

    papers = {each.edition: each for each in session().scalars(select(Notice))}
    assert {edition: paper.language for edition, paper in papers.items()} == {
        Edition.CONSUMER: "zh-Hans", Edition.RESPONDENT: "zh-Hant",
    }  # fmt: skip
    assert sorted(sent) == sorted([
        ("answers@shop.test", [f"{papers[Edition.RESPONDENT].code}.zh-Hant.pdf"]),
        ("lin@example.test", [f"{papers[Edition.CONSUMER].code}.zh-Hans.pdf"]),
    ])  # fmt: skip


def test_a_letter_waits_for_its_paper_and_then_leaves_with_the_link_alone(sent, offered, time):
    sealed()
    [first, *_] = letters()

    with pytest.raises(outbox.Later) as later:
        tasks.send_message(first)
    time.go(minutes=5)
    tasks.send_message(first)

    assert later.value.at < clock.now()
    assert [files for _, files in sent] == [[]]


def test_what_no_letter_tells_of_brings_no_paper(sent, app, worker):
    saved(a_case, CaseState.ANSWERING)

    for message_id in letters():
        tasks.send_message(message_id)

    assert session().scalars(select(Notice)).all() == []
