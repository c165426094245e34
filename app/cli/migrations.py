"""`flask db …`: Flask-Migrate's commands for our database."""

from __future__ import annotations

from pathlib import Path

import click
from flask import current_app, g
from flask_migrate import Migrate
from flask_migrate.cli import db as commands

from app.core.db import db

FOLDER = Path(__file__).resolve().parents[2] / "migrations"


def database_group() -> click.Group:
    """Return the commands, set up for the application at hand (SQLite changes a table by copying it)."""
    Migrate(current_app, db, directory=str(FOLDER), render_as_batch=True, compare_type=True)
    g.directory, g.x_arg = None, ()  # what its own group would set, which is not called here
    group: click.Group = commands
    return group
