"""A build of SQLite that can lose what was saved is told of at the start, in plain words."""

import pytest

import config
from app.core import site, sqlite_build, storage
from app.factory import create_app
from workflows.jobs import supervisor
from workflows.jobs.stop_sign import StopSign


@pytest.mark.parametrize("version", [(3, 7, 0), (3, 40, 1), (3, 51, 2)])
def test_a_faulty_build_is_warned_of(version):
    assert ".".join(map(str, version)) in sqlite_build.warning(version)


@pytest.mark.parametrize("version", [(3, 6, 23), (3, 51, 3), (3, 53, 0), (4, 0, 0)])
def test_a_sound_build_is_not(version):
    assert sqlite_build.warning(version) is None


def test_the_build_that_we_bring_is_sound():
    assert sqlite_build.warning() is None


@pytest.fixture
def faulty(monkeypatch, tmp_path):
    """A machine whose SQLite is faulty; the settings of an application there."""
    monkeypatch.setattr(sqlite_build, "warning", lambda: "SQLite can lose what was saved.")
    monkeypatch.setattr(site, "_settings", site._settings)
    monkeypatch.setattr(storage, "_store", storage._store)
    return config.load({"DATA_DIR": str(tmp_path)})


def test_the_application_logs_it(faulty, caplog):
    create_app(faulty)

    assert "SQLite can lose what was saved." in caplog.text


def test_with_postgresql_nothing_is_said(faulty, caplog, tmp_path):
    create_app(config.load({"DATA_DIR": str(tmp_path), "DATABASE_URL": "postgresql+psycopg://heng@/heng"}))

    assert caplog.text == ""


def test_who_starts_it_reads_it(faulty, monkeypatch, capsys):
    class Stopped(supervisor.Supervisor):
        def run_once(self, module):
            self.stopping.set()

    monkeypatch.setattr(supervisor, "Supervisor", Stopped)
    monkeypatch.setattr(supervisor.own_redis, "program", lambda folder: None)
    monkeypatch.setattr(supervisor, "on_signal", StopSign)
    supervisor.run(faulty)

    assert "heng     | SQLite can lose what was saved." in capsys.readouterr().out
