"""Pages by keyset: every row once, in order, also where many have the same instant."""

from __future__ import annotations

from datetime import timedelta

from app.cases import queries
from app.core import clock
from app.core.db import transaction
from tests.factories import a_case
from workflows.procedure.authority import SYSTEM


def test_no_row_is_left_out_or_comes_twice_where_many_came_at_once(app):
    with transaction():
        cases = [a_case(received_at=clock.now() - timedelta(hours=n // 4)) for n in range(12)]
    numbers = [case.number for case in sorted(cases, key=lambda each: (each.received_at, each.id), reverse=True)]

    seen, cursor = [], None
    while True:
        page = queries.page(SYSTEM, queries.Filter(), order="-received", cursor=cursor, limit=5)
        seen += [case.number for case in page.items]
        if page.next is None:
            break
        cursor = page.next

    assert seen == numbers
