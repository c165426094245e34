"""On which database the tests run: SQLite, or with `--database postgresql` a PostgreSQL that they start themselves.

SQLite gives rows nobody asked an order of backwards here: what leans on a chance order fails at once, and not some
day on PostgreSQL.

There only what touches the database runs again. What is left out, and why, is printed at the end of the run, and
`tests/test_both_databases.py` sees that nothing is left out that should not be.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, event

from app.core.lifeline import end_with_parent
from tests.jobs.waiting import eventually

PRINTING = "prints what the database gave elsewhere"
STAYS_ON_SQLITE = {
    "architecture": "reads the source",
    "design": "looks at pages",
    "browser": "drives a browser through what other tests ask of both",
    "simulation": "lies in memory, as only SQLite can",
    **{f"notices/test_{name}.py": PRINTING for name in
       ("hostile", "issuing", "structure", "text", "verifying", "wording")},
}  # fmt: skip
NEEDS_NONE = "uses no database"
running = pytest.StashKey[ExitStack]()
left_out = pytest.StashKey[dict[str, str]]()
HERE = Path(__file__).parent


@event.listens_for(Engine, "connect")
def _backwards_unless_ordered(connection: Any, record: Any) -> None:
    if "sqlite" in type(connection).__module__:
        connection.execute("PRAGMA reverse_unordered_selects=ON")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=("sqlite", "postgresql"), default="sqlite", help="what the tests run on")


def pytest_configure(config: pytest.Config) -> None:
    """Start the one server that all processes of a parallel run share."""
    if config.getoption("database") == "postgresql" and not hasattr(config, "workerinput"):
        config.stash[running] = until_the_end = ExitStack()
        config.postgresql = until_the_end.enter_context(a_postgresql())


def pytest_unconfigure(config: pytest.Config) -> None:
    if running in config.stash:
        config.stash[running].close()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput["postgresql"] = getattr(node.config, "postgresql", None)


def pytest_report_header(config: pytest.Config) -> str:
    return f"database: {config.getoption('database')}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL, leave out what would only do the same once more."""
    reasons = {item.nodeid: why for item in items if (why := why_left_out(item))}
    config.stash[left_out] = reasons
    if config.getoption("database") == "postgresql":
        config.hook.pytest_deselected(items=[item for item in items if item.nodeid in reasons])
        items[:] = [item for item in items if item.nodeid not in reasons]


def why_left_out(item: pytest.Item) -> str | None:
    """Return why a test does not run on PostgreSQL too, or None if it does."""
    place = item.path.relative_to(HERE).as_posix()
    if item.get_closest_marker("browser"):
        return STAYS_ON_SQLITE["browser"]
    if why := next((why for start, why in STAYS_ON_SQLITE.items() if place.startswith(start)), None):
        return why
    uses = set(getattr(item, "fixturenames", ()))
    return None if uses & {"built_app", "a_database"} else NEEDS_NONE


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Say what was left out."""
    if config.getoption("database") == "postgresql" and left_out in config.stash:
        for why, number in Counter(config.stash[left_out].values()).most_common():
            terminalreporter.write_line(f"left out on PostgreSQL: {number} tests: {why}")


@pytest.fixture(scope="session")
def a_database(request: pytest.FixtureRequest) -> Any:
    """A function that makes an empty database of this name and returns its URL (None for SQLite in DATA_DIR)."""
    config = request.config
    server = getattr(config, "workerinput", {}).get("postgresql") or getattr(config, "postgresql", None)
    me = getattr(config, "workerinput", {}).get("workerid", "main")

    def make(name: str) -> str | None:
        if server is None:
            return None
        with psycopg.connect(dbname="postgres", host=server, user=OWNER, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}_{me}"'.encode())
        return f"postgresql+psycopg://{OWNER}@/{name}_{me}?host={server}"

    return make


@pytest.fixture(scope="session")
def database_url(a_database: Any) -> str | None:
    """The URL of this process's database; None for the default, SQLite in the application's folder."""
    return a_database("heng")


# --- the server ----------------------------------------------------------------------------------------------------

OWNER = "heng"
PLACES = sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin")), reverse=True)
"""Where Debian keeps the server's programs: not in the path, because several versions may be there."""
SETTINGS = {  # it lives for minutes and holds nothing of worth
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "shared_buffers": "64MB",
    "max_connections": "200",
    "deadlock_timeout": "200ms",
}


def program(name: str) -> str:
    """Return the path of a program of the server. Raises pytest.UsageError where PostgreSQL is not installed."""
    found = shutil.which(name, path=os.pathsep.join((*PLACES, os.environ.get("PATH", ""))))
    if found is None:
        raise pytest.UsageError(f"{name} is not here: install PostgreSQL 15 or newer (Debian: postgresql).")
    return found


@contextmanager
def a_postgresql() -> Iterator[str]:
    """Run a server in a folder of its own and yield the folder, which holds its socket; leave nothing behind."""
    folder = Path(tempfile.mkdtemp(prefix="heng-pg-", dir="/tmp"))  # a socket's path must be short
    user = _ordinary_user()
    if user:
        shutil.chown(folder, user)
    data = folder / "data"
    try:
        _run(user, "initdb", "-D", str(data), "-U", OWNER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        with _serving(user, folder, data):
            yield str(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _serving(user: str | None, folder: Path, data: Path) -> Iterator[None]:
    options = [f"--{name}={value}" for name, value in (SETTINGS | {"unix_socket_directories": str(folder)}).items()]
    command = (program("postgres"), "-D", str(data), *options)
    dies_with_us = partial(end_with_parent, os.getpid())
    with (
        (folder / "log").open("w") as log,
        subprocess.Popen(command, user=user, cwd="/tmp", stdout=log, stderr=log, preexec_fn=dies_with_us) as server,
    ):
        try:
            answers = (program("pg_isready"), "-q", "-h", str(folder), "-U", OWNER)
            if not eventually(lambda: subprocess.run(answers, check=False).returncode == 0, 60):
                raise RuntimeError(f"PostgreSQL does not answer: {(folder / 'log').read_text()}")
            yield
        finally:
            server.send_signal(signal.SIGQUIT)


def _ordinary_user() -> str | None:
    """Return as whom the server runs, because it refuses to be root; None for ourselves."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _run(user: str | None, name: str, *arguments: str) -> None:
    """Run a program of the server to its end."""
    done = subprocess.run((program(name), *arguments), user=user, cwd="/tmp", capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{name} failed: {done.stderr}")
