"""A desk in memory that is set back in a millisecond: prepared once for every way a case may have come, then copied."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from pysqlite3 import dbapi2
from sqlalchemy.pool import StaticPool

import config
from app.core.db import db, session
from app.factory import create_app
from app.web.limits import limiter


def in_memory(folder: str) -> Flask:
    """Return an application whose database lies in this process; `folder` takes its files."""
    app = create_app(config.load({"DATA_DIR": folder, "BASE_URL": "http://desk.test", "DATABASE_URL": "sqlite://"}))
    app.config.update(TESTING=True)
    limiter.enabled = False
    return app


MEMORY = {"poolclass": StaticPool, "connect_args": {"check_same_thread": False}}


class Stage:
    """Copies of the whole database by name."""

    def __init__(self) -> None:
        self.kept: dict[str, Any] = {}

    def keep(self, name: str) -> None:
        """Keep the database as it is now."""
        self.kept[name] = dbapi2.connect(":memory:", check_same_thread=False)
        with _live() as live:
            live.backup(self.kept[name])

    def set_back(self, name: str) -> None:
        """Make the database what it was when it was kept."""
        with _live() as live:
            self.kept[name].backup(live)


@contextmanager
def _live() -> Iterator[Any]:
    session().rollback()
    session().expunge_all()
    session().connection().exec_driver_sql("COMMIT")
    try:
        yield db.engine.raw_connection().driver_connection
    finally:
        session().connection().exec_driver_sql("BEGIN")
        session().rollback()
