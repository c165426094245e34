"""A backup tells offline whether it is whole, and what is wrong with it; its keys open to nobody else."""

import errno
import json
import sqlite3
from hashlib import sha256

import pytest
from pyrage import x25519
from sqlalchemy import select

from app import cli
from app.backup import creating, locks, snapshot
from app.backup.checking import check
from app.backup.contents import DATABASE, KEYS, MANIFEST, SIGNED, BackupRefused, Manifest
from app.backup.copying import Silence
from app.backup.locks import Lock
from app.core import clock
from app.core.db import Base, session
from app.core.sealed import SealedType
from app.ledger.models import LedgerCheckpoint
from tests.backup.conftest import LOCK, OPENER, a_complaint
from tests.ledger.logs import sealed
from workflows.verify.notes import Checkpoint, Note


def faults(folder, **options):
    options = {"lock": OPENER, "progress": Silence()} | options
    return [what for holds, what in check(folder, Manifest.read(folder), **options) if not holds]


def test_a_sound_backup_holds_and_is_not_changed_by_looking(backup):
    before = {path: path.read_bytes() for path in backup.rglob("*") if path.is_file()}

    assert faults(backup) == []
    assert {path: path.read_bytes() for path in backup.rglob("*") if path.is_file()} == before


def _flip(backup):
    file = next((backup / "files").glob("*/*"))
    file.write_bytes(file.read_bytes()[:-1] + b"?")


def _lose(backup):
    next((backup / "files").glob("*/*")).unlink()


def _slip_in(backup):
    (backup / "files" / "extra").write_text("")


def _drop_the_signature(backup):
    (backup / SIGNED).unlink()


def _rewrite(statement):
    """Alter the database and say in the manifest that this is how it was."""

    def harm(backup):
        with sqlite3.connect(backup / DATABASE) as connection:
            assert connection.execute(statement).rowcount
        connection.close()
        told, content = json.loads((backup / MANIFEST).read_text()), (backup / DATABASE).read_bytes()
        told["parts"][DATABASE] = {"sha256": sha256(content).hexdigest(), "size": len(content)}
        (backup / MANIFEST).write_text(json.dumps(told))

    return harm


HARMS = {
    "not what was kept": _flip,
    "is missing": _lose,
    "does not belong here": _slip_in,
    "the manifest is signed": _drop_the_signature,
    "entry 0: act": _rewrite("UPDATE case_events SET clause = '1.2.1'"),
    "points at a row of": _rewrite("UPDATE case_events SET case_id = case_id + 999999"),
    "names a file that is not there": _rewrite(
        "UPDATE cases SET original_ref ="
        " CAST(substr(original_ref, 1, length(original_ref) - 34) || zeroblob(32) || x'0001' AS BLOB)"
    ),
    "entry 0: it does not fit its hash": _rewrite("DELETE FROM ledger_entries"),
}  # fmt: skip


@pytest.mark.parametrize("what", HARMS)
def test_what_was_harmed_is_named(backup, what):
    HARMS[what](backup)

    assert any(what in fault for fault in faults(backup, lock=None))


def test_an_older_backup_that_is_passed_off_as_the_latest_is_found_by_a_checkpoint_kept_elsewhere(backup):
    a_complaint()
    sealed()
    note = session().scalars(select(LedgerCheckpoint.note).order_by(LedgerCheckpoint.size.desc()).limit(1)).one()

    assert any("the log was cut" in each for each in faults(backup, known=[Checkpoint.read(Note.read(note).body)]))


def test_the_keys_lie_in_no_other_part_and_open_for_their_owner_only(system, backup):
    opened = locks.opened((backup / KEYS).read_bytes(), OPENER)
    assert {"secret.key", "notary.key", "notices/signing.key"} <= set(opened)
    for part in (path for path in backup.rglob("*") if path.is_file()):
        assert not any(key.strip() in part.read_bytes() for key in opened.values() if key.strip())

    with pytest.raises(BackupRefused, match="do not open"):
        locks.opened((backup / KEYS).read_bytes(), Lock(theirs=(x25519.Identity.generate(),)))


def test_keys_are_locked_by_words_or_for_whoever_holds_a_key_of_age_or_ssh(tmp_path):
    secret, public = locks.new_identity()
    (tmp_path / "own").write_text(secret)
    (tmp_path / "pub").write_text(f"# backups\n{public}")
    (tmp_path / "none").write_text("hello\n")

    sealed_keys = locks.locked({"a": b"\x00b"}, Lock.for_reader(tmp_path / "pub"))
    assert locks.opened(sealed_keys, Lock.of_owner(tmp_path / "own")) == {"a": b"\x00b"}
    by_words = locks.locked({"a": b"b"}, Lock.by_words("correct horse battery", new=True))
    with pytest.raises(BackupRefused):
        locks.opened(by_words, Lock.by_words("correct horse"))
    for refused in (lambda: Lock.for_reader(tmp_path / "none"), lambda: Lock.of_owner(tmp_path / "none")):
        with pytest.raises(BackupRefused, match=r"no public key|no secret key"):
            refused()
    with pytest.raises(BackupRefused, match="at least 12"):
        Lock.by_words("short", new=True)


@pytest.mark.parametrize("trouble", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
def test_a_backup_that_was_not_finished_leaves_nothing(system, tmp_path, monkeypatch, trouble):
    def fails(*_):
        raise trouble

    monkeypatch.setattr(creating, "written", fails)

    with pytest.raises((BackupRefused, KeyboardInterrupt), match=r"is full|^$"):
        creating.create(tmp_path / "made" / "one", LOCK, at=clock.now(), progress=Silence())
    assert list((tmp_path / "made").iterdir()) == []


def test_nothing_is_begun_where_it_has_no_room_or_something_is_there(system, backup, monkeypatch):
    with pytest.raises(BackupRefused, match="is there already"):
        creating.create(backup, LOCK, at=clock.now(), progress=Silence())
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("", (), {"free": 1})())
    with pytest.raises(BackupRefused, match="Make room first"):
        creating.create(backup.with_name("second"), LOCK, at=clock.now(), progress=Silence())
    assert [path.name for path in backup.parent.iterdir()] == [backup.name]


def test_what_was_deleted_is_not_in_the_file(system, tmp_path):
    case = a_complaint()
    canary = "金丝雀要走了"
    case_id = case.id
    for reason in (canary * 200, "x"):
        with creating.db.engine.begin() as connection:
            statement = Base.metadata.tables["cases"].update().where(Base.metadata.tables["cases"].c.id == case_id)
            connection.execute(statement.values(close_reason=reason))

    snapshot.take(tmp_path / "copy.sqlite")

    assert canary.encode() not in (tmp_path / "copy.sqlite").read_bytes()


def test_every_sealed_ref_says_which_file_it_means():
    sealed = {
        f"{table.name}.{c.name}": c.type.files
        for table in Base.metadata.sorted_tables
        for c in table.columns
        if isinstance(c.type, SealedType)
    }

    assert {name for name in sealed if name.endswith("ref")} < {name for name, files in sealed.items() if files}


def test_the_commands_say_what_they_did_and_the_system_remembers(system, tmp_path, client):
    if "backup" not in system.cli.commands:
        cli.install(system)
    run = system.test_cli_runner().invoke
    assert run(args=["backup", "keygen", str(tmp_path / "own")]).exit_code == 0

    made = run(args=["backup", "create", str(tmp_path / "one"), "--recipients", str(tmp_path / "own.pub")])
    held = run(args=["backup", "verify", str(tmp_path / "one"), "--identity", str(tmp_path / "own")])
    assert (made.exit_code, held.exit_code) == (0, 0), made.output + held.output
    assert "hold against the checkpoint" in made.output
    assert "the keys open" in held.output

    _flip(tmp_path / "one")
    broken = run(args=["backup", "verify", str(tmp_path / "one")])
    assert broken.exit_code == 1
    assert "FAIL  files/" in broken.output
    nothing = run(args=["backup", "verify", str(tmp_path)])
    assert "There is no backup in" in nothing.output
