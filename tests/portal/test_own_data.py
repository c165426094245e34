"""The complainant's own data: taken along, and asked to be erased; by nobody who only holds the link."""

import io
import json
import zipfile

from sqlalchemy import select

from app.cases.models_erasure import ErasureWish
from app.core import people
from app.core.db import session, transaction
from tests.factories import an_act


def test_it_is_taken_along_by_who_proved_that_it_is_theirs(me):
    assert me.get("/data/package").status_code == 303
    me.confirm()

    answer = me.get("/data/package")

    assert answer.mimetype == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
        told = json.loads(packed.read(f"{me.table.number}/case.json"))
    assert told["complainant"]["email"] == "lin@example.test"


def test_erasing_is_asked_for_once_and_waits_for_the_desk(me):
    assert me.post("/data/erase").location.partition("?")[0].endswith("/verify")
    assert session().scalars(select(ErasureWish)).all() == []
    me.confirm()

    for _ in range(2):
        assert me.post("/data/erase").status_code == 303

    [wish] = session().scalars(select(ErasureWish))
    assert (wish.asked_by, wish.done_at, wish.person_id) == ("consumer", None, me.table.case.person_id)
    assert "You asked for this" in me.get("/data").text


def test_the_link_opens_nothing_once_its_person_is_erased(me):
    with transaction():
        people.erase(session().get_one(people.Person, me.table.case.person_id), at=an_act().at)

    assert me.get("").status_code == 404
