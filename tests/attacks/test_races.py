"""Eight at once on a database of their own: one of them wins, the others are told so, nobody gets a breakdown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from io import BytesIO
from itertools import count
from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select

import config
from app.cases import access
from app.cases.models import Case
from app.cases.queries import case_to_work
from app.core import site, storage
from app.core.db import db, session, transaction
from app.core.ids import new_token
from app.core.uploads import COUNT_LIMIT, take
from app.evidence.models import Evidence
from app.evidence.service import add
from app.factory import create_app
from app.web.limits import limiter
from tests.factories import a_case, complaining, saved
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
        thread.join(60)
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


def a_case_with(exhibits: int) -> tuple[str, dict[str, str]]:
    """Where files are added to a case that has so many of its complainant, and the key to it."""
    files = [take(f"{n}.txt", BytesIO(b"exhibit %d" % n)) for n in range(exhibits)]
    case = saved(a_case, CaseState.MEDIATION)
    with transaction():
        add(case_to_work(case.id), files, act=complaining(case))
    url, token = f"/api/v1/cases/{case.number}/evidence", access.access_token(case.number)
    session().rollback()
    return url, {"Authorization": f"Bearer {token}"}


def test_of_uploads_that_race_for_the_last_place_one_is_taken(racing):
    url, key = a_case_with(COUNT_LIMIT - 1)

    seen = at_once(racing, lambda c: c.post(url, headers=key, data={"file": (BytesIO(new_token().encode()), "a.txt")}))

    assert seen == {201: 1, 422: AT_ONCE - 1}
    assert session().scalar(select(func.count()).select_from(Evidence)) == COUNT_LIMIT


def test_the_same_file_sent_eight_times_at_once_is_one_exhibit(racing):
    url, key = a_case_with(2)

    seen = at_once(racing, lambda c: c.post(url, headers=key, data={"file": (BytesIO(b"the same"), "a.txt")}))

    assert seen == {201: AT_ONCE}
    assert session().scalars(select(Evidence.number).order_by(Evidence.number)).all() == [1, 2, 3]
