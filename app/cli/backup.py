"""`flask backup create|verify|restore|keygen`: the whole system in a folder, checked, and brought back."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy.exc import DBAPIError

from app.backup import checking, creating, restoring
from app.backup.contents import BackupRefused, Manifest
from app.backup.copying import told
from app.backup.locks import Lock, new_identity
from app.core import heartbeat
from app.core.clock import now
from app.core.db import transaction
from workflows.verify.notes import BadNote

backup_group = AppGroup("backup", help="The whole system in a folder: make it, verify it, restore it.")
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


class Bar:
    """Shows at the terminal how far it is."""

    def __init__(self) -> None:
        self.bar: Any = None

    def begin(self, what: str, size: int = 0) -> None:
        """Go on to the next thing."""
        self.close()
        if size:
            self.bar = click.progressbar(length=size, label=f"{what} ({told(size)})")
            self.bar.__enter__()
        else:
            click.echo(f"{what} …")

    def on(self, size: int) -> None:
        """Move on by so many bytes."""
        if self.bar is not None:
            self.bar.update(size)

    def close(self) -> None:
        """End the bar."""
        if self.bar is not None:
            self.bar.__exit__(None, None, None)
            self.bar = None


@contextmanager
def _shown() -> Iterator[Bar]:
    """Show how far it is, and end with a sentence where it cannot go on. What is written is for its owner only."""
    os.umask(0o077)
    bar = Bar()
    try:
        yield bar
    except (BackupRefused, BadNote) as reason:
        bar.close()
        raise click.ClickException(str(reason)) from reason
    except DBAPIError as error:
        bar.close()
        raise click.ClickException(f"The database refuses: {error.orig}") from error
    finally:
        bar.close()


@backup_group.command("create")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--passphrase-file", "words", type=FILE, help="Lock the keys with the passphrase in this file.")
@click.option("--recipients", type=FILE, help="Lock the keys for these public keys (age or SSH), one a line.")
def create(folder: Path, words: Path | None, recipients: Path | None) -> None:
    """Make a backup in a new FOLDER while everything runs, then verify it.

    The keys are locked by the passphrase or for the public keys. Without either the passphrase is asked for. Without it
    nothing can be restored, and it is kept nowhere.
    """
    with _shown() as bar:
        if words and recipients:
            raise BackupRefused("Give a passphrase or public keys, not both.")
        lock = Lock.for_reader(recipients) if recipients else Lock.by_words(_words(words, new=True), new=True)
        manifest = creating.create(folder, lock, at=now(), progress=bar)
        with transaction():
            heartbeat.beat(heartbeat.BACKUP, at=manifest.made)
        lines = list(checking.check(folder, manifest, lock=None, progress=bar))
    for name in manifest.missing:
        click.echo(f"note  the database names a file that the store does not have: {name}", err=True)
    click.echo(f"The backup is in {folder}: {len(manifest.parts)} parts, {told(manifest.size)}.")
    _tell(lines, manifest)


@backup_group.command("verify")
@click.argument("folder", type=FOLDER)
@click.option("--passphrase-file", "words", type=FILE, help="Open the keys too, with the passphrase in this file.")
@click.option("--identity", type=FILE, help="Open the keys too, with this secret key (age or SSH).")
@click.option("--known", multiple=True, type=FILE, help="A checkpoint of the log that was kept elsewhere.")
def verify(folder: Path, words: Path | None, identity: Path | None, known: tuple[Path, ...]) -> None:
    """Check the backup in FOLDER: every part by its hash, the database, the log against the last signed checkpoint.

    Nothing but the backup is needed for it. Ends with 1, and with what is wrong, where something does not hold.
    """
    with _shown() as bar:
        lock = _opener(words, identity) if words or identity else None
        manifest = Manifest.read(folder)
        remembered = [checking.checkpoint(each) for each in known]
        lines = list(checking.check(folder, manifest, lock=lock, known=remembered, progress=bar))
    _tell(lines, manifest)


def _tell(lines: list[checking.Line], manifest: Manifest) -> None:
    """Say what was found. The system that made the backup last remembers it, for those who watch over it."""
    sound = all(holds for holds, _ in lines)
    for holds, what in lines:
        click.echo(f"{'ok  ' if holds else 'FAIL'}  {what}")
    _remember(sound, manifest)
    if not sound:
        raise click.exceptions.Exit(1)


def _remember(sound: bool, manifest: Manifest) -> None:
    try:
        if heartbeat.last_seen().get(heartbeat.BACKUP) == manifest.made:
            with transaction():
                heartbeat.beat(heartbeat.BACKUP_SOUND if sound else heartbeat.BACKUP_BROKEN, at=now())
    except DBAPIError:
        return  # checked where no system is


@backup_group.command("restore")
@click.argument("folder", type=FOLDER)
@click.option("--passphrase-file", "words", type=FILE, help="Open the keys with the passphrase in this file.")
@click.option("--identity", type=FILE, help="Open the keys with this secret key (age or SSH).")
def restore(folder: Path, words: Path | None, identity: Path | None) -> None:
    """Bring back the system in FOLDER: into an empty DATA_DIR and an empty DATABASE_URL, with nothing running.

    Everything is checked first. Cut short, it leaves a mark, nothing starts, and the same command begins anew.
    """
    with _shown() as bar:
        manifest = restoring.restore(folder, _opener(words, identity), progress=bar)
        with transaction():
            heartbeat.beat(heartbeat.BACKUP, at=manifest.made)
            for name in (heartbeat.BACKUP_SOUND, heartbeat.RESTORED):
                heartbeat.beat(name, at=now())
    click.echo(f"Restored as of {manifest.made_at}: {len(manifest.parts)} parts, {told(manifest.size)}, all as kept.")
    click.echo("Start it now, then run: flask --app wsgi ledger verify --known CHECKPOINT-KEPT-ELSEWHERE")


@backup_group.command("keygen")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def keygen(file: Path) -> None:
    """Make a pair of keys: FILE holds the secret one, to be kept away from here, FILE.pub the one to lock with."""
    secret, public = new_identity()
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as made:
            made.write(secret)
    except FileExistsError:
        raise click.ClickException(f"{file} is there already.") from None
    file.with_name(f"{file.name}.pub").write_text(public)
    click.echo(f"Lock with --recipients {file}.pub. Keep {file} off this machine: only it opens such backups.")


def _words(file: Path | None, *, new: bool = False) -> str:
    if file:
        return file.read_text("utf-8").strip("\r\n")
    asked: str = click.prompt("Passphrase for the keys", hide_input=True, confirmation_prompt=new)
    return asked


def _opener(words: Path | None, identity: Path | None) -> Lock:
    return Lock.of_owner(identity) if identity else Lock.by_words(_words(words))
