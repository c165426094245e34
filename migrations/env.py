"""How Alembic reaches the application's database and its models. Run by `flask db …`, inside the application."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from flask import current_app

from app.core.db import UtcInstant, db, tell_where
from app.core.sealed import SealedType


def render(kind: str, item: Any, autogen: Any) -> str | Literal[False]:
    """Write our own column types by their short names."""
    if kind == "type" and isinstance(item, UtcInstant):
        autogen.imports.add("from app.core.db import UtcInstant")
        return "UtcInstant()"
    if kind == "type" and isinstance(item, SealedType):
        return "sa.LargeBinary()"  # to the database it is bytes
    return False


def tell_both() -> None:
    """Have both dialects know of the rows that an index holds: a migration is written for either."""
    for table in db.metadata.tables.values():
        for index in table.indexes:
            for dialect in ("sqlite", "postgresql"):
                tell_where(index, dialect)


def run() -> None:
    """Bring the database up or down. Each migration is a transaction of its own, on SQLite too."""
    tell_both()
    with db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_item=render,
            transaction_per_migration=True,
            **current_app.extensions["migrate"].configure_args,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
