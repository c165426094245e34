"""Nobody is flooded and nobody is woken for what can wait, yet nothing is lost and nothing comes twice."""

from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select

from app.accounts import service_hours
from app.cases import queries, service_clocks, service_gathered
from app.cases.models_gathered import GatheredWarning
from app.core import outbox
from app.core.db import session, transaction
from app.core.messages import OutboundMessage
from tests.factories import a_case, a_person, acting, an_act, saved
from workflows.procedure.authority import Role
from workflows.procedure.states import CaseState


@pytest.fixture(autouse=True)
def a_mail_server(monkeypatch):
    """There is one, so that letters wait for a worker."""
    monkeypatch.setattr("app.core.messages.carried", lambda channel: True)


def work(at):
    """Fire what is due and do the tasks that are; return the messages that leave."""
    for clock_id in queries.due_clocks(at, limit=500):
        with transaction():
            service_clocks.fire(clock_id, act=an_act())
    left = []
    for row_id in outbox.due(at, limit=500):
        left += _do(row_id, at)
    return left


def _do(row_id, at):
    with transaction():
        row = outbox.claim(row_id, at=at)
        if row is None:
            return []
        outbox.finish(row, at=at)
        if row.task == outbox.Task.SEND_WARNINGS:
            service_gathered.send(row.payload["user_id"], act=an_act())
            return []
        return [row.payload["message_id"]] if row.task == outbox.Task.SEND_MESSAGE else []


def warnings_in(ids):
    query = select(GatheredWarning.message_id).where(GatheredWarning.message_id.in_(ids))
    return Counter(session().scalars(query))


def test_warnings_of_one_interval_come_in_one_letter_the_soonest_end_first(app, time):
    mediator = saved(a_person, Role.MEDIATOR)
    for _ in range(3):
        saved(a_case, CaseState.ANSWERING, assignee_id=mediator.id)
    time.go(hours=24, minutes=5)  # half of 48 hours: first reply and answer of each

    work(time.at)
    assert mediator.email not in {m.address for m in messages()}

    work(time.go(minutes=55))
    [letter] = [m for m in messages() if m.address == mediator.email]
    assert letter.body.count("H2026-") >= 6
    assert "6" in letter.subject


def messages():
    session().rollback()
    return list(session().scalars(select(OutboundMessage).order_by(OutboundMessage.id)))


def test_one_warning_alone_is_an_ordinary_letter_about_its_case(app, time):
    mediator = saved(a_person, Role.MEDIATOR)
    case = saved(a_case, assignee_id=mediator.id)
    time.go(hours=24, minutes=5)
    work(time.at)
    work(time.go(hours=1))

    [letter] = [m for m in messages() if m.address == mediator.email and "First reply" in m.subject]
    assert letter.case_number == case.number


def test_the_two_hour_clock_waits_for_nobody(app, time):
    time.go(hours=14)  # 02:00 in Shanghai
    lead = saved(a_person, Role.LEAD)
    saved(a_case)

    work(time.go(hours=1))

    assert [m.address for m in messages()] == [lead.email]
    row = session().scalars(select(outbox.OutboxRow)).one()
    assert row.available_at == time.at


def test_a_breach_at_night_is_told_to_the_consumer_in_the_morning(app, time):
    time.go(hours=12)  # midnight in Shanghai
    saved(a_case)
    work(time.go(hours=48, minutes=1))

    breach = next(m for m in messages() if m.address == "lin@example.test" and "首次答复" in m.body)
    leaves = {row.payload["message_id"]: row.available_at for row in session().scalars(send_rows())}
    assert leaves[breach.id] == time.at + timedelta(hours=6, minutes=59)  # 07:00 there
    emergency = next(m for m in messages() if m.address == "lin@example.test" and "应急" in m.body)
    assert leaves[emergency.id] == time.at


OWN = {"own_late_hours": ("23:30", "09:00", 9), "no_quiet_hours": ("00:00", "00:00", 1), "of_the_house": ("", "", 7)}


@pytest.mark.parametrize(("begins", "ends", "hour"), OWN.values(), ids=OWN)
def test_ones_own_hours_go_before_those_of_the_house(app, time, begins, ends, hour):
    mediator = saved(a_person, Role.MEDIATOR)
    if begins:
        with transaction():
            own = service_hours.KeepHours(time_zone="Asia/Shanghai", begins=begins, ends=ends)
            service_hours.keep_hours(mediator.id, own, act=acting(mediator))
    time.go(hours=12, minutes=1)  # past midnight in Shanghai
    saved(a_case, assignee_id=mediator.id)

    work(time.go(hours=24))

    [warned] = session().scalars(select(GatheredWarning))
    assert (warned.leaves_at + timedelta(hours=8)).hour == hour


def send_rows():
    return select(outbox.OutboxRow).where(outbox.OutboxRow.task == outbox.Task.SEND_MESSAGE)


def test_over_nights_and_days_nothing_is_lost_or_doubled(app, time):
    people = [saved(a_person, role) for role in (Role.MEDIATOR, Role.LEAD, Role.SUPERVISOR)]
    for n in range(6):
        time.go(minutes=47)
        saved(a_case, CaseState.ANSWERING, assignee_id=people[n % 2].id)
    left = []
    for _ in range(8 * 48):
        left += work(time.go(minutes=30))

    rows = messages()
    assert sorted(left) == [m.id for m in rows]  # each message left, and once
    warned = list(session().scalars(select(GatheredWarning)))
    assert all(w.message_id for w in warned)
    assert len({(w.user_id, w.clock_id, w.level) for w in warned}) == len(warned) > 20
    digests = [m for m in rows if m.id in {w.message_id for w in warned}]
    for person in people:
        times = [m.created_at for m in digests if m.address == person.email]
        assert all(b - a >= timedelta(hours=1) for a, b in pairwise(times))
        assert all(7 <= (t + timedelta(hours=8)).hour < 22 for t in times)


def test_people_set_their_own_hours(app, client):
    from tests.factories import sign_in

    person = saved(a_person, Role.LEAD)
    sign_in(client, person)
    assert 'value="22:00"' in client.get("/account/hours").text

    wrong = client.post("/account/hours", data={"time_zone": "Asia/Taipei", "begins": "9", "ends": "07:00"})
    assert (wrong.status_code, "like 08:30" in wrong.text) == (422, True)

    client.post("/account/hours", data={"time_zone": "Asia/Taipei", "begins": "23:00", "ends": "06:30"})
    session().expire_all()
    kept = service_hours.hours_of(person.id, at=an_act().at)
    assert (f"{kept.begins:%H:%M}", f"{kept.ends:%H:%M}", kept.zone) == ("23:00", "06:30", "Asia/Taipei")
