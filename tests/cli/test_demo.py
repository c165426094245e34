"""`flask demo load`: the stories can be played on any day, and leave a desk at work."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from app import cli
from app.accounts import queries, service
from app.cases.deadlines import explained
from app.cases.models import Case, CaseEvent, Clock
from app.cases.queries import case_to_work, due_clocks
from app.cli.demo.stories import BadStory, instant, lapse, stories
from app.conduct.models import Penalty
from app.conduct.standing import astray, scores
from app.core import clock, outbox, site
from app.core.db import session
from app.core.messages import OutboundMessage
from app.notices.models import RegisterEntry
from app.organisations.models import Organisation
from workflows.procedure.authority import ACCOUNT_ROLES, Actor
from workflows.procedure.clocks import TIMERS, face
from workflows.procedure.penalties import Stage
from workflows.procedure.states import CaseState


@pytest.fixture(scope="module", autouse=True)
def installed(built_app):
    if "demo" not in built_app.cli.commands:
        cli.install(built_app)


@pytest.fixture
def load(app):
    return lambda: app.test_cli_runner().invoke(args=["demo", "load"], catch_exceptions=False)


@pytest.fixture
def accounts(app):
    file = site.settings().data_dir / "demo-accounts.json"
    yield file
    file.unlink(missing_ok=True)


def test_the_demo_is_a_desk_at_work(load, accounts, time):
    load()

    cases = session().scalars(select(Case)).all()
    assert len(cases) >= 40
    assert {case.state for case in cases} == set(CaseState) - {CaseState.RECEIVED}  # sorted in the filing transaction
    assert min(Counter(case.language for case in cases).values()) >= 10
    assert {case.channel for case in cases} >= {"web", "api", "phone", "email"}
    assert all(case.received_at <= time.at - timedelta(minutes=5) for case in cases)
    _the_clocks_are_as_if_they_had_run(time)
    assert [case.number for case in cases if not explained(case_to_work(case.id)).sound] == []
    _penalties_stand_in_many_stages(time)
    _a_score_can_be_seen_and_a_decision_was_sent_back(time)
    _letters_of_the_past_stay_here(time)
    _the_accounts_open(accounts)
    _a_second_load_changes_nothing(load, accounts)


def _the_clocks_are_as_if_they_had_run(time):
    assert due_clocks(time.at) == []
    running = session().scalars(select(Clock).where(Clock.ended_at.is_(None), Clock.kind.not_in(TIMERS))).all()
    tones = {_tone(each, time.at) for each in running}
    assert tones >= {"ok", "soon", "urgent", "over"}
    assert session().scalar(select(func.max(CaseEvent.at))) <= time.at


def _tone(clock_, at):
    return face(
        kind=clock_.kind, status=clock_.status, started_at=clock_.started_at, due_at=clock_.due_at, met_at=None, now=at
    ).tone


def _penalties_stand_in_many_stages(time):
    found = session().scalars(select(Penalty)).all()
    assert {each.stage(time.at) for each in found} >= {
        Stage.HEARING, Stage.TO_DECIDE, Stage.STAYED, Stage.APPEALED, Stage.IN_FORCE, Stage.DROPPED, Stage.VOID
    }  # fmt: skip
    assert not [each for each in {one.organisation_id for one in found} if astray(each, time.at)]


def _a_score_can_be_seen_and_a_decision_was_sent_back(time):
    companies = session().scalars(select(Organisation.id)).all()
    worth = [score.value for score in scores(companies, time.at).values() if score.value is not None]
    statuses = Counter(session().scalars(select(RegisterEntry.status)))

    assert any(value < 100 for value in worth)
    assert statuses["set_aside"] == 1
    assert statuses["replaced"] >= 1


def _letters_of_the_past_stay_here(time):
    assert session().scalar(select(func.count(OutboundMessage.id))) > 100
    assert session().scalar(select(func.count(OutboundMessage.id)).where(OutboundMessage.sent_at.is_not(None))) == 0
    assert {
        session().get(outbox.OutboxRow, row).task for row in outbox.due(time.at, limit=1000)
    } <= {outbox.Task.ISSUE_NOTICE, outbox.Task.MAKE_PREVIEWS}  # fmt: skip


def _the_accounts_open(accounts):
    people = json.loads(accounts.read_text("utf-8"))
    assert accounts.stat().st_mode & 0o777 == 0o600
    assert all(set(person) == {"email", "role", "organisation", "password", "token"} for person in people)
    roles = Counter(person["role"] for person in people)
    assert set(roles) == {role.value for role in ACCOUNT_ROLES}
    assert roles["member"] == 5
    kinds = {company.name: company.kind for company in session().scalars(select(Organisation))}
    assert {kinds[person["organisation"]] for person in people if person["organisation"]} == set(kinds.values())
    assert len(set(kinds.values())) == 4
    person = people[0]
    assert service.check_password(person["email"], person["password"])
    assert isinstance(queries.live_token(person["token"], at=clock.now()).actor(), Actor)


def _a_second_load_changes_nothing(load, accounts):
    before = accounts.read_text("utf-8"), session().scalar(select(func.count(Case.id)))
    session().rollback()

    assert "there already" in load().output
    assert (accounts.read_text("utf-8"), session().scalar(select(func.count(Case.id)))) == before


@pytest.mark.parametrize("hour", range(0, 24, 3))
def test_the_stories_fit_into_any_hour_of_any_day(hour):
    for story in stories(datetime(2026, 12, 31, 20, 59, tzinfo=UTC) + timedelta(hours=hour)):
        told = [story.submission["order"] or {}, *story.submission["events"]]
        instants = [
            datetime.fromisoformat(v) for each in told for k, v in each.items() if k == "at" or k.endswith("_at")
        ]
        assert all(at <= story.filed_at for at in instants), story.key


def test_instants_are_told_from_the_filing():
    filed = datetime(2026, 9, 1, 4, 0, tzinfo=UTC)

    assert lapse("1d6h20m") == timedelta(days=1, hours=6, minutes=20)
    assert instant("-45m", filed) == filed - timedelta(minutes=45)
    assert instant("-3d 20:05", filed).isoformat() == "2026-08-29T20:05:00+08:00"
    with pytest.raises(BadStory):
        lapse("soon")
