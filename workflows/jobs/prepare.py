"""Make ready what the processes need: the database in its newest form and, the first time, the demo.

A process of its own, so that the supervisor stays small and never holds a connection.
"""

from __future__ import annotations

import sys

from flask.cli import ScriptInfo

from app.core import site
from app.rulebook import service as rulebook
from workflows.jobs import demo_witness
from workflows.regulation import book
from workflows.regulation.errors import RulebookError
from wsgi import app


def main() -> None:
    """Run the commands that a person would run by hand. Safe to run again: each does only what is missing."""
    commands = [["db", "upgrade"]]
    if not (site.settings().data_dir / "demo-accounts.json").exists():
        commands.append(["demo", "load"])
        demo_witness.admit(site.settings().data_dir)
    for command in commands:
        with app.app_context():
            app.cli.main(command, obj=ScriptInfo(create_app=lambda: app), standalone_mode=False)
    with app.app_context():
        rulebook.put_in_place()
    try:
        book.current()
    except RulebookError as fault:  # nothing starts by figures that nobody approved
        sys.exit(f"{fault}\nRestore the backup made before, or start the release that was used before.")


if __name__ == "__main__":
    main()
