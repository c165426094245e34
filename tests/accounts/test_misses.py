"""An account that asks for many things that are not there is told of, once."""

from __future__ import annotations

from sqlalchemy import select

from app.accounts.models_watch import EventKind, SecurityEvent
from app.core.db import session
from app.core.messages import OutboundMessage
from app.web.limits import limiter
from tests.factories import a_person, saved, sign_in
from workflows.procedure.authority import Role


def test_thirty_misses_are_an_alarm_to_administrators(client, monkeypatch):
    monkeypatch.setattr(limiter, "enabled", True)
    limiter.reset()
    saved(a_person, Role.ADMIN, email="admin@desk.test")
    person = saved(a_person, Role.MEDIATOR)
    sign_in(client, person)

    for n in range(40):
        assert client.get(f"/desk/cases/H2026-{n:06d}-1").status_code == 404

    events = session().scalars(select(SecurityEvent)).all()
    assert [(event.kind, event.about_id) for event in events] == [(EventKind.MANY_NOT_FOUND, person.id)]
    assert [each.address for each in session().scalars(select(OutboundMessage))] == ["admin@desk.test"]
    limiter.reset()
