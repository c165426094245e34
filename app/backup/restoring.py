"""Restoring a backup into an empty place, on either database.

Everything is checked before anything is written. Then a mark says that a restore is under way: while it is there
nothing starts, and to begin anew is safe, for whatever is there came from a restore. Files and keys come first and the
database last, in one step. The mark goes when the restored system was checked as a whole.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PurePosixPath

from flask import current_app
from flask_migrate import Migrate, upgrade

from app.backup import contents, snapshot
from app.backup.checking import check
from app.backup.contents import DATA, DATABASE, FILES, KEYS, BackupRefused, Manifest, Part
from app.backup.copying import Measured, Progress, copied, on_a_disk, require_room, settled, written
from app.backup.locks import Lock, opened
from app.core import people, site
from app.core.db import db, session, transaction
from app.core.storage import store
from app.ledger import checking, keys
from workflows.verify.notes import Key

MADE_AT_START = ("secret.key", "people.key")


def restore(folder: Path, lock: Lock, *, progress: Progress) -> Manifest:
    """Restore the backup into DATA_DIR and the configured database and return its manifest. Raises BackupRefused."""
    manifest, place = Manifest.read(folder), site.settings().data_dir
    with _alone(place), on_a_disk(place):
        _require_empty()
        require_room(place, manifest.size)
        _require(folder, manifest, lock, progress)
        _mark(manifest)
        _empty()
        _bring_files(folder, manifest, progress)
        _bring_keys(folder, lock)
        progress.begin("Restoring the database")
        _bring_database(folder / DATABASE)
        _erase_again()
        _check_restored(manifest)
        site.settings().unfinished_restore.unlink()
        settled(place)
    return manifest


@contextmanager
def _alone(place: Path) -> Iterator[None]:
    """Hold the data folder, as the supervisor does. Raises BackupRefused while it runs."""
    with (place / "supervisor.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupRefused(f"Heng is running with the data in {place}. Stop it first.") from None
        yield


def _require_empty() -> None:
    """Raise BackupRefused where anything is there that did not come from an unfinished restore."""
    if site.settings().unfinished_restore.exists():
        return
    found = [f"{count} rows of {name}" for name, count in snapshot.rows().items()]
    found += [str(path) for name, path in contents.secrets().items() if path.exists() and name not in MADE_AT_START]
    found += [store().shelf.where] if next(contents.stored(), None) else []
    if found:
        raise BackupRefused(
            "A backup is restored into an empty place only, and here there is: "
            + ", ".join(found[:4])
            + (" …" if len(found) > 4 else "")
            + ". Name another DATA_DIR and DATABASE_URL, or move away what is there."
        )


def _require(folder: Path, manifest: Manifest, lock: Lock, progress: Progress) -> None:
    """Raise BackupRefused unless the backup holds in every way and fits this release."""
    if manifest.revision != snapshot.head():
        raise BackupRefused(
            f"The backup's database has the form {manifest.revision}, and this release works with {snapshot.head()}. "
            "Restore it with the release that made it, then update."
        )
    faults = [what for holds, what in check(folder, manifest, lock=lock, progress=progress) if not holds]
    if faults:
        raise BackupRefused(f"The backup does not hold, nothing was restored: {'; '.join(faults[:5])}.")


def _mark(manifest: Manifest) -> None:
    mark = site.settings().unfinished_restore
    mark.unlink(missing_ok=True)
    written(f"{manifest.made_at}\n".encode(), mark)
    settled(mark.parent)


def _empty() -> None:
    """Take away what an earlier attempt left, and the key that this program made when it started in an empty place."""
    store().shelf.clear()
    beside = [path for name, path in contents.plain().items() if name != contents.REGISTER]
    for path in [*contents.secrets().values(), *beside, contents.restored_register()]:
        path.unlink(missing_ok=True)


def _bring_files(folder: Path, manifest: Manifest, progress: Progress) -> None:
    progress.begin("Restoring files", manifest.size - manifest.parts[DATABASE].size)
    for name, part in manifest.parts.items():
        kind, _, rest = name.partition("/")
        if kind in (FILES, DATA) and _brought(folder / name, kind, rest, progress) != part:
            raise BackupRefused(f"{name} changed while it was read.")
    os.sync()


def _brought(source: Path, kind: str, name: str, progress: Progress) -> Part:
    """Bring one file to where it belongs and return what it is."""
    if kind == DATA:
        return copied(source.open("rb"), contents.place_of_plain(name), progress)
    with source.open("rb") as file:
        reading = Measured(file, progress)
        store().shelf.bring(PurePosixPath(name).name, reading)
    return reading.part


def _bring_keys(folder: Path, lock: Lock) -> None:
    for name, key in opened((folder / KEYS).read_bytes(), lock).items():
        to = contents.place_of_secret(name)
        written(key, to)
        settled(to.parent)
    settings = site.settings()
    site.use(replace(settings, secret_key=settings.secret_key_file.read_text("ascii").strip()))  # what was restored


def _bring_database(file: Path) -> None:
    if db.engine.dialect.name == "postgresql":
        session().rollback()
        Migrate(current_app, db, directory=str(snapshot.ROOT / "migrations"))
        upgrade()
        snapshot.load(file)
        return
    final = Path(db.engine.url.database or "")
    db.session.remove()
    db.engine.dispose()
    for beside in ("-wal", "-shm"):
        final.with_name(final.name + beside).unlink(missing_ok=True)
    new = final.with_name(final.name + ".restored")
    new.unlink(missing_ok=True)
    shutil.copyfile(file, new)
    with new.open("rb") as written_:
        os.fsync(written_.fileno())
    new.chmod(0o600)
    new.replace(final)
    settled(final.parent)


def _erase_again() -> None:
    """Erase whom this backup brought back: by its own register, and by this site's, which may know of later ones."""
    with transaction():
        people.erased_again(contents.restored_register())
        people.erased_again()
    contents.restored_register().unlink(missing_ok=True)


def _check_restored(manifest: Manifest) -> None:
    """Raise BackupRefused unless the log holds in the restored database too."""
    if manifest.log_key is None:
        return
    faults = checking.check(Key.read(manifest.log_key))
    session().rollback()
    if faults or keys.public() != manifest.log_key:
        raise BackupRefused(f"The restored record does not hold: {'; '.join(map(str, faults[:5]))}.")
