"""What the database itself says of how it finds what is due: by the index of what is open, never by a search."""

from datetime import timedelta

from sqlalchemy import event, text

from app.cases import queries
from app.core import outbox
from app.core.clock import now
from app.core.db import db, session
from tests.factories import a_case, saved


def plan_of(ask) -> str:
    """Return the plan of the one statement that `ask` sends, when its table is not so small that any plan will do."""
    sent = []

    def note(connection, cursor, statement, parameters, context, many):
        sent.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        ask()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    statement, parameters = sent[-1]
    connection = session().connection()
    explain = "EXPLAIN QUERY PLAN "
    if db.engine.dialect.name == "postgresql":
        session().execute(text("SET LOCAL enable_seqscan = off"))
        explain = "EXPLAIN "
    rows = connection.exec_driver_sql(explain + statement, parameters).all()
    return "\n".join(str(row[-1]) for row in rows)


def found_by(index: str, plan: str) -> bool:
    """Return whether rows are found by the index alone, in its order: no search of a table, no sorting."""
    searched = "SCAN outbox" in plan or "SCAN clocks" in plan or "Seq Scan" in plan
    return index in plan and not searched and "TEMP B-TREE" not in plan and "Sort" not in plan


def test_due_clocks_are_found_by_their_index(app, time):
    saved(a_case)

    plan = plan_of(lambda: queries.due_clocks(now() + timedelta(days=1)))

    assert found_by("ix_clocks_next", plan), plan


def test_due_tasks_are_found_by_their_index(app, time):
    plan = plan_of(lambda: outbox.due(now(), lane=outbox.Lane.LETTERS))

    assert found_by("ix_outbox_due", plan), plan


def test_a_plan_without_the_index_is_noticed(app):
    case = saved(a_case)

    plan = plan_of(lambda: session().execute(text("SELECT id FROM clocks WHERE clause = '2.2.3.2' ORDER BY due_at")))

    assert case.id
    assert not found_by("ix_clocks_next", plan)
