"""`flask rulebook check|diff|diagram|replay|propose|status`: is the regulation's data sound, what changed in it, how it
looks, what a change would have altered; asking for a change, and which rulebook is in force."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import click
from flask.cli import AppGroup

from app.accounts import queries as people
from app.cases.queries import facts_of_all
from app.cli.refusals import told
from app.core import site
from app.core.clock import now
from app.core.db import transaction
from app.rulebook import parcels, queries, service, showing
from workflows.procedure import amending, examples
from workflows.procedure import replay as rules_replay
from workflows.procedure.act import Act
from workflows.procedure.states import STEPS, CaseState
from workflows.regulation import book, diagram, diff
from workflows.regulation.errors import RulebookError
from workflows.regulation.reading import files_in
from workflows.regulation.rulebook import Rulebook
from workflows.regulation.text import LANGUAGES

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
DAY = click.DateTime(["%Y-%m-%d"])

rulebook_group = AppGroup("rulebook", help="The regulation as data: check it, compare it, draw it.")


def _load(folder: Path | None) -> Rulebook:
    """Return the rulebook of a folder, or the one in force here."""
    try:
        return book.load(folder) if folder else book.current()
    except RulebookError as mistake:
        raise click.ClickException(str(mistake)) from mistake


@rulebook_group.command("check")
@click.argument("folder", type=FOLDER, required=False)
def check(folder: Path | None) -> None:
    """Read a rulebook (ours without FOLDER), work its examples out, refuse mistakes with file, entry and reason."""
    rules = _load(folder)
    try:
        files = files_in(folder) if folder else amending.whole(queries.chain())
        shown = f"{examples.count(files)} worked examples agree." if examples.EXAMPLES in files else ""
        if shown:
            examples.verify(rules, files)
    except RulebookError as mistake:
        raise click.ClickException(str(mistake)) from mistake
    by_kind = dict.fromkeys(("checked", "procedure", "not_automated"), 0)
    for clause in rules.clauses():
        by_kind[clause.automation] += 1
    click.echo(f"Rulebook {rules.version} is sound: {sum(by_kind.values())} clauses in {len(LANGUAGES)} languages.")
    click.echo(", ".join(f"{kind} {number}" for kind, number in by_kind.items()))
    if shown:
        click.echo(shown)


@rulebook_group.command("diff")
@click.argument("old", type=FOLDER, required=False)
@click.argument("new", type=FOLDER, required=False)
@click.option("--from", "earlier", type=DAY, help="Compare what holds on this day …")
@click.option("--to", "later", type=DAY, help="… with what holds on this one.")
def compare(old: Path | None, new: Path | None, earlier: datetime | None, later: datetime | None) -> None:
    """Say what changed: between folder OLD and NEW (ours without NEW), or between two days of ours."""
    if bool(earlier) != bool(later) or bool(earlier) == bool(old):
        raise click.UsageError("Name a folder to compare with, or both --from and --to.")
    if earlier and later:
        changes = diff.between_days(_load(None), _day(earlier), _day(later))
    else:
        changes = diff.between_books(_load(old), _load(new))
    for change in changes:
        click.echo(change.words)
    click.echo("1 change" if len(changes) == 1 else f"{len(changes)} changes")


@rulebook_group.command("diagram")
@click.option("--of", "subject", type=click.Choice(["liability", "case"]), default="liability", show_default=True)
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True)
@click.option("--on", "on", type=DAY, help="What holds on this day; without it, the newest.")
def draw(subject: str, language: str, on: datetime | None) -> None:
    """Print a Mermaid diagram: who answers for which anomaly, or the way of a case."""
    if subject == "case":
        arrows = ((step.source, step.action, step.target) for step in STEPS if step.moves)
        click.echo(diagram.way_of_a_case(arrows, CaseState.RECEIVED), nl=False)
    else:
        click.echo(diagram.liability(_load(None), language, _day(on) if on else None), nl=False)


@rulebook_group.command("replay")
@click.argument("folder", type=FOLDER, required=False)
@click.option("--on", "on", type=DAY, help="Apply the rules as they stand on this day to every case.")
@click.option("--most", default=20, show_default=True, help="Case numbers to name for each change.")
def replay(folder: Path | None, on: datetime | None, most: int) -> None:
    """Say which past findings a changed rulebook (FOLDER) or the rules of another day would alter; change nothing."""
    if folder is None and on is None:
        raise click.UsageError("Name a folder with the changed rules, a day with --on, or both.")
    old, new = _load(None), _load(folder)
    found: dict[tuple[str, str], list[str]] = {}
    cases = 0
    for number, facts in facts_of_all():
        cases += 1
        for change in rules_replay.altered(facts, old, new, on=_day(on) if on else None):
            found.setdefault((change.clause, change.words), []).append(number)
    for (clause, words), numbers in sorted(found.items(), key=lambda each: -len(each[1])):
        more = f" and {len(numbers) - most} more" if len(numbers) > most else ""
        click.echo(f"{len(numbers):>6}  {clause}  {words}: {', '.join(numbers[:most])}{more}")
    touched = len({number for numbers in found.values() for number in numbers})
    click.echo(f"{touched} of {cases} cases with facts would be judged otherwise. Nothing was changed.")


@rulebook_group.command("propose")
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@click.option("--by", "email", required=True, help="E-mail address of the administrator who proposes it.")
@click.option("--since", type=DAY, required=True, help="The day from which it holds.")
@click.option("--reason", required=True, help="Why.")
def propose(source: Path, email: str, since: datetime, reason: str) -> None:
    """Propose the changed files in SOURCE (a folder, a zip or one TOML file) to the other administrators."""
    person = people.by_email(email)
    if person is None or person.disabled_at is not None:
        raise click.ClickException(f"Nobody who may sign in has the address {email}.")
    act = Act(person.actor(), now())
    try:
        with told():
            ready = service.prepare(parcels.of_folder(source), _day(since), act=act)
            with transaction():
                row = service.propose(ready, reason, act=act)
    except RulebookError as mistake:
        raise click.ClickException(str(mistake)) from mistake
    for change in ready.judged.changes:
        click.echo(change.words)
    click.echo(f"Proposed as {row.version}, to hold from {row.since}: {site.absolute(f'/admin/rulebook/{row.id}')}")


@rulebook_group.command("status")
def status() -> None:
    """Say which rulebook is in force, what comes, what waits, and how the shipped one differs."""
    try:
        now_ = showing.standing(now())
    except RulebookError as fault:
        raise click.ClickException(f"{fault}\nThe next start mends it from the database.") from fault
    row, ships = now_["row"], now_["shipped"]
    click.echo(f"In force: {now_['version']}" + (f", since {row.since}" if row else ", as shipped"))
    if now_["fault"]:
        click.echo(f"The file is damaged: {now_['fault']}")
    for each in now_["coming"]:
        click.echo(f"From {each.since}: {each.version}, approved {each.approved_at:%Y-%m-%d}")
    for each in queries.newest():
        if showing.state(each, now()) == "waiting":
            click.echo(f"Waits for another administrator: {each.version}, to hold from {each.since}")
    if now_["own"]:
        differs = sum(len(changes) for _, changes in now_["differs"])
        click.echo(f"Shipped: {ships}, {differs} differences. The approved one holds until somebody proposes another.")
    if now_["another_release"]:
        click.echo("This release ships other rules than the one under which yours were approved.")


def _day(at: datetime) -> date:
    return at.date()
