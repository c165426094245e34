"""Pages by keyset: every row once, in order, also where many have the same instant."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from app.cases import queries
from app.cases.models import FAR
from app.core import clock, paging
from app.core.db import transaction
from tests.factories import a_case
from workflows.procedure.authority import SYSTEM
from workflows.procedure.states import CaseState


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


def test_a_page_goes_on_after_a_case_that_is_never_due_again(app):
    with transaction():
        numbers = {a_case(CaseState.CLOSED, due_at=FAR).number for _ in range(3)}

    first = queries.page(SYSTEM, queries.Filter(), limit=1)
    rest = queries.page(SYSTEM, queries.Filter(), cursor=first.next, limit=5)

    assert {case.number for page in (first, rest) for case in page.items} == numbers


@pytest.mark.parametrize("forged", ["t" + "9" * 18, "t253402300000000000", "t", "9" * 17])
def test_what_is_no_instant_is_refused(forged):
    with pytest.raises(paging.BadCursor):
        paging.decode(forged, datetime)
