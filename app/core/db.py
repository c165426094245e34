"""The database: one base class, types set once, and the one way to write.

Instants are aware and in UTC on both databases, and who reads sees one instant of the data for the whole request.
`transaction()` is the only place that commits: on SQLite it begins IMMEDIATE (a deferred transaction that upgrades
ignores the busy timeout) and writers of all processes queue for their turn; on PostgreSQL each statement sees what
others committed, and who writes to a case locks it first (`app.cases.queries`), so on both they come one after another.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, BigInteger, DateTime, Engine, Enum, Index, MetaData, Text, event
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.orm import DeclarativeBase, Session, registry
from sqlalchemy.types import TypeDecorator

NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcInstant(TypeDecorator[datetime]):
    """An aware instant. SQLite would lose the zone, so it is stored in UTC and given back with it."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A naive instant cannot be stored.")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def by_value(kind: type[StrEnum]) -> Enum:
    """Return the column type of an enum that stores values, not names."""
    return Enum(kind, native_enum=False, length=32, values_callable=lambda members: [m.value for m in members])


class Base(DeclarativeBase):
    """Every table's parent."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMES),
        type_annotation_map={
            datetime: UtcInstant(),
            str: Text(),
            dict[str, Any]: JSON(),
            list[Any]: JSON(),
            list[str]: JSON(),
            list[int]: JSON(),
            list[dict[str, Any]]: JSON(),
        },
    )


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model

WHERE = "where"


def partial_index(name: str, *columns: str, where: Any, unique: bool = False) -> Index:
    """Return an index of the rows for which `where` holds, on either database."""
    return Index(name, *columns, unique=unique, info={WHERE: where})


@event.listens_for(Index, "before_create")
def _tell(index: Index, connection: Connection, **_: Any) -> None:
    tell_where(index, connection.dialect.name)


def tell_where(index: Index, dialect: str) -> None:
    """Say to one dialect which rows the index holds. Not said when it is declared: each dialect takes time to load."""
    if WHERE in index.info:
        index.dialect_kwargs[f"{dialect}_where"] = index.info[WHERE]


Money = BigInteger().with_variant(BigInteger(), "sqlite")


def canonical(value: Any) -> str:
    """Return the one JSON text of `value` (sorted keys, no spaces): what hashes are taken of and JSON columns store."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


# --- writing -------------------------------------------------------------------------------------------------------

DOOR, PLACE = "-door", "-place"
"""What is added to the name of an SQLite file for the files on which its writers wait for their turn."""
BEFORE_COMMIT, AFTER_COMMIT, WRITING = "before_commit", "after_commit", "writing"
TO_WRITE: dict[str, dict[str, Any]] = {
    "sqlite": {"immediate": True},
    "postgresql": {"isolation_level": "READ COMMITTED"},
}


def insert_into(table: type[Base]) -> Any:
    """Return the INSERT of the database in use, which knows of conflicts; that of the other one is not loaded."""
    return import_module(f"sqlalchemy.dialects.{session().get_bind().dialect.name}").insert(table)


def session() -> Session:
    """Return the session of this request, job or command."""
    return db.session()


def writing() -> bool:
    """Return whether `transaction()` is open: what is read now is read to be written."""
    return WRITING in session().info


def before_commit(call: Callable[[], None]) -> None:
    """Have `call` run as the last thing inside the current transaction; once, however often it is asked for."""
    calls: list[Callable[[], None]] = session().info.setdefault(BEFORE_COMMIT, [])
    if call not in calls:
        calls.append(call)


def after_commit(call: Callable[[], None]) -> None:
    """Have `call` run once the current transaction is safely committed; forgotten when it rolls back."""
    session().info.setdefault(AFTER_COMMIT, []).append(call)


@contextmanager
def transaction() -> Iterator[Session]:
    """Open the one writing transaction of a request, job or command: commit at the end, roll back on any error."""
    current = session()
    current.rollback()  # ends the reading transaction that loading the reader began; nothing may be dirty yet
    current.info.pop(BEFORE_COMMIT, None)
    engine = db.engine
    with _turn(engine.url.database) if engine.dialect.name == "sqlite" else nullcontext():
        try:
            current.info[WRITING] = True
            current.connection(execution_options=TO_WRITE[engine.dialect.name])
            yield current
            while calls := current.info.pop(BEFORE_COMMIT, []):  # one may ask for another
                for call in calls:
                    call()
            current.commit()
        except BaseException:
            current.rollback()
            for kept in (BEFORE_COMMIT, AFTER_COMMIT):
                current.info.pop(kept, None)
            raise
        finally:
            del current.info[WRITING]
    for call in current.info.pop(AFTER_COMMIT, []):
        call()


@contextmanager
def _turn(database: str | None) -> Iterator[None]:
    """Hold the only writer's place, in turn, among all threads and processes that share the file.

    Left to SQLite, whoever waits asks again after growing pauses, and a busy writer keeps others out for seconds. Who
    is next stands in the door, so that whoever has just left does not come in again before them. The system gives both
    places on when their holder is killed.
    """
    if not database or database == ":memory:":
        yield
        return
    door, place = (os.open(database + name, os.O_RDWR | os.O_CREAT, 0o600) for name in (DOOR, PLACE))
    try:
        fcntl.flock(door, fcntl.LOCK_EX)
        fcntl.flock(place, fcntl.LOCK_EX)
        fcntl.flock(door, fcntl.LOCK_UN)
        yield
    finally:
        os.close(place)
        os.close(door)


# --- the two databases ---------------------------------------------------------------------------------------------

BUSY_TIMEOUT_MS = 15_000
"""How long a writer waits for another one, on both."""


def engine_options(url: str) -> dict[str, Any]:
    """Return what `create_engine` needs for this database: a sound SQLite build, or a checked pool."""
    if url.startswith("sqlite"):
        from pysqlite3 import dbapi2

        return {"module": dbapi2, "json_serializer": canonical, "hide_parameters": True}
    settings = f"-c timezone=UTC -c lock_timeout={BUSY_TIMEOUT_MS}"
    return {
        "pool_pre_ping": True,
        "hide_parameters": True,  # an error is logged; what was to be written is about people
        "json_serializer": canonical,
        "isolation_level": "REPEATABLE READ",
        "connect_args": {"options": settings},
    }


@event.listens_for(Engine, "connect")
def _prepare(connection: Any, record: Any) -> None:
    """SQLite: write-ahead log, full durability, foreign keys on, transactions begun by us. PostgreSQL: any text."""
    if "psycopg" in type(connection).__module__:
        connection.adapters.register_dumper(str, _dumper_without_nul())
    if "sqlite" not in type(connection).__module__:
        return
    connection.isolation_level = None
    cursor = connection.cursor()
    settings = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={BUSY_TIMEOUT_MS}")
    for pragma in (*settings, "secure_delete=ON"):  # what is overwritten is gone from the file too
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@cache
def _dumper_without_nul() -> type:
    """Return how text goes to PostgreSQL, which knows no NUL: as a look-up it finds nothing, as on SQLite.

    What is kept was cleaned by `app.core.text` long before.
    """
    from psycopg.types.string import StrDumper

    class WithoutNul(StrDumper):
        def dump(self, obj: str) -> Any:
            return super().dump(obj.replace("\0", "\N{REPLACEMENT CHARACTER}"))

    return WithoutNul


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        immediate = connection.get_execution_options().get("immediate")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
