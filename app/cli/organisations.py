"""`flask organisations import FILE.csv`: merchants and others who can be answerable, from a table."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

import click
from flask.cli import AppGroup
from pydantic import AfterValidator, ValidationError
from pydantic_core import PydanticCustomError

from app.core.clock import now
from app.core.commands import Frozen
from app.core.contact import Email, Phone
from app.core.db import transaction
from app.core.text import Line
from app.organisations import queries, service
from app.organisations.models import PartyKind
from workflows.procedure.act import Act
from workflows.procedure.authority import SYSTEM

COLUMNS = ("kind", "name", "email", "phone", "language")

organisations_group = AppGroup("organisations", help="Merchants and others who can be answerable.")


def _kind(value: str) -> str:
    if value not in (kinds := [kind.value for kind in PartyKind]):
        raise PydanticCustomError("kind", f"one of {', '.join(kinds)}")
    return value


class Row(Frozen):
    """One organisation of the table. Without a language it is written to in simplified Chinese."""

    kind: Annotated[Line, AfterValidator(_kind)]
    name: Line
    email: Email | None = None
    phone: Phone | None = None
    language: Literal["zh-Hans", "zh-Hant", "en"] = "zh-Hans"


@organisations_group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_(file: Path) -> None:
    """Register the organisations in FILE, a CSV table with the columns kind, name and, if you like, email, phone,
    language. A row that cannot be taken is told with its line; one that is there already is left alone."""
    taken = known = refused = 0
    with transaction():
        for line, fields in _rows(file):
            try:
                row = Row.model_validate(fields)
            except ValidationError as mistakes:
                refused += 1
                click.echo(f"{file}:{line}: {_explained(mistakes)}", err=True)
                continue
            if _registered(row):
                known += 1
            else:
                service.register(
                    PartyKind(row.kind), row.name, act=Act(SYSTEM, now()), email=row.email, phone=row.phone,
                    language=row.language,
                )  # fmt: skip
                taken += 1
    click.echo(f"{taken} registered, {known} were there already, {refused} refused.")
    if refused:
        raise SystemExit(1)


def _rows(file: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield (line, fields that are filled in) of each row; raise ClickException for a table that is none."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as text:
            table = csv.DictReader(text)
            if missing := {"kind", "name"} - set(table.fieldnames or ()):
                raise click.ClickException(f"{file} has no column {' and no column '.join(sorted(missing))}.")
            for fields in table:
                yield table.line_num, {key or "more": value for key, value in fields.items() if value}
    except (UnicodeDecodeError, csv.Error) as error:
        raise click.ClickException(f"{file} is no CSV table in UTF-8: {error}.") from error


def _registered(row: Row) -> bool:
    return any(each.folded_name == queries.folded(row.name) for each in queries.of_kind(PartyKind(row.kind)))


WORDS = {
    "blank": "is empty", "missing": "is missing", "extra_forbidden": "is no column of ours",
    "control": "has control characters",
    "too_long": "is too long", "phone_invalid": "is no telephone number", "email_invalid": "is no e-mail address",
}  # fmt: skip


def _explained(mistakes: ValidationError) -> str:
    return "; ".join(
        f"{'.'.join(map(str, error['loc']))} {WORDS.get(error['type']) or 'must be ' + error['msg']}"
        for error in mistakes.errors()
    )
