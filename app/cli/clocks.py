"""`flask clocks status|sweep`: what runs, what is late, and doing what is due by hand."""

from __future__ import annotations

import click
from flask.cli import AppGroup
from sqlalchemy import func, select

from app.cases import service_clocks
from app.cases.models import Clock
from app.cases.queries import due_clocks
from app.core import outbox
from app.core.clock import now
from app.core.db import session, transaction
from workflows.procedure.act import Act
from workflows.procedure.authority import SYSTEM

clocks_group = AppGroup("clocks", help="Clocks: what runs, what is late, and firing what is due.")


@clocks_group.command("status")
def status() -> None:
    """Count the clocks by kind and state, then say what is late."""
    counted = select(Clock.kind, Clock.status, func.count()).group_by(Clock.kind, Clock.status)
    for kind, state, number in session().execute(counted.order_by(Clock.kind, Clock.status)):
        click.echo(f"{kind:<20}{state:<10}{number:>8}")
    at = now()
    click.echo(f"clocks with something to do now: {len(due_clocks(at, limit=10_000))}")
    click.echo(f"outbox rows that wait for a worker: {len(outbox.due(at, limit=10_000))}")


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
