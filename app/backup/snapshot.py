"""The database as one SQLite file, whichever it came from, taken at one instant while others write; and back again.

From SQLite it is `VACUUM INTO`: one reading transaction, as with the backup API, but without the free pages, in which
what was deleted or erased could still be read. From PostgreSQL every row is read in one snapshot. So one program
checks both, offline, and a backup of one database restores into the other.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic.script import ScriptDirectory
from pysqlite3 import dbapi2
from sqlalchemy import (
    JSON,
    Connection,
    Engine,
    LargeBinary,
    Select,
    Table,
    Text,
    cast,
    column,
    create_engine,
    inspect,
    select,
    table,
    type_coerce,
)
from sqlalchemy import text as sql
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool
from sqlalchemy.types import TypeEngine

from app.core.db import canonical, db, session
from app.core.sealed import SealedType

AT_ONCE = 2_000
VERSION = "alembic_version"
ROOT = Path(__file__).resolve().parents[2]


def head() -> str | None:
    """Return the revision of the database that this release works with."""
    return ScriptDirectory(str(ROOT / "migrations")).get_current_head()


def take(to: Path) -> None:
    """Write the database as it is now into a new file. Raises what the disk or the database raises."""
    if db.engine.dialect.name == "sqlite":
        _vacuumed(Path(db.engine.url.database or ""), to)
    else:
        _streamed(to)
    with to.open("rb") as file:
        os.fsync(file.fileno())


def _vacuumed(source: Path, to: Path) -> None:
    connection = dbapi2.connect(f"file:{source}?mode=ro", uri=True, isolation_level=None)
    try:
        connection.execute("VACUUM INTO ?", (str(to),))
    finally:
        connection.close()


def _streamed(to: Path) -> None:
    engine = create_engine(f"sqlite:///{to}", module=dbapi2, json_serializer=canonical)
    try:
        db.metadata.create_all(engine)
        with db.engine.connect() as source, engine.begin() as into:  # REPEATABLE READ: one instant for all tables
            source.execute(sql("SET TRANSACTION READ ONLY"))
            for each in db.metadata.sorted_tables:
                reading = source.execution_options(yield_per=AT_ONCE).execute(_as_written(each))
                for rows in reading.mappings().partitions():
                    into.execute(_raw(each).insert(), [dict(row) for row in rows])
            into.execute(sql(f"CREATE TABLE {VERSION} (version_num VARCHAR(32) NOT NULL)"))
            if revision := revision_in(source):
                into.execute(sql(f"INSERT INTO {VERSION} VALUES (:revision)"), {"revision": revision})  # noqa: S608 # nosec B608
    finally:
        engine.dispose()
    connection = dbapi2.connect(to, isolation_level=None)
    connection.execute("PRAGMA journal_mode=DELETE")  # one file, with nothing beside it
    connection.close()


def _raw(of: Table) -> Any:
    """Return a table whose JSON is text (copied sign by sign, NULL and null told apart) and what is sealed bytes."""
    return table(of.name, *(column(c.name, Text() if isinstance(c.type, JSON) else _bytes(c.type)) for c in of.columns))


def _as_written(of: Table) -> Select[Any]:
    return select(
        *(
            (cast(c, Text) if isinstance(c.type, JSON) else type_coerce(c, _bytes(c.type))).label(c.name)
            for c in of.columns
        )
    )


def _bytes(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    return LargeBinary() if isinstance(kind, SealedType) else kind


def revision_in(connection: Connection) -> str | None:
    """Return the revision that a database says it has; None where it was not made by migrations."""
    if not inspect(connection).has_table(VERSION):
        return None
    found: str | None = connection.scalar(sql(f"SELECT version_num FROM {VERSION}"))  # noqa: S608 # nosec B608
    return found


def rows() -> dict[str, int]:
    """Return how many rows each table of the configured database has, those with none left out."""
    with db.engine.connect() as connection:
        there = set(inspect(connection).get_table_names())
        counted = {
            each.name: connection.scalar(select(sql("count(*)")).select_from(each)) or 0
            for each in db.metadata.sorted_tables
            if each.name in there
        }
    return {name: count for name, count in counted.items() if count}


# --- reading a file offline ----------------------------------------------------------------------------------------


class Unchanging(dbapi2.Connection):
    """A connection to a file that nobody writes: it is opened as it is, and nothing is put beside it."""


def _engine(file: Path) -> Engine:
    def connect() -> Any:
        return dbapi2.connect(
            f"file:{file}?mode=ro&immutable=1", uri=True, factory=Unchanging, isolation_level=None,
            check_same_thread=False,
        )  # fmt: skip

    return create_engine(
        "sqlite://", module=dbapi2, creator=connect, poolclass=StaticPool, json_serializer=canonical,
        hide_parameters=True,
    )  # fmt: skip


@contextmanager
def reading(file: Path) -> Iterator[Session]:
    """Have this context's `session()` read a snapshot instead of the configured database."""
    session().rollback()
    kept, engine = db.session(), _engine(file)
    opened = Session(engine, expire_on_commit=False)
    db.session.registry.set(opened)  # type: ignore[arg-type]
    try:
        yield opened
    finally:
        db.session.registry.set(kept)
        opened.close()
        engine.dispose()


def damage(connection: Connection) -> Iterator[str]:
    """Yield what SQLite finds wrong with the file: broken pages, rows that point at nothing."""
    for (found,) in connection.exec_driver_sql("PRAGMA integrity_check(10)"):
        if found != "ok":
            yield str(found)
    for row in connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(10):
        yield f"row {row[1]} of {row[0]} points at a row of {row[2]} that is not there"


# --- back into PostgreSQL ------------------------------------------------------------------------------------------


def load(file: Path) -> None:
    """Fill the configured PostgreSQL, whose tables are there, from a snapshot: in one transaction, all or nothing.

    What an earlier attempt left is taken away in the same transaction.
    """
    tables, engine = db.metadata.sorted_tables, _engine(file)
    try:
        with engine.connect() as source, db.engine.begin() as into:
            connection: Any = into.connection.driver_connection  # psycopg's: it copies
            with connection.cursor() as cursor:
                cursor.execute("TRUNCATE " + ", ".join(f'"{each.name}"' for each in tables))
                for each in tables:
                    _copy(source, cursor, each)
                for each in tables:
                    _go_on_counting(cursor, each)
    finally:
        engine.dispose()


def _copy(source: Connection, cursor: Any, of: Table) -> None:
    names = ", ".join(f'"{c.name}"' for c in of.columns)
    with cursor.copy(f'COPY "{of.name}" ({names}) FROM STDIN') as copy:
        for row in source.execution_options(yield_per=AT_ONCE).execute(select(_raw(of))):
            copy.write_row(row)


def _go_on_counting(cursor: Any, of: Table) -> None:
    """Have new rows numbered after the last one."""
    counted = of.autoincrement_column
    if counted is None:
        return
    cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", (of.name, counted.name))
    (sequence,) = cursor.fetchone()
    if sequence:
        last = f'SELECT max("{counted.name}") FROM "{of.name}"'  # noqa: S608 # nosec B608
        cursor.execute(f"SELECT setval(%s, coalesce(({last}), 0) + 1, false)", (sequence,))
