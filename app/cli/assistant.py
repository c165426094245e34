"""`flask assistant`: ask it, and measure how often it is right."""

from pathlib import Path

import click
from flask.cli import AppGroup

from workflows.assistant import answering, measuring
from workflows.assistant.examples import DATA

assistant_group = AppGroup("assistant", help="The assistant that answers questions about the rules: ask, measure.")


@assistant_group.command("ask")
@click.argument("question")
def ask(question: str) -> None:
    """Say which clause answers QUESTION, or why none does."""
    found = answering.match(question, answering.index())
    click.echo(f"{found.topic or found.declined}   {found.confidence:.0%}   also: {', '.join(found.others) or '–'}")


@assistant_group.command("evaluate")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--wrong", is_flag=True, help="List what was answered wrongly.")
def evaluate(file: Path, wrong: bool) -> None:
    """Answer the labelled questions of FILE (JSON Lines) and print how often that was right, with intervals."""
    try:
        rows = measuring.questions(file)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    found = measuring.judged(rows, answering.index())
    click.echo(measuring.table(measuring.measured(found)))
    for example, match in found if wrong else ():
        if not measuring.is_right(example, match):
            click.echo(f"{example.language}  {example.topic} → {match.topic or match.declined}  {example.text}")


@assistant_group.command("measure")
@click.option("--write/--no-write", help="Keep the figures for the help page.")
def measure(write: bool) -> None:
    """Measure on the questions held out, and on our own with each left out in turn."""
    held_out = measuring.measured(measuring.held_out())
    click.echo(f"Held out\n{measuring.table(held_out)}\n")
    click.echo(f"Our own, each left out\n{measuring.table(measuring.measured(measuring.left_out()))}")
    if write:
        (DATA / "measured.toml").write_text(measuring.written(held_out), "utf-8")
