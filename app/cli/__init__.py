"""The command groups of `flask --app wsgi`. Loaded only when the command line asks for one."""

from __future__ import annotations

from importlib import import_module

import click
from flask import Flask

from app.core import site

GROUPS = {
    "users": "app.cli.users:users_group",
    "organisations": "app.cli.organisations:organisations_group",
    "complaints": "app.cli.complaints:complaints_group",
    "clocks": "app.cli.clocks:clocks_group",
    "mail": "app.cli.mail:mail_group",
    "rulebook": "app.cli.rulebook:rulebook_group",
    "triage": "app.cli.triage:triage_group",
    "assistant": "app.cli.assistant:assistant_group",
    "backup": "app.cli.backup:backup_group",
    "ledger": "app.cli.ledger:ledger_group",
    "people": "app.cli.people:people_group",
    "demo": "app.cli.demo.command:demo_group",
    "db": "app.cli.migrations:database_group",
}


UNFINISHED = (
    "A backup was being restored here and it did not come to its end, so nothing is started. Restore it again with "
    "`flask --app wsgi backup restore`: it begins anew."
)


class LateGroup(click.Group):
    """A group whose module is imported when one of its commands is called."""

    def __init__(self, target: str, **options: object) -> None:
        super().__init__(**options)  # type: ignore[arg-type]
        self.target = target

    def _load(self) -> click.Group:
        if self.name != "backup" and site.settings().unfinished_restore.exists():
            raise click.ClickException(UNFINISHED)
        module, name = self.target.split(":")
        group = getattr(import_module(module), name)
        return group if isinstance(group, click.Group) else group()

    def list_commands(self, ctx: click.Context) -> list[str]:
        return self._load().list_commands(ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return self._load().get_command(ctx, cmd_name)


def install(app: Flask) -> None:
    """Add the groups to `flask`."""
    for name, target in GROUPS.items():
        app.cli.add_command(LateGroup(target, name=name))
