"""Checking a backup offline: every part by its hash, the database, and the log in it against what was signed.

It needs neither the system that it came from nor a database server, and it changes nothing in the backup.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from app.backup import snapshot
from app.backup.contents import DATABASE, FILES, KEYS, MANIFEST, SIGNED, Manifest, is_signed
from app.backup.copying import Progress, measured
from app.backup.creating import named_files
from app.backup.locks import Lock, opened
from app.core import site
from app.core.db import session
from app.core.masters import MastersLost
from app.core.storage import in_memory
from app.ledger import checking
from workflows.verify.notes import BadNote, Checkpoint, Key, Note, Signer
from workflows.verify.notes import opened as checkpoint_in

Line = tuple[bool, str]
"""Whether something holds, and what it is."""


def check(
    folder: Path, manifest: Manifest, *, lock: Lock | None, known: Iterable[Checkpoint] = (), progress: Progress
) -> Iterator[Line]:
    """Yield what was looked at in a backup and whether it holds. Raises BackupRefused where the keys do not open."""
    parts = list(_parts(folder, manifest, progress))
    yield from parts or [(True, f"all {len(manifest.parts)} parts are there, byte for byte")]
    progress.begin("Checking the database and the log")
    if all((folder / name).exists() for name in (DATABASE, KEYS)):
        yield from _database(folder, manifest)
        with _able_to_read(folder, lock):
            yield from _log(folder, manifest, list(known))
        yield from _keys(folder, manifest, lock)


def _parts(folder: Path, manifest: Manifest, progress: Progress) -> Iterator[Line]:
    progress.begin("Checking files", manifest.size)
    for name, part in manifest.parts.items():
        try:
            if measured(folder / name, progress) != part:
                yield False, f"{name} is not what was kept"
        except FileNotFoundError:
            yield False, f"{name} is missing"
    there = {str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir()}
    yield from ((False, f"{name} does not belong here") for name in sorted(there - {*manifest.parts, MANIFEST, SIGNED}))


def _database(folder: Path, manifest: Manifest) -> Iterator[Line]:
    with snapshot.reading(folder / DATABASE) as opened_:
        faults = list(snapshot.damage(opened_.connection()))
        yield from ((False, f"the database is damaged: {fault}") for fault in faults)
        if not faults:
            yield True, "the database is whole"
        kept = {name.rpartition("/")[2] for name in manifest.parts if name.startswith(FILES)}
        lost = sorted(set(named_files()) - kept - set(manifest.missing))
        yield from ((False, f"the database names a file that is not there: {name}") for name in lost)
        if not lost:
            without = f", but for {len(manifest.missing)} that were gone before" if manifest.missing else ""
            yield True, f"every file that the database names is there{without}"


def _log(folder: Path, manifest: Manifest, known: list[Checkpoint]) -> Iterator[Line]:
    if manifest.log_key is None:
        yield True, "there is no log yet: the notary had not started"
        return
    try:
        key = Key.read(manifest.log_key)
        signed = [checkpoint_in(manifest.checkpoint, key)] if manifest.checkpoint else []
    except BadNote as reason:
        yield False, f"the manifest's checkpoint {reason}"
        return
    yield is_signed(folder, key), "the manifest is signed by the log's key"
    with snapshot.reading(folder / DATABASE):
        try:
            faults = checking.check(key, known=[*signed, *known])
        except MastersLost:
            yield True, "the log was not compared with the records, which are sealed: give the keys' passphrase"
            return
        finally:
            session().expunge_all()
    yield from ((False, str(fault)) for fault in faults)
    if not faults:
        size = signed[0].size if signed else 0
        yield True, f"the log and its records hold against the checkpoint of {size} entries signed by {key.name}"


@contextmanager
def _able_to_read(folder: Path, lock: Lock | None) -> Iterator[None]:
    """Read what people wrote with the keys of the backup, where they can be opened, or else with our own."""
    found = opened((folder / KEYS).read_bytes(), lock) if lock else {}
    if "people.key" not in found:
        yield
        return
    settings = site.settings()
    with in_memory(found["people.key"]) as file:
        site.use(replace(settings, people_key_file=Path(f"/proc/self/fd/{file.fileno()}")))
        try:
            yield
        finally:
            site.use(settings)


def _keys(folder: Path, manifest: Manifest, lock: Lock | None) -> Iterator[Line]:
    if lock is None:
        yield True, "the keys were not opened: give their passphrase or secret key to check them too"
        return
    found = opened((folder / KEYS).read_bytes(), lock)
    signer = Signer.read(found["notary.key"].decode()) if "notary.key" in found else None
    fits = signer is None or str(signer.key) == manifest.log_key
    yield fits, f"the keys open ({', '.join(sorted(found))}), and the log's is the one that signed"


def checkpoint(file: Path) -> Checkpoint:
    """Return the checkpoint in a file that somebody kept. Raises BadNote."""
    return Checkpoint.read(Note.read(file.read_text("utf-8")).body)
