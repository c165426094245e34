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

from app.conduct.standing import astray
from app.conduct.standing import method as of_method
from app.conduct.standing import standing as of_company
from app.core.clock import now
from app.core.commands import Frozen
from app.core.contact import Email, Phone
from app.core.db import transaction
from app.core.text import Line
from app.organisations import queries, service
from app.organisations.commands import EmergencyContact, KeepContacts, TimeZone
from app.organisations.models import PartyKind
from workflows.procedure.act import Act
from workflows.procedure.authority import SYSTEM

COLUMNS = (
    "kind", "name", "email", "phone", "language", "time_zone", "contact_name", "contact_phone", "contact_email",
    "contact_days", "contact_opens", "contact_closes", "fallback_name", "fallback_phone", "fallback_email",
)  # fmt: skip

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
    time_zone: TimeZone = "Asia/Shanghai"
    emergency_contacts: tuple[EmergencyContact, ...] = ()

    def contacts(self) -> KeepContacts:
        """Return whom to reach in an emergency."""
        return KeepContacts(time_zone=self.time_zone, contacts=self.emergency_contacts)


@organisations_group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_(file: Path) -> None:
    """Register the organisations in FILE, a CSV table with the columns kind, name and, if you like, email, phone,
    language; time_zone; contact_name, _phone, _email, _days (every_day, weekdays, weekend), _opens, _closes (08:30) of
    the emergency contact; fallback_name, _phone, _email of who is called when that one does not answer. A row that
    cannot be taken is told with its line; one that is there already is left alone."""
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
                _take(row, Act(SYSTEM, now()))
                taken += 1
    click.echo(f"{taken} registered, {known} were there already, {refused} refused.")
    if refused:
        raise SystemExit(1)


def _take(row: Row, act: Act) -> None:
    organisation = service.register(
        PartyKind(row.kind), row.name, act=act, email=row.email, phone=row.phone, language=row.language
    )
    if row.emergency_contacts:
        service.keep_contacts(organisation, row.contacts(), act=act)


def _with_contacts(fields: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a row with those of its contacts gathered; a group without any field is no contact."""
    groups: dict[str, dict[str, Any]] = {"contact": {}, "fallback": {"fallback": True}}
    rest = {}
    for column, value in fields.items():
        group, _, field = column.partition("_")
        if group in groups and field:
            groups[group][field] = value
        else:
            rest[column] = value
    contacts = tuple(group for group in groups.values() if set(group) - {"fallback"})
    return rest | ({"emergency_contacts": contacts} if contacts else {})


def _rows(file: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield (line, fields that are filled in) of each row; raise ClickException for a table that is none."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as text:
            table = csv.DictReader(text)
            if missing := {"kind", "name"} - set(table.fieldnames or ()):
                raise click.ClickException(f"{file} has no column {' and no column '.join(sorted(missing))}.")
            for fields in table:
                filled = {key or "more": value for key, value in fields.items() if value}
                yield table.line_num, _with_contacts(filled)
    except (UnicodeDecodeError, csv.Error) as error:
        raise click.ClickException(f"{file} is no CSV table in UTF-8: {error}.") from error


def _registered(row: Row) -> bool:
    return any(each.folded_name == queries.folded(row.name) for each in queries.of_kind(PartyKind(row.kind)))


WORDS = {
    "blank": "is empty", "missing": "is missing", "extra_forbidden": "is no column of ours",
    "control": "has control characters",
    "too_long": "is too long", "phone_invalid": "is no telephone number", "email_invalid": "is no e-mail address",
    "contact_unreachable": "needs a telephone number or an e-mail address", "unknown_time_zone": "is no time zone",
    "string_pattern_mismatch": "is no hour such as 08:30",
}  # fmt: skip


def _explained(mistakes: ValidationError) -> str:
    return "; ".join(
        f"{'.'.join(map(str, error['loc']))} {WORDS.get(error['type']) or 'must be ' + error['msg']}"
        for error in mistakes.errors()
    )


@organisations_group.command("standing")
@click.argument("name")
@click.option("--explain", is_flag=True, help="Tell every loss, and check the rows against the record.")
def standing(name: str, explain: bool) -> None:
    """Tell the credit score of the organisation called NAME (or with that id), worked out anew from the record."""
    found = queries.by_id(int(name)) if name.isascii() and name.isdigit() else queries.by_name(name)
    if found is None:
        raise click.ClickException(f"There is no organisation '{name}', or more than one.")
    at = now()
    told = of_company(found.id, at)
    worth = told.score
    grade = f" ({worth.grade.name.en})" if worth.grade else ""
    click.echo(f"{found.name}: {'no score' if worth.value is None else worth.value}{grade}, {worth.cases} cases")
    if not explain:
        return
    method = of_method(at)
    click.echo(f"  clause {method.clause}: {method.told('en')}")
    click.echo(f"  conduct {worth.conduct}, ratings {'not counted' if worth.ratings is None else worth.ratings}")
    for loss in worth.losses:
        because = loss.sanction
        ground = f"decision {because.decision}" if because.decision else "no decision"
        click.echo(f"  -{loss.score} until {loss.until}: {because.number} {because.breach}, {because.clause}, {ground}")
    for each in told.listed:
        click.echo(f"  blacklist, clause {each.rule.clause}: {each.rule.reason('en')}, since {each.since}")
    if strayed := astray(found.id, at):
        raise click.ClickException(f"Rows that the record does not bear out: {', '.join(strayed)}.")
    click.echo("  every row agrees with the record")
