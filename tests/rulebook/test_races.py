"""Many decide at once: one of them counts, never the one who proposed, and no two changes follow the same one."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from threading import Barrier, Thread

import pytest

from app.core import site
from app.core.db import session, transaction
from app.rulebook import queries, service
from tests.attacks.test_races import racing  # noqa: F401 -- a fixture
from tests.factories import a_person, acting, saved, sign_in
from tests.rulebook.test_amendments import with_letters
from workflows.procedure.authority import Role
from workflows.regulation import approved

NOTHING = {"cases": 0, "touched": 0, "changes": []}


@pytest.fixture
def desk(racing):  # noqa: F811
    site.use(replace(racing.config["HENG"], second_factor="optional"))
    yield racing
    approved.use(None)


def waiting(by, most: int) -> int:
    """Propose a cap on letters and return the address's number of what waits."""
    act = acting(by)
    ready = service.prepare(with_letters(most), date(2026, 9, 10), act=act)
    with transaction():
        row = service.propose(ready, "More letters", act=act)
        service.keep_replay(row.id, NOTHING)
    return row.id


def at_once(app, acts) -> Counter:
    """Have each of (person, amendment) approve in a thread of its own; return how often each status came."""
    barrier, seen, clients = Barrier(len(acts)), [], []
    for person, _ in acts:
        clients.append(app.test_client())
        with app.app_context():
            sign_in(clients[-1], person)

    def approve(client, amendment: int) -> None:
        barrier.wait()
        seen.append(client.post(f"/admin/rulebook/{amendment}/decide", data={"answer": "approve"}).status_code)

    threads = [Thread(target=approve, args=(c, a)) for c, (_, a) in zip(clients, acts, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    session().rollback()
    return Counter(seen)


def test_one_of_many_decides_and_never_who_proposed_it(desk):
    proposer, *others = (saved(a_person, Role.ADMIN) for _ in range(4))
    amendment = waiting(proposer, 40)

    seen = at_once(desk, [(proposer, amendment)] * 2 + [(other, amendment) for other in others])

    assert seen == {303: 1, 422: len(others) - 1, 403: 2}
    assert queries.by_id(amendment).approval.decided_by_id in {other.id for other in others}


def test_of_two_changes_of_the_same_rulebook_one_is_approved(desk):
    proposer, first, second = (saved(a_person, Role.ADMIN) for _ in range(3))
    changes = [waiting(proposer, most) for most in (40, 50)]

    seen = at_once(desk, [(first, changes[0]), (second, changes[1])])

    assert seen[303] == 1
    assert len([row for row in queries.approved() if row.since]) == 1
