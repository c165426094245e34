"""`flask clocks status|sweep`: what runs, what is late, one case's clocks explained, and doing what is due by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import click
from flask.cli import AppGroup
from flask_babel import force_locale
from sqlalchemy import func, select

from app.cases import queries, service_clocks
from app.cases.deadlines import explained
from app.cases.models import Case, Clock
from app.cases.queries import due_clocks
from app.core.clock import now
from app.core.db import session, transaction
from app.core.ids import read_case_number
from app.monitoring import words
from app.monitoring.health import report
from workflows.procedure.act import Act
from workflows.procedure.authority import SYSTEM
from workflows.procedure.recompute import Account, Entry

clocks_group = AppGroup("clocks", help="Clocks: what runs, what is late, and firing what is due.")


@clocks_group.command("status")
@click.option("--explain", "number", metavar="CASE", help="Work out every clock of one case from its record alone.")
def status(number: str | None) -> None:
    """Count the clocks by kind and state, then say what is late.

    With --explain: print each clock of the case as its history and the rules in force give it, and end with 1 where
    what is stored differs.
    """
    if number is not None:
        _explain(number)
    else:
        _count()


def _count() -> None:
    counted = select(Clock.kind, Clock.status, func.count()).group_by(Clock.kind, Clock.status)
    for kind, state, number in session().execute(counted.order_by(Clock.kind, Clock.status)):
        click.echo(f"{kind:<20}{state:<10}{number:>8}")
    at = now()
    health = report(at)
    click.echo(f"clocks with something to do now: {health.clocks.count}")
    click.echo(f"outbox rows that wait for a worker: {sum(each.count for each in health.lanes.values())}")
    for name, waiting in health.lanes.items():
        click.echo(f"  {name:<10}{waiting.count:>8}")
    click.echo(f"tasks given up: {health.given_up}")
    click.echo(f"last sweep noted: {health.swept_at or 'never'}; Redis: {health.redis}; {health.database}")
    with force_locale("en"):
        for problem in health.problems:
            click.echo(f"{'LATE' if problem.grave else 'NOTE'}  {' '.join(words.told(problem, when=str))}")


def _explain(typed: str) -> None:
    case = queries.by_number(read_case_number(typed) or typed, SYSTEM)
    if case is None:
        raise click.ClickException(f"There is no case {typed}.")
    found = explained(case)
    click.echo(f"{case.number}: {case.state}; figures in force on {case.law_as_of}, rulebook {case.rulebook_version}")
    for account in found.accounts:
        click.echo("")
        for line in _told(account, case):
            click.echo(line)
    click.echo("")
    for each in found.differences:
        says = f"stored {each.stored}, by the record {each.recomputed}"
        click.echo(f"DIFFERS  {each.kind} {each.generation}, {each.what}: {says}")
    if found.due_at_differs:
        click.echo(f"DIFFERS  the case's own due instant, {case.due_at}, is not the nearest end of an open clock")
    if not found.sound:
        raise click.exceptions.Exit(1)
    click.echo(f"{len(found.accounts)} clocks: record and stored clocks agree")


def _told(account: Account, case: Case) -> Iterator[str]:
    """Yield the lines about one clock: what it is, began, ends, did, and what became of it."""
    zone, rule = ZoneInfo(case.time_zone), account.rule
    limit = f"{rule.value} {rule.unit}{'s' if rule.value > 1 else ''}"
    if account.due_at - account.started_at != rule.length:
        limit += ", here by other terms"
    yield f"{account.kind} {account.generation}: {account.status}"
    yield f"  rule    clause {account.clause}, figure {account.figure}: {limit}"
    yield f"  began   {_at(account.started_at, zone)}  by {_entry(account.started_by)}"
    yield f"  due     {_at(account.due_at, zone)}"
    for firing in account.firings:
        to = f" to the {firing.detail['desk']}" if "desk" in firing.detail else ""
        yield f"  {firing.action:<7} {_at(firing.at, zone)}  {_entry(firing)}{to}"
    if account.ended_by and account.ended_at:
        yield f"  ended   {_at(account.ended_at, zone)}  by {_entry(account.ended_by)}"


def _at(instant: datetime, zone: ZoneInfo) -> str:
    return instant.astimezone(zone).isoformat(sep=" ", timespec="seconds")


def _entry(entry: Entry) -> str:
    return f"entry {entry.seq}, {entry.action}"


@clocks_group.command("sweep")
def sweep() -> None:
    """Fire every clock that is due. Harmless beside a running sweeper: each fires once."""
    fired, before = 0, -1
    while fired > before:  # a clock whose case is in somebody else's hands is left to the sweeper
        before = fired
        for clock_id in due_clocks(now()):
            with transaction():
                fired += service_clocks.fire(clock_id, act=Act(SYSTEM, now()))
    click.echo(f"{fired} fired")
