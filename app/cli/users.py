"""`flask users create|token`: people who can sign in, and their tokens for the API."""

from __future__ import annotations

import secrets

import click
from flask.cli import AppGroup

from app.accounts import queries, service
from app.accounts.models import User
from app.cli.refusals import told
from app.core.clock import now
from app.core.db import transaction
from app.core.languages import DEFAULT, LANGUAGES
from app.organisations import queries as organisations
from app.organisations.models import Organisation
from workflows.procedure.act import Act
from workflows.procedure.authority import ACCOUNT_ROLES, SYSTEM, Role

PASSWORD_BYTES = 12
ROLES = [role.value for role in ACCOUNT_ROLES]

users_group = AppGroup("users", help="People who sign in, and their tokens for the API.")


@users_group.command("create")
@click.argument("email")
@click.option("--name", required=True, help="As others read it.")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice(ROLES), help="Once for each role.")
@click.option("--organisation", help="Its name or number; a respondent needs one.")
@click.option("--language", type=click.Choice(LANGUAGES), default=DEFAULT, show_default=True)
@click.option("--ask", is_flag=True, help="Ask for the password instead of making one.")
def create(email: str, name: str, roles: tuple[str, ...], organisation: str | None, language: str, ask: bool) -> None:
    """Write down a person. A password that was made is printed this once."""
    password = click.prompt("Password", hide_input=True, confirmation_prompt=True) if ask else new_password()
    employer = _organisation(organisation) if organisation else None
    with told(), transaction():
        person = service.create(
            email=email, name=name, password=password, roles=[Role(role) for role in roles], language=language,
            organisation_id=employer.id if employer else None, act=Act(SYSTEM, now()),
        )  # fmt: skip
    click.echo(f"{person.email} can sign in now.", err=True)
    if not ask:
        click.echo(password)


@users_group.command("token")
@click.argument("email")
@click.option("--name", default="command line", show_default=True, help="What it is for.")
@click.option("--days", type=click.IntRange(1, 3650), help="How long it holds; without it, until it is revoked.")
def token(email: str, name: str, days: int | None) -> None:
    """Give a person a token for the API. It is printed this once and kept as a hash."""
    person = _person(email)
    with transaction():
        given = service.give_token(person, name, act=Act(SYSTEM, now()), days=days)
    click.echo(given)


def new_password() -> str:
    """Return a password of 96 bits."""
    return secrets.token_urlsafe(PASSWORD_BYTES)


def _person(email: str) -> User:
    person = queries.by_email(email)
    if person is None or person.disabled_at is not None:
        raise click.ClickException(f"Nobody with the address {email} can sign in.")
    return person


def _organisation(named: str) -> Organisation:
    number = int(named) if named.isascii() and named.isdigit() else None
    found = organisations.by_id(number) if number else organisations.by_name(named)
    if found is None:
        raise click.ClickException(f"There is no organisation “{named}”, or more than one of that name.")
    return found
