"""`flask demo load`: a desk at work, to look around in."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from app.cli.demo import drawing, people
from app.cli.demo.playing import play
from app.cli.demo.stories import stories
from app.core import site
from app.core.clock import now
from app.core.db import transaction
from workflows.procedure.act import Act
from workflows.procedure.authority import SYSTEM

demo_group = AppGroup("demo", help="People, companies and cases to look around in.")


@demo_group.command("load")
def load() -> None:
    """Load the demo, unless it is there. Who may sign in stands in DATA_DIR/demo-accounts.json afterwards."""
    accounts = site.settings().data_dir / "demo-accounts.json"
    written = accounts.with_suffix(".json.new")
    if people.present():
        _settle(written, accounts)
        click.echo("The demo is there already.")
        return
    at = now()
    told = stories(at)
    files = drawing.drawn(told)
    with transaction():
        cast = people.enter(act=Act(SYSTEM, told[0].filed_at))
        cases = play(told, cast, files, now=at)
        people.write_down(cast, written)  # before the commit: nobody can sign in to accounts that were never told
    _settle(written, accounts)
    click.echo(f"The demo is loaded: {cases} cases, {len(cast.accounts)} people. They are named in {accounts}.")


def _settle(written: Path, accounts: Path) -> None:
    """Put the list of accounts in its place, also after a start that ended between the commit and this."""
    if written.exists():
        written.replace(accounts)
