"""`flask mail poll`: take in what lies in the mailbox of IMAP_URL, once, by hand or from a timer."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from app.core import site
from app.core.clock import now
from app.core.db import transaction
from app.post import mailbox, service
from workflows.procedure.act import Act
from workflows.procedure.authority import SYSTEM

mail_group = AppGroup("mail", help="Mail that comes in.")


@mail_group.command("poll")
def poll() -> None:
    """Take in every unseen message of IMAP_URL. Safe beside a running system: what comes twice is known as the same."""
    url = site.settings().imap_url
    if not url:
        raise click.ClickException("IMAP_URL is not set: imaps://user:password@host/INBOX")
    try:
        taken = mailbox.poll(url, _keep)
    except Exception as error:
        raise click.ClickException(f"The mailbox cannot be read: {type(error).__name__}.") from error
    click.echo(f"{taken} taken in")


def _keep(raw: bytes, name: str) -> None:
    arrived = service.arrive(raw, source="imap", mailbox=name)
    with transaction():
        service.keep(arrived, act=Act(SYSTEM, now()))
