"""The notice of a penalty: for the company and the desk, in three languages, and it goes with the letter."""

import pytest
from sqlalchemy import select

from app.cases.queries import case_to_work, events
from app.core.db import session
from app.core.messages import OutboundMessage
from app.notices.facts import NoticeKind, NoticeLanguage
from app.notices.papers import facts_of, papers_of
from tests.conduct.stories import imposed, now
from tests.factories import an_act, complaining
from workflows.procedure.authority import Role


@pytest.fixture
def penalty(app, time):
    return imposed(time)


def paper(penalty, actor):
    case = case_to_work(penalty.case_id)
    found = papers_of(case, actor, events(case, actor), now=now())
    return case, next((each for each in found if each.kind is NoticeKind.PENALTY), None)


@pytest.mark.parametrize("language", NoticeLanguage)
def test_it_tells_breach_measure_term_reason_and_how_to_appeal(penalty, language):
    actor = an_act(Role.RESPONDENT, organisation_id=penalty.organisation_id).actor
    case, found = paper(penalty, actor)

    facts = facts_of(case, found, actor, language)

    assert [rule.clause for rule in facts.rules] == ["2.1.7.1", "3.2.3"]
    assert penalty.number in [each.text for each in facts.particulars]
    assert "The limit was long." in [each.text for each in facts.particulars]
    assert len(facts.particulars) == 5  # no decision: a limit was missed
    assert "13" in facts.notes[0]


def test_neither_the_complainant_nor_a_judge_has_it(penalty):
    for reader in (complaining(case_to_work(penalty.case_id)).actor, an_act(Role.CHAIR).actor):
        assert paper(penalty, reader)[1] is None
    assert paper(penalty, an_act(Role.LEAD).actor)[1] is not None


def test_it_goes_with_the_letter(penalty):
    letter = session().scalars(select(OutboundMessage).order_by(OutboundMessage.id.desc())).first()

    assert [each["kind"] for each in letter.attachments] == ["penalty"]
