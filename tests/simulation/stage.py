"""A desk in memory that is set back in a millisecond: prepared once for each way a case may have come, then copied."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from pysqlite3 import dbapi2
from sqlalchemy.pool import StaticPool

import config
from app import factory
from app.core.db import db, engine_options, session
from app.ledger import keys
from app.web.limits import limiter
from workflows.verify.notes import LOG_KEY, Signer


def in_memory(folder: Path, monkeypatch: Any) -> Flask:
    """Return an application whose database lies in this process; `folder` takes its files."""
    alone = {"poolclass": StaticPool, "connect_args": {"check_same_thread": False}}
    monkeypatch.setattr(factory, "engine_options", lambda url: engine_options(url) | alone)
    settings = config.load({"DATA_DIR": str(folder), "BASE_URL": "http://desk.test", "DATABASE_URL": "sqlite://"})
    settings.ledger_key_file.parent.mkdir(parents=True, exist_ok=True)
    settings.ledger_key_file.write_text(str(Signer("desk.test/ledger", LOG_KEY, bytes(32))))
    app = factory.create_app(settings)
    monkeypatch.setattr(limiter, "enabled", False)
    return app


class Chance:
    """What is random in the product, from a seed: the same in every replay."""

    def __init__(self, monkeypatch: Any) -> None:
        self.begin("start")
        for module, name in ((os, "urandom"), (random, "_urandom")):  # what `secrets` and every nonce come from
            monkeypatch.setattr(module, name, lambda size: self.random.randbytes(size))
        signer = keys.for_signing()
        monkeypatch.setattr(keys, "for_signing", lambda: signer)

    def begin(self, seed: str) -> None:
        """Begin another stream: within what one database has seen no token may come twice."""
        self.random = random.Random(seed)


@dataclass(frozen=True, slots=True)
class Kept:
    """A copy of the database, and the cases in it."""

    copy: Any
    cases: tuple[int, ...]


class Stage:
    """Copies of the whole database by name."""

    def __init__(self) -> None:
        self.kept: dict[str, Kept] = {}

    def keep(self, name: str, *cases: int) -> None:
        """Keep the database as it is now."""
        copy = dbapi2.connect(":memory:", check_same_thread=False)
        with _live() as live:
            live.backup(copy)
        self.kept[name] = Kept(copy, cases)

    def set_back(self, name: str) -> list[int]:
        """Make the database what it was when it was kept; returns the cases in it."""
        with _live() as live:
            self.kept[name].copy.backup(live)
        return list(self.kept[name].cases)

    def close(self) -> None:
        for kept in self.kept.values():
            kept.copy.close()


@contextmanager
def _live() -> Iterator[Any]:
    """Yield the one connection, outside any transaction."""
    session().rollback()
    session().expunge_all()
    session().info.clear()
    connection = db.engine.raw_connection()
    yield connection.driver_connection
    connection.close()
