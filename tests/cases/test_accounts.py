"""The deadline receipt explains each clock to whoever may see the case, and the record alone says the same."""

import pytest

from app.cases import queries, service_clocks
from app.cases.accounts import receipt
from app.cases.models import Clock
from app.core.clock import now
from app.core.db import session, transaction
from app.emergency.commands import StartEmergency
from app.emergency.service import start
from app.notices.facts import NoticeLanguage
from app.notices.receipts import deadline_receipt
from tests.factories import a_person, an_act, an_organisation, saved, sign_in
from tests.intake.complaints import file
from workflows.procedure.authority import Role


@pytest.fixture
def case(app, time):
    """A complaint that came by the web, whose emergency was started after a warning."""
    saved(an_organisation, name="晴川服饰")
    made = file().case
    time.go(minutes=61)
    for clock_id in queries.due_clocks(now()):
        with transaction():
            service_clocks.fire(clock_id, act=an_act())
    with transaction():
        start(queries.case_to_work(made.id), StartEmergency(plan="accept_return"), an_act(Role.LEAD))
    return queries.case_to_work(made.id)


def test_staff_read_why_by_which_figure_and_what_was_sent(case, client):
    sign_in(client, saved(a_person, Role.SUPERVISOR))

    page = client.get(f"/outcomes/{case.number}/deadlines").text

    assert "entry 1 of the record" in page
    assert "2 hours" in page
    assert "None: the rules know no pause" in page
    assert "2.2.3.2" in page
    assert "every clock comes out as it stands here" in page


def test_what_was_tampered_with_is_told(case, app):
    with transaction():
        session().get_one(Clock, case.clocks[2].id).due_at = now().replace(year=2030)

    with app.test_request_context():
        assert not receipt(queries.case_to_work(case.id), now()).sound


@pytest.mark.parametrize("language", list(NoticeLanguage))
def test_the_paper_lists_what_was_done_about_the_emergency_and_names_nobody(case, language):
    facts = deadline_receipt(case, language, at=now())

    [table] = facts.tables
    assert len(table.rows) >= 1
    assert all(len(row) == 3 for row in table.rows)
    assert "Somebody" not in str(table)
