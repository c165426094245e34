"""`flask triage`: measure the readings, explain one, learn the weights anew."""

from pathlib import Path

import click
from flask.cli import AppGroup

from workflows.triage import approved, deciding, learning, measuring, scoring
from workflows.triage.reading import Reading, read

triage_group = AppGroup("triage", help="Reading complaints: measure, explain, learn.")


@triage_group.command("evaluate")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def evaluate(file: Path) -> None:
    """Read the labelled texts of FILE (JSON Lines) and print how often the readings are right."""
    try:
        examples = learning.examples(file)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{approved.model().version} on {file.name}\n")
    click.echo(measuring.table(measuring.judged(examples)))


@triage_group.command("explain")
@click.argument("text")
@click.option("--language", type=click.Choice(["zh-Hans", "zh-Hant", "en"]), default="en", help="Of the explanation.")
def explain(text: str, language: str) -> None:
    """Read TEXT and say why it is read so, and what would change the answer."""
    for line in _explained(read(text), language):
        click.echo(line)


@triage_group.command("train")
@click.option("--data", type=click.Path(exists=True, dir_okay=False, path_type=Path), default=learning.TRAINING)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), default=scoring.WEIGHTS, show_default=True)
@click.option("--check/--no-check", default=True, help="Measure by cross-validation first (takes six times as long).")
def train(data: Path, out: Path, check: bool) -> None:
    """Learn the weights from labelled texts and write them; the same texts always give the same weights."""
    examples = learning.examples(data)
    if check:
        click.echo(measuring.table(measuring.held_out(examples)))
    out.write_text(learning.written(*learning.teach(examples)), "utf-8")
    click.echo(f"\n{len(examples)} texts, weights in {out}")


def _explained(reading: Reading, language: str) -> list[str]:
    lines = [
        f"{reading.anomaly} → {reading.responsible_party or '–'}   {reading.confidence:.0%}   [{reading.language}]",
        *(f"  {anomaly} {share:.0%}" for anomaly, share in reading.others),
    ]
    for reason in reading.reasons:
        told = reason.fact or f"{reason.start}–{reason.end} “{reason.text}”"
        lines.append(f"  {reason.clause}  {reason.points_to}: {told}")
    if reading.emergency:
        lines.append("  emergency: " + ", ".join(reading.emergency_reasons))
    if reading.why_person:
        lines.append(f"  person: {reading.why_person}: {deciding.codes()[reading.why_person][language]}")
    names = deciding.fact_names()
    lines.extend(
        f"  without “{reason.text}”: {reason.without}" for reason in reading.reasons if reason.without is not None
    )
    lines.extend(f"  if {fact.text}: {fact.points_to}" for fact in reading.would_change)
    lines.extend(f"  asks for: {kind}" for kind in reading.said.asked_for)
    lines.extend(f"  names: {words.text}" for words in (*reading.said.amounts, *reading.said.dates))
    lines.extend(f"  would settle it: {names[fact][language]} ({fact})" for fact in reading.missing)
    return lines
