"""What was destroyed comes back, byte for byte; only into an empty place; cut short, it says so and begins anew."""

import json

import pytest

from app import cli
from app.backup import contents, creating, restoring, snapshot
from app.backup.contents import MANIFEST, BackupRefused, Manifest
from app.backup.copying import Silence
from app.cli import UNFINISHED
from app.core import clock, heartbeat, site
from app.core.db import db, session
from app.ledger import checking
from app.rulebook import service as rulebook
from tests.backup.conftest import LOCK, SECRET, a_complaint, files_here, restored, rows_here
from tests.factories import a_case, saved
from tests.ledger.logs import the_key
from workflows.jobs import supervisor
from workflows.regulation import approved, book


def test_everything_comes_back_as_it_was(system, backup, elsewhere):
    rows, files, key = rows_here(), files_here(), the_key()

    with elsewhere():
        manifest = restored(backup)

        assert rows_here() == rows
        assert files_here() == files
        assert checking.check(key) == []
        assert manifest.missing == ()
        assert site.settings().secret_key == system.config["HENG"].secret_key
        assert a_complaint().id not in {int(row.split(",")[0].strip("(")) for row in rows["cases"]}  # ids go on


def test_the_approved_rulebook_comes_back_and_is_in_force(system, elsewhere, tmp_path, own_rules):
    folder = tmp_path / "with-rules"
    manifest = creating.create(folder, LOCK, at=clock.now(), progress=Silence())

    assert "data/rulebook/in-force" in manifest.parts
    with elsewhere():
        restored(folder)
        assert book.current().figure("letters_per_hour", own_rules).value == 40
        assert not rulebook.put_in_place()  # the file says what the database says
        (site.settings().data_dir / "rulebook" / approved.NAME).unlink()
        assert rulebook.put_in_place()


def test_what_comes_in_while_the_files_are_copied_breaks_nothing(system, elsewhere, tmp_path, monkeypatch):
    before, take = rows_here(), snapshot.take
    monkeypatch.setattr(snapshot, "take", lambda to: (take(to), a_complaint()))  # between database and files

    folder = tmp_path / "busy"
    manifest = creating.create(folder, LOCK, at=clock.now(), progress=Silence())

    assert manifest.missing == ()
    with elsewhere():
        restored(folder)
        assert rows_here() == before


def test_a_place_in_use_is_left_as_it_is(system, backup, elsewhere):
    with pytest.raises(BackupRefused, match="rows of"):
        restored(backup)
    with elsewhere():
        with supervisor.only_one(site.settings().data_dir), pytest.raises(BackupRefused, match="Stop it first"):
            restored(backup)
        site.settings().signing_dir.mkdir(parents=True)
        (site.settings().signing_dir / "signing.key").write_text("the operator's own")
        with pytest.raises(BackupRefused, match=r"signing\.key"):
            restored(backup)
        assert (site.settings().signing_dir / "signing.key").read_text() == "the operator's own"
        assert not site.settings().unfinished_restore.exists()


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("stage", ["_bring_files", "_bring_keys", "_bring_database", "_check_restored"])
def test_cut_short_it_lets_nothing_start_and_begins_anew(system, backup, elsewhere, monkeypatch, stage):
    rows, files, whole = rows_here(), files_here(), getattr(restoring, stage)

    def killed(*given):
        whole(*given)  # the worst instant: all of it is done, and nobody knows
        raise Killed

    with elsewhere() as other:
        cli.install(other)
        monkeypatch.setattr(restoring, stage, killed)
        with pytest.raises(Killed):
            restored(backup)

        refused = other.test_cli_runner().invoke(args=["ledger", "verify"])
        assert refused.exit_code != 0
        assert UNFINISHED in refused.output

        monkeypatch.setattr(restoring, stage, whole)
        restored(backup)
        assert rows_here() == rows
        assert files_here() == files
        assert UNFINISHED not in other.test_cli_runner().invoke(args=["ledger", "verify"]).output


def test_the_command_restores_and_the_system_knows_where_it_came_from(system, backup, elsewhere, tmp_path):
    made = Manifest.read(backup).made
    (tmp_path / "own").write_text(str(SECRET))

    with elsewhere() as other:
        cli.install(other)
        done = other.test_cli_runner().invoke(
            args=["backup", "restore", str(backup), "--identity", str(tmp_path / "own")]
        )

        assert done.exit_code == 0, done.output
        session().rollback()
        seen = heartbeat.last_seen()
        assert (seen[heartbeat.BACKUP], seen[heartbeat.RESTORED]) == (made, clock.now())


@pytest.mark.parametrize("harm", ["a part", "the release", "no room"])
def test_what_does_not_hold_or_fit_is_refused_before_anything_is_written(backup, elsewhere, monkeypatch, harm):
    if harm == "a part":
        next((backup / "files").glob("*/*")).write_bytes(b"something else")
    elif harm == "the release":
        told = json.loads((backup / MANIFEST).read_text())
        (backup / MANIFEST).write_text(json.dumps(told | {"revision": "9999"}))
    else:
        monkeypatch.setattr("shutil.disk_usage", lambda _: type("", (), {"free": 1})())

    with elsewhere():
        with pytest.raises(BackupRefused, match=r"not what was kept|Restore it with the release|Make room"):
            restored(backup)
        assert not site.settings().unfinished_restore.exists()
        assert snapshot.rows() == {}
        assert list(contents.stored()) == []


def test_it_comes_back_on_sqlite_whichever_database_it_is_from(system, backup, elsewhere):
    rows = rows_here()

    with elsewhere(on_sqlite=True):
        restored(backup)
        assert db.engine.dialect.name == "sqlite"
        assert rows_here() == rows


def test_rows_made_meanwhile_are_not_in_it(system, backup, elsewhere):
    saved(a_case)

    with elsewhere():
        restored(backup)
        assert len(rows_here()["cases"]) == 3
