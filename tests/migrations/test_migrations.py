"""Migrations go up and down with a row in every table, and make what the models say, on SQLite and on PostgreSQL."""

from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    create_engine,
    func,
    select,
)

import config
from app import cli
from app.core import site, storage
from app.core.db import db, engine_options
from app.factory import create_app
from tests.architecture.rules import ROOT

REVISIONS = [each.revision for each in ScriptDirectory(str(ROOT / "migrations")).walk_revisions()][::-1]
BOOKKEEPING = {"alembic_version"}
_n = count(1)


class Database:
    """An empty database and `flask db …` for it."""

    def __init__(self, url: str | None, folder: Path) -> None:
        self.app = create_app(config.load({"DATA_DIR": str(folder), "DATABASE_URL": url or ""}))
        cli.install(self.app)
        address = self.app.config["SQLALCHEMY_DATABASE_URI"]
        self.engine: Engine = create_engine(address, **engine_options(address))

    def migrate(self, *command: str) -> None:
        with self.app.app_context():
            result = self.app.test_cli_runner().invoke(args=["db", *command], catch_exceptions=False)
        assert result.exit_code == 0, result.output

    def tables(self) -> list[Table]:
        """Return the tables as they are now, those that others refer to first."""
        found = MetaData()
        found.reflect(self.engine)
        return [table for table in found.sorted_tables if table.name not in BOOKKEEPING]

    def rows(self) -> dict[str, int]:
        with self.engine.connect() as connection:
            return {t.name: connection.scalar(select(func.count()).select_from(t)) or 0 for t in self.tables()}

    def fill(self) -> None:
        """Put a row into every table that has none."""
        with self.engine.begin() as connection:
            for table in self.tables():
                if not connection.scalar(select(func.count()).select_from(table)):
                    at = (datetime(2026, 9, 1, tzinfo=UTC) + timedelta(hours=n) for n in count())
                    connection.execute(table.insert().values({c.name: _something(c, at) for c in table.columns}))

    def close(self) -> None:
        self.engine.dispose()
        with self.app.app_context():
            db.engine.dispose()


def _something(column: Column, at) -> object:
    """Return a value that the column takes; later columns get later instants, references the first row."""
    kind = column.type
    if column.foreign_keys:
        (reference,) = column.foreign_keys
        return None if reference.column.table is column.table else 1
    if column.name == "erased_at":
        return None  # there is a key until then
    if isinstance(kind, DateTime):
        return next(at).replace(tzinfo=None)
    values = {Boolean: True, Integer: 1, JSON: [], LargeBinary: b"1"}
    plain = next((value for each, value in values.items() if isinstance(kind, each)), None)
    if plain is not None:
        return plain
    return datetime(2026, 9, 1).date() if kind.python_type is not str else "1"


@pytest.fixture
def database(a_database, tmp_path):
    before = site._settings, storage._store
    made = Database(a_database(f"migrated-{next(_n)}"), tmp_path)
    yield made
    made.close()
    site._settings, storage._store = before


def test_the_migrations_make_what_the_models_say(database):
    database.migrate("upgrade")

    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.metadata) == []


def test_every_migration_goes_up_and_down_with_a_row_in_every_table(database):
    for revision in REVISIONS:
        before = database.rows()
        database.migrate("upgrade", revision)
        after = database.rows()
        assert [name for name in before if name in after and after[name] < before[name]] == []
        database.fill()
    assert min(database.rows().values()) >= 1

    for revision in (*REVISIONS[-2::-1], "base"):
        database.migrate("downgrade", revision)
    assert database.tables() == []
    database.migrate("upgrade")
