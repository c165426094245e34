"""One application for each test process, an empty database for each test, a clock that stands still."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

import config
from app.cases import views_seen
from app.core import clock, site, storage
from app.core.db import db
from app.factory import civil_day, create_app
from app.notices import views_frame
from app.web.limits import limiter
from tests.architecture import translations
from workflows.regulation import approved

pytest_plugins = ["tests.databases"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--journey", metavar="FOLDER", help="drive every way through a case, keep pictures and papers here"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Compile the catalogues before anything reads them (once, not in every process of a parallel run)."""
    if not hasattr(config, "workerinput"):
        translations.compile_all()


NOON = datetime(2026, 9, 1, 4, 0, tzinfo=UTC)  # a Tuesday, 12:00 in Shanghai


class StandingClock:
    """The time of a test: it stands at noon until the test moves it."""

    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> datetime:
        return self.at

    def go(self, **lapse: float) -> datetime:
        """Move on by a timedelta's arguments and return the new instant."""
        self.at += timedelta(**lapse)
        return self.at


@pytest.fixture(scope="session")
def built_app(database_url):
    """The application with its tables, in a folder of its own (in memory where there is such a disk)."""
    shm = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="heng-test-", dir=shm if os.access(shm, os.W_OK) else None))
    environ = {
        "DATA_DIR": str(folder), "BASE_URL": "http://desk.test", "DATABASE_URL": database_url or "",
        "SECOND_FACTOR": "optional",  # tests of the second factor ask for it themselves
    }  # fmt: skip
    app = create_app(config.load(environ))
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    limiter.enabled = False
    views_frame.PATIENCE_S = 0.0  # no worker runs beside the tests: nothing to wait for
    with app.app_context():
        db.create_all()
    yield app
    with app.app_context():
        db.engine.dispose()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def app(built_app, time):
    """The application inside its context, with an empty database."""
    site.use(built_app.config["HENG"])  # another test may have built another application in this process
    storage.use(built_app.config["HENG"].data_dir / "files")
    approved.use(built_app.config["HENG"].data_dir / "rulebook", civil_day)
    views_seen.forget()
    built_app.extensions["door"].forget()
    with built_app.app_context():
        yield built_app
        db.session.rollback()
        for table in reversed(db.metadata.sorted_tables):
            db.session.execute(table.delete())
        db.session.commit()
        db.session.remove()


@pytest.fixture
def time():
    """The clock that the whole program reads in this test."""
    standing = StandingClock()
    with clock.told_by(standing):
        yield standing


class Browser(FlaskClient):
    """A browser: each request has a context of its own, as on a server, and the test then sees what it wrote."""

    def open(self, *args, **kwargs):
        db.session.rollback()
        kwargs.setdefault("buffered", True)  # read to the end, so that files are closed
        with self.application.app_context():
            answer = super().open(*args, **kwargs)
        db.session.rollback()
        return answer


@pytest.fixture
def client(app):
    """A browser without a session."""
    app.test_client_class = Browser
    return app.test_client()


@pytest.fixture
def deliver(app, monkeypatch):
    """Do what waits in the outbox, as a worker would."""
    from app.core import outbox
    from workflows.jobs import tasks

    monkeypatch.setattr(tasks, "application", lambda: app)

    def work() -> None:
        db.session.rollback()
        for row in outbox.due(clock.now()):
            tasks.deliver(row)
        db.session.rollback()

    return work


@pytest.fixture
def count_queries(app):
    """A context manager that counts the statements a reader waits for (BEGIN and COMMIT apart).

    Who saw a case is written down after the answer has left, so that does not count.
    """
    from contextlib import contextmanager

    from sqlalchemy import event

    @contextmanager
    def counting(*, writing: bool = False):
        """Count all statements, or (`writing`) only those since the last writing transaction began."""
        seen: list[str] = []

        def note(conn, cursor, statement, parameters, context, executemany):
            if writing and statement == "BEGIN IMMEDIATE":
                seen.clear()
            if not statement.startswith(("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE", "INSERT INTO sightings")):
                seen.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(db.engine, "before_cursor_execute", note)

    return counting


@pytest.fixture(autouse=True)
def no_loop_of_a_browser(request):
    """Hide the event loop that a browser of earlier tests runs in this process from what runs one of its own."""
    loop = None if "chromium" in request.fixturenames else asyncio._get_running_loop()
    if loop:
        asyncio._set_running_loop(None)
    yield
    if loop:
        asyncio._set_running_loop(loop)


CHROMIUM_ARGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)


@pytest.fixture(scope="session")
def chromium():
    """One browser for all tests of this process."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=30_000)  # a page is not late because the machine is busy
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=[*CHROMIUM_ARGS])
        yield browser
        browser.close()
