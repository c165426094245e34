"""`flask rulebook check|diff|diagram|replay`: is the regulation's data sound, what changed in it, how it looks, what a
change would have altered."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import click
from flask.cli import AppGroup

from app.cases.queries import facts_of_all
from workflows.procedure import replay as rules_replay
from workflows.procedure.states import STEPS, CaseState
from workflows.regulation import book, diagram, diff
from workflows.regulation.errors import RulebookError
from workflows.regulation.rulebook import Rulebook
from workflows.regulation.text import LANGUAGES

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
DAY = click.DateTime(["%Y-%m-%d"])

rulebook_group = AppGroup("rulebook", help="The regulation as data: check it, compare it, draw it.")


def _load(folder: Path | None) -> Rulebook:
    try:
        return book.load(folder or book.DATA)
    except RulebookError as mistake:
        raise click.ClickException(str(mistake)) from mistake


@rulebook_group.command("check")
@click.argument("folder", type=FOLDER, required=False)
def check(folder: Path | None) -> None:
    """Read a rulebook (ours without FOLDER) and refuse any mistake with file, entry and reason."""
    rules = _load(folder)
    by_kind = dict.fromkeys(("checked", "procedure", "not_automated"), 0)
    for clause in rules.clauses():
        by_kind[clause.automation] += 1
    click.echo(f"Rulebook {rules.version} is sound: {sum(by_kind.values())} clauses in {len(LANGUAGES)} languages.")
    click.echo(", ".join(f"{kind} {number}" for kind, number in by_kind.items()))


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


def _day(at: datetime) -> date:
    return at.date()
