"""One world, made once and put back for each test; nothing is printed, for these tests are about who gets in."""

from __future__ import annotations

from typing import Any

import pytest

from app.core.db import db, session, transaction
from tests.attacks.world import World, a_world


@pytest.fixture(scope="session")
def kept() -> dict[str, Any]:
    return {}


@pytest.fixture
def world(app, client, kept, monkeypatch, tmp_path) -> World:
    certificate = tmp_path / "authority.pem"
    certificate.write_text("-----BEGIN CERTIFICATE-----\n")
    monkeypatch.setattr("app.notices.authority.published", lambda: certificate)
    if "world" not in kept:
        kept["world"] = a_world(app)
        session().rollback()
        kept["rows"] = [(table, _rows(table)) for table in db.metadata.sorted_tables]
        return kept["world"]
    with transaction():
        for table, rows in kept["rows"]:
            if rows:
                session().execute(table.insert(), rows)
    return kept["world"]


def _rows(table) -> list[dict[str, Any]]:
    return [dict(row._mapping) for row in session().execute(table.select())]
