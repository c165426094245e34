"""`flask ledger verify|export`: checking the public record against the database or a file, and handing copies out."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import click
from flask.cli import AppGroup

from app.ledger import checking, keys
from app.notices.queries import by_number
from app.register.bundle import bundle
from workflows.verify.__main__ import verified
from workflows.verify.notes import Checkpoint, Key, Note

ledger_group = AppGroup("ledger", help="The public record: verify it, export it.")


@ledger_group.command("verify")
@click.argument("file", required=False, type=click.Path(exists=True, path_type=Path))
@click.option("--known", multiple=True, type=click.Path(exists=True, path_type=Path), help="A checkpoint kept earlier.")
def verify(file: Path | None, known: tuple[Path, ...]) -> None:
    """Check the whole record against the database; or, with FILE, a package or a copy of the log.

    Ends with 1 and what is wrong, with the index of the entry, where something does not hold.
    """
    remembered = [_checkpoint(each) for each in known]
    lines = verified(file, key=keys.public(), known=remembered) if file else _database(remembered)
    sound = True
    for holds, line in lines:
        click.echo(f"{'ok  ' if holds else 'FAIL'}  {line}")
        sound = sound and holds
    if not sound:
        raise click.exceptions.Exit(1)


def _checkpoint(file: Path) -> Checkpoint:
    return Checkpoint.read(Note.read(file.read_text("utf-8")).body)


def _database(known: list[Checkpoint]) -> Iterator[tuple[bool, str]]:
    last = keys.folder() / "last.note"
    if last.exists():
        known = [*known, _checkpoint(last)]
    faults = checking.check(_key(), known=known)
    yield from ((False, str(fault)) for fault in faults)
    if not faults:
        yield True, "every record is as it was entered, every entry in its place, every checkpoint signed for it"


def _key() -> Key:
    public = keys.public()
    if public is None:
        raise click.ClickException("There is no log yet: the notary has not started on this data.")
    return Key.read(public)


@ledger_group.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--decision", "number", help="Only the package of this published outcome, such as D2026-12.")
def export(file: Path, number: str | None) -> None:
    """Write a copy of the whole log to FILE (a ZIP), or the package of one outcome."""
    if number:
        file.write_bytes(_package(number))
    else:
        _copy(file)
    click.echo(f"Check it with: python -m workflows.verify {file}")


def _package(number: str) -> bytes:
    entry = by_number(number)
    if entry is None:
        raise click.ClickException(f"Nothing was published as {number}.")
    content = bundle(entry)
    if content is None:
        raise click.ClickException("Not all of it is signed yet. Try again in a moment.")
    return content


def _copy(file: Path) -> None:
    log = checking.copy()
    head = {"format": "heng-log/1", "key": str(_key()), "notes": list(log.notes)}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("log.json", json.dumps(head, ensure_ascii=False, indent=1))
        archive.writestr("entries.bin", b"".join(log.entries))
        archive.writestr("leaves.bin", log.leaves)
