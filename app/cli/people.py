"""`flask people erase|export|rotate|sweep|erase-again`: what people may ask for, and the keys it rests on."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from app.cases import service_erasure, service_retention
from app.cases.queries_people import cases_of, known_by
from app.cli.refusals import told
from app.core import masters, people
from app.core.clock import now
from app.core.db import session, transaction
from app.core.people import Person
from workflows.procedure.act import Act
from workflows.procedure.authority import SYSTEM

people_group = AppGroup("people", help="What is kept of people: hand it out, erase it, renew the keys it is under.")


@people_group.command("erase")
@click.argument("who")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--when-ended", is_flag=True, help="Where a case still runs, keep the request and do it then.")
def erase(who: str, yes: bool, when_ended: bool) -> None:
    """Erase somebody for good. WHO is a case number, a telephone number or an e-mail address."""
    found = _people(who)
    numbers = [case.number for person in found for case in cases_of(person)]
    question = f"Erase for good what people wrote in {', '.join(numbers)}?"
    if not yes and not click.confirm(question, default=False):
        raise click.Abort
    act = Act(SYSTEM, now())
    with told(), transaction():
        for person in (session().get_one(Person, each.id) for each in found):
            if when_ended and service_erasure.running(person, at=act.at):
                service_erasure.wish(person, act=act).agreed_at = act.at
                click.echo("A case still runs; it is done when that has ended.", err=True)
            else:
                service_erasure.erase(person, act=act)
    click.echo(f"{len(found)} erased or waiting, in {len(numbers)} cases.", err=True)


@people_group.command("export")
@click.argument("who")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def export(who: str, file: Path) -> None:
    """Write all that somebody wrote and was written to them into FILE (a ZIP). WHO as for erase."""
    from app.notices.package import package

    with told():
        content = package([case for person in _people(who) for case in cases_of(person)])
    file.touch(mode=0o600)
    file.write_bytes(content)
    click.echo(f"{len(content):,} bytes in {file}.", err=True)


@people_group.command("rotate")
def rotate() -> None:
    """Put all keys under a new master key. Killed half-way, it goes on where it was; nothing stops meanwhile."""
    masters.begin_rotation()
    total = 0
    while True:
        with transaction():
            done = people.rewrap()
        total += done
        if not done:
            break
    masters.end_rotation()
    click.echo(f"{total:,} keys are under the new master key. Keep a copy of {masters.file()} apart.", err=True)


@people_group.command("sweep")
def sweep() -> None:
    """Erase whose erasing was agreed to and whom we may keep no longer; while Heng runs it does so every hour."""
    with transaction():
        done = service_retention.sweep(act=Act(SYSTEM, now()))
    click.echo(f"{done} erased.", err=True)


@people_group.command("erase-again")
@click.option("--register", type=click.Path(path_type=Path, exists=True), help="Another site's register.")
def erase_again(register: Path | None) -> None:
    """After a restore: erase everybody whom an older backup brought back."""
    with transaction():
        count = people.erased_again(register)
    click.echo(f"{count} erased again.", err=True)


def _people(who: str) -> list[Person]:
    """Return who is meant: everybody who gave this contact, or whose case it is. Raises ClickException for nobody."""
    found = known_by(who)
    if not found:
        raise click.ClickException(f"Nobody is known by “{who}”. Give a case number, a telephone number or an address.")
    return found
