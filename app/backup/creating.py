"""Making a backup while the system takes complaints.

First the database, then the files. A file is written, whole and for good, before the row that names it is committed; so
whatever the database named at its instant is in the store when the files are copied after it. The other way round, a
complaint that comes in between would be in the database without its evidence. What is in the store and in no row then
(a complaint on its way) does no harm.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from sqlalchemy import select

from app.backup import snapshot
from app.backup.contents import (
    DATA,
    DATABASE,
    FILES,
    KEYS,
    MANIFEST,
    SIGNED,
    BackupRefused,
    Manifest,
    Part,
    plain,
    secrets,
    signature,
    stored,
)  # fmt: skip
from app.backup.copying import Progress, copied, measured, on_a_disk, require_room, settled, written
from app.backup.locks import Lock, locked
from app.core.db import Base, db, session
from app.core.people import Person
from app.core.sealed import SealedType
from app.core.storage import store
from app.ledger import keys, queries
from workflows.verify.notes import Signer

PARTIAL = ".partial"
Opening = Callable[[], BinaryIO]


def create(folder: Path, lock: Lock, *, at: datetime, progress: Progress) -> Manifest:
    """Make a backup in a new folder and return its manifest. A folder of this name is a whole backup, or not there.

    Raises: BackupRefused.
    """
    folder = folder.absolute()
    partial = folder.with_name(folder.name + PARTIAL)
    if folder.exists():
        raise BackupRefused(f"{folder} is there already. Name a new folder: each backup has its own.")
    with on_a_disk(folder.parent):
        folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        require_room(folder.parent, _size())
        try:
            partial.mkdir(mode=0o700)
        except FileExistsError:
            raise BackupRefused(f"{partial} is left from a backup that was cut short. Remove it.") from None
        try:
            manifest = _filled(partial, lock, at, progress)
            partial.rename(folder)
        except BaseException:
            shutil.rmtree(partial, ignore_errors=True)
            raise
        settled(folder.parent)
    return manifest


def _size() -> int:
    """Return about how many bytes a backup takes."""
    if db.engine.dialect.name == "sqlite":
        database = os.path.getsize(db.engine.url.database or "")
    else:
        database = session().execute(select(db.func.pg_database_size(db.func.current_database()))).scalar_one()
    return int(database) + sum(size for _name, size in stored())


def _filled(folder: Path, lock: Lock, at: datetime, progress: Progress) -> Manifest:
    progress.begin("Copying the database")
    snapshot.take(folder / DATABASE)
    with snapshot.reading(folder / DATABASE) as of_then:
        revision = snapshot.revision_in(of_then.connection())
        last, named = queries.latest(), set(named_files())
    files = list(stored())
    progress.begin("Copying files", sum(size for _name, size in files))
    opening: dict[str, Opening] = {f"{DATA}/{name}": partial(_open, path) for name, path in plain().items()}
    opening |= {f"{FILES}/{name}": partial(store().shelf.open, PurePosixPath(name).name) for name, _size in files}
    parts = dict(_copied(folder, opening, progress))
    parts[DATABASE] = measured(folder / DATABASE, progress)
    progress.begin("Locking the keys")
    found = {name: path.read_bytes() for name, path in secrets().items() if path.exists()}
    parts[KEYS] = written(locked(found, lock), folder / KEYS)
    missing = named - {name.rpartition("/")[2] for name in parts}
    manifest = Manifest(
        made_at=at.isoformat(), database=db.engine.dialect.name, revision=revision, log_key=keys.public(),
        checkpoint=last.note if last else None, parts=parts, missing=tuple(sorted(missing)),
    )  # fmt: skip
    os.sync()  # once for all of them: a file at a time would take minutes
    written(manifest.text().encode(), folder / MANIFEST)
    if "notary.key" in found:
        signer = Signer.read(found["notary.key"].decode())
        written(signature(manifest.text(), signer).encode(), folder / SIGNED)
    settled(folder)
    return manifest


def _copied(folder: Path, opening: Mapping[str, Opening], progress: Progress) -> Iterator[tuple[str, Part]]:
    for name, opened in opening.items():
        try:
            yield name, copied(opened(), folder / name, progress)
        except FileNotFoundError:  # swept or erased meanwhile; the manifest tells of one that the database names
            continue


def _open(path: Path) -> BinaryIO:
    return path.open("rb")


def named_files() -> Iterator[str]:
    """Yield the name of every file of the store that a row refers to, but for those of people who were erased."""
    erased = set(session().scalars(select(Person.id).where(Person.wrapped.is_(None))))
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, SealedType) and column.type.files:
                values = session().scalars(select(column).where(column.is_not(None)))
                yield from (name for each in values if each.whose not in erased for name in each.files)
