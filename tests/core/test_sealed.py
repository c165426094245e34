"""What people wrote is sealed in the database and plain in Python; it opens where it was sealed, and for its owner."""

import pytest
from sqlalchemy import text

import config
from app.cases.models import Case, CaseEvent, Party
from app.core import masters, people
from app.core.db import db, session, transaction
from app.core.sealed import ERASED, OwnerErased, Parted, seal, unseal
from tests.factories import a_case, an_act, saved
from workflows.procedure.states import Action

CANARY = "金丝雀的话"


def raw(statement):
    with db.engine.connect() as connection:
        return repr(connection.execute(text(statement)).all())


@pytest.fixture
def case(app):
    return saved(a_case, narrative=CANARY, order_facts={"id": CANARY, "category": "apparel"})


def test_a_text_is_plain_in_python_and_sealed_in_the_database(case):
    session().expunge_all()

    again = session().get(Case, case.id)

    assert again.narrative == CANARY
    assert again.order_facts == {"id": CANARY, "category": "apparel"}
    assert CANARY not in raw("SELECT * FROM cases")
    assert "apparel" in raw("SELECT order_kept FROM cases")


def test_many_rows_of_one_person_are_opened_with_one_look_at_keys(app, count_queries):
    for _ in range(3):
        saved(a_case)
    session().expunge_all()

    with count_queries() as statements:
        names = [party.name for party in session().query(Party)]

    assert (len(names), len(statements)) == (3, 2)


def test_a_value_moved_to_another_place_or_person_does_not_open():
    token = seal(b"k" * 32, "ab" * 16, "cases.title", "x")

    assert unseal(b"k" * 32, "cases.title", token) == "x"
    for key, where, what in ((b"j" * 32, "cases.title", token), (b"k" * 32, "cases.narrative", token)):
        with pytest.raises(ValueError, match="was not sealed there"):
            unseal(key, where, what)


def test_what_was_not_sealed_is_never_written(case):
    table = Case.__table__

    with pytest.raises(Exception, match="a sealed column holds"), transaction():
        session().execute(table.update().values(title="open"))


def test_of_a_value_in_parts_only_keys_and_numbers_stay_open():
    class Row:
        kept: dict = {}  # noqa: RUF012
        words = None
        whole = Parted("kept", "words", frozenset({"kind", "amount"}))

    row = Row()
    row.whole = {"kind": "refund", "amount": {"amount_minor": 5}, "note": "to me"}
    assert (row.kept, row.words) == ({"kind": "refund", "amount": {"amount_minor": 5}}, {"note": "to me"})
    row.whole = {"kind": "what I want, please"}
    assert (row.kept, row.words) == ({}, {"kind": "what I want, please"})
    assert row.whole == {"kind": "what I want, please"}


def test_who_gives_the_same_contacts_is_the_same_person_and_nobody_else_is(app):
    with transaction():
        one, again = people.who_is_reached_at("+86138", "a@b.test"), people.who_is_reached_at("+86138", "a@b.test")
        half, none = people.who_is_reached_at("+86138", None), people.who_is_reached_at(None, None)

    assert one is again
    assert len({one.id, half.id, none.id}) == 3


def test_erased_nothing_opens_and_structure_stays(case):
    with transaction():
        people.erase(session().get_one(people.Person, case.person_id), at=an_act().at)
    session().expunge_all()

    again = session().get(Case, case.id)

    assert (again.narrative, again.order_facts) == (ERASED, {"category": "apparel"})
    assert again.state is case.state
    assert {event.action for event in session().query(CaseEvent)} == {Action.TRIAGE}
    assert people.register()[case.person_id] == an_act().at


def test_nothing_more_can_be_kept_of_who_was_erased(case):
    with transaction():
        people.erase(session().get_one(people.Person, case.person_id), at=an_act().at)

    with pytest.raises(OwnerErased), transaction():
        session().get_one(Case, case.id).narrative = "again"


def test_rotation_puts_every_key_under_a_new_master_and_goes_on_where_it_was(app):
    cases = [saved(a_case, narrative=CANARY) for _ in range(3)]
    before = masters.masters().newest

    masters.begin_rotation()
    with transaction():
        assert people.rewrap(most=2) == 2
    masters.begin_rotation()  # killed and begun again: no third key
    with transaction():
        assert (people.rewrap(), people.rewrap()) == (1, 0)
    masters.end_rotation()
    session().expunge_all()

    assert masters.masters().newest != before
    assert len(masters.masters().by_name) == 1
    assert [session().get(Case, each.id).narrative for each in cases] == [CANARY] * 3


def test_without_the_master_key_nothing_is_read(case):
    known = masters.masters()
    session().expunge_all()

    with pytest.raises(masters.MastersLost, match="no key in"):
        masters.Masters(known.lookup, {b"none": b"x" * 32}).unwrap(session().get(people.Person, case.person_id).wrapped,
                                                                  case.person_id)  # fmt: skip


def test_other_master_keys_than_the_databases_are_noticed_before_anything_is_written(app, tmp_path, monkeypatch):
    people.require_masters()
    saved(a_case)
    people.require_masters()
    config.new_people_keys(tmp_path / "other.key")
    monkeypatch.setattr(masters, "file", lambda: tmp_path / "other.key")

    with pytest.raises(masters.MastersLost):
        people.require_masters()
