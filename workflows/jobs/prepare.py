"""Make ready what the processes need: the database in its newest form and, the first time, the demo.

A process of its own, so that the supervisor stays small and never holds a connection.
"""

from __future__ import annotations

import sys

from flask.cli import ScriptInfo

from app.core import people, site
from app.core.masters import MastersLost
from app.rulebook import service as rulebook
from workflows.jobs import demo_witness
from workflows.regulation import book
from workflows.regulation.errors import RulebookError
from wsgi import app


def main() -> None:
    """Run the commands that a person would run by hand. Safe to run again: each does only what is missing."""
    _run(["db", "upgrade"])
    _require_masters()
    if not (site.settings().data_dir / "demo-accounts.json").exists():
        demo_witness.admit(site.settings().data_dir)
        _run(["demo", "load"])
    with app.app_context():
        rulebook.put_in_place()
    try:
        book.current()
    except RulebookError as fault:  # nothing starts by figures that nobody approved
        sys.exit(f"{fault}\nRestore the backup made before, or start the release that was used before.")


def _run(command: list[str]) -> None:
    with app.app_context():
        app.cli.main(command, obj=ScriptInfo(create_app=lambda: app), standalone_mode=False)


def _require_masters() -> None:
    try:
        with app.app_context():
            people.require_masters()
    except MastersLost as lost:  # what is written with others could never be read beside what is there
        sys.exit(f"{lost}\nPut the file back that belongs to this database.")


if __name__ == "__main__":
    main()
