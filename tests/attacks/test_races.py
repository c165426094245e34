"""Eight at once on a database of their own: one of them wins, the others are told so, nobody gets a breakdown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import count
from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select

import config
from app.cases import access
from app.cases.models import Case
from app.core import site, storage
from app.core.db import db, session
from app.factory import create_app
from app.web.limits import limiter
from tests.factories import a_case, saved
from tests.mediation.conftest import a_table
from workflows.procedure.states import CaseState

AT_ONCE = 8
_n = count(1)
COMPLAINT = {"narrative": "商家拒绝退货。", "complainant": {"email": "lin@example.test"}}


@pytest.fixture
def racing(tmp_path, time, monkeypatch, a_database):
    """An application with a file of its own; the one of the other tests gets its settings back."""
    for kept, name in ((site, "_settings"), (storage, "_store"), (limiter, "enabled")):
        monkeypatch.setattr(kept, name, getattr(kept, name))
    url = a_database(f"racing-{next(_n)}") or ""
    app = create_app(config.load({"DATA_DIR": str(tmp_path), "BASE_URL": "http://desk.test", "DATABASE_URL": url}))
    app.config.update(TESTING=False, WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False)
    limiter.enabled = False
    with app.app_context():
        db.create_all()
        yield app
        db.session.remove()
        db.engine.dispose()


def at_once(app, call: Callable) -> Counter:
    """Send the same request from eight threads that wait for each other; return how often each status came."""
    barrier, seen = Barrier(AT_ONCE), []

    def one() -> None:
        client = app.test_client()
        barrier.wait()
        seen.append(call(client).status_code)

    threads = [Thread(target=one) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return Counter(seen)


def test_one_key_makes_one_case(racing):
    seen = at_once(
        racing, lambda client: client.post("/api/v1/complaints", json=COMPLAINT, headers={"Idempotency-Key": "k"})
    )

    assert seen == {201: 1, 200: AT_ONCE - 1}
    assert session().scalar(select(func.count()).select_from(Case)) == 1


@pytest.mark.parametrize(("action", "body"), [("accept", {"offer": 1}), ("decline", {"offer": 1}), ("withdraw", {})])
def test_one_of_eight_has_its_way(racing, action, body):
    table = a_table(CaseState.MEDIATION)
    table.propose("mediator")
    token = access.access_token(table.number)
    session().rollback()

    seen = at_once(
        racing,
        lambda client: client.post(
            f"/api/v1/cases/{table.number}/actions/{action}", json=body, headers={"Authorization": f"Bearer {token}"}
        ),
    )

    assert seen == {200: 1, 409: AT_ONCE - 1}


def test_everybody_may_write_at_once(racing):
    number = saved(a_case, CaseState.MEDIATION).number
    token = access.access_token(number)
    session().rollback()

    seen = at_once(
        racing,
        lambda client: client.post(
            f"/api/v1/cases/{number}/actions/propose",
            json={"terms": [{"kind": "refund", "amount": {"amount_minor": 100, "currency": "CNY"}}]},
            headers={"Authorization": f"Bearer {token}"},
        ),
    )

    assert set(seen) <= {200, 409}
