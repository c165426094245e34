"""`flask complaints import|export`: complaints from another system's file, and the desk's cases as a table."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import islice
from pathlib import Path
from time import monotonic
from typing import Any, TextIO

import click
from flask import current_app
from flask.cli import AppGroup
from flask_babel import force_locale

from app.accounts import queries as people
from app.accounts.models_watch import ReasonFor
from app.accounts.service_watch import state_reason
from app.cases import queries
from app.cases.models import Case
from app.cli.refusals import in_words
from app.core import ids, sheet
from app.core.clock import now
from app.core.commands import Frozen
from app.core.db import canonical, session, transaction
from app.core.text import Note
from app.intake import table
from app.intake.commands import Submission
from app.intake.service import Prepared, prepare, receive
from app.intake.table import Row, TableRefused
from app.web.api import Unprocessable, read_as
from app.web.api import when as written
from workflows.procedure.act import Act
from workflows.procedure.authority import SYSTEM
from workflows.procedure.errors import ProcedureError

complaints_group = AppGroup("complaints", help="Complaints from files, and cases as a table.")
LONGEST_REFERENCE = 150
TOGETHER = 25  # rows in one transaction: few enough that nobody else who files waits long
AT_ONCE = 8


class Rejects:
    """The file beside the imported one: rows that were not taken, with line and reason, to be mended and imported."""

    def __init__(self, file: Path) -> None:
        self.path = file.with_name(f"{file.stem}.rejected{file.suffix}")
        self.path.unlink(missing_ok=True)
        self.as_table = file.suffix == ".csv"
        self.count = 0
        self._file: TextIO | None = None

    def write(self, row: Row, reason: str) -> None:
        self.count += 1
        if self._file is None:
            self._file = self.path.open("w", encoding="utf-8", newline="")
            self.path.chmod(0o600)  # it holds people's names and telephone numbers
        told = {name: value for name, value in row.told.items() if name not in table.OURS}
        told |= {table.LINE: row.line, table.REASON: reason}
        self._file.write(self._as_row(told) if self.as_table else json.dumps(told, ensure_ascii=False) + "\n")

    def _as_row(self, told: dict[str, Any]) -> str:
        columns = [*table.COLUMNS, table.REFERENCE, *table.OURS]
        cells = [sheet.plain(str(told.get(name, ""))) for name in columns]
        rows = [columns, cells] if self.count == 1 else [cells]
        lines = list(sheet.lines(rows))
        return "".join(lines if self.count == 1 else lines[1:])

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


@complaints_group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--encoding", default="utf-8", show_default=True, help="Of a table saved by a spreadsheet: gb18030, big5."
)
def import_(file: Path, encoding: str) -> None:
    """Hand in the complaints in FILE: a .csv table whose first line names the columns, or .jsonl with the body of
    POST /api/v1/complaints on each line.

    Columns: narrative and a phone or email are needed; language, anomaly, danger, name, contact_by, hours,
    on_behalf_of, respondent, respondent_id, order_id, category, goods_total, currency, submitted_at, delivered_at,
    received_at, remedy, amount and remedy_note are welcome. A reference of your own tells a row that was changed
    from a new one.

    Good rows become cases, some at a time. Bad ones go to FILE.rejected beside it with the reason; mend and import
    that file. Importing the same file again makes no second case, so after a stop just start it anew.
    """
    if file.suffix not in (".csv", ".jsonl"):
        raise click.ClickException(f"{file} must end with .csv or .jsonl.")
    tally, begun = Tally(), monotonic()
    try:
        with table.open_text(file, encoding) as text, closing(Rejects(file)) as rejects, force_locale("en"):
            for rows in _progressing(text, file):
                _take(rows, tally, rejects)
    except (UnicodeDecodeError, LookupError) as error:
        raise click.ClickException(f"{file} is not in {encoding}: {error}. {tally.told()}") from error
    except TableRefused as refused:
        raise click.ClickException(f"{file} {refused}. Nothing was imported.") from refused
    click.echo(f"{tally.told()} {tally.rows / max(monotonic() - begun, 0.001):.0f} rows a second.")
    if rejects.count:
        click.echo(f"Why, row by row: {rejects.path}", err=True)
        raise SystemExit(1)


class Tally:
    """What became of the rows."""

    def __init__(self) -> None:
        self.taken = self.known = self.refused = 0

    @property
    def rows(self) -> int:
        return self.taken + self.known + self.refused

    def told(self) -> str:
        return f"{self.taken} imported, {self.known} were there already, {self.refused} refused."


def _progressing(text: TextIO, file: Path) -> Iterator[list[Row]]:
    """Yield the rows, some at a time, under a progress bar that follows the bytes read."""
    rows = table.read_table(text) if file.suffix == ".csv" else table.read_lines(text, current_app.json.loads)
    with click.progressbar(length=max(file.stat().st_size, 1), label=file.name, file=sys.stderr) as bar:
        done = 0
        while some := list(islice(rows, TOGETHER)):
            yield some
            place = text.buffer.tell()
            bar.update(place - done)
            done = place


class RowRefused(Exception):
    """A row that makes no case: the reason in words."""


def _take(rows: list[Row], tally: Tally, rejects: Rejects) -> None:
    """Make cases of these rows and count them, once they are safely kept."""
    act, read = Act(SYSTEM, now()), dict[int, tuple[Submission, str]]()
    refused: dict[int, str] = {}
    for n, row in enumerate(rows):
        try:
            read[n] = _read(row)
        except RowRefused as why:
            refused[n] = str(why)
    with ThreadPoolExecutor(AT_ONCE) as pool:  # most of it is waiting for the disk
        prepared = list(pool.map(lambda each: prepare(each[0], act=act), read.values()))
    ready = {n: (prepared[k], mark) for k, (n, (_, mark)) in enumerate(read.items())}
    known = _kept(ready, refused, act)
    tally.known += sum(known.values())
    tally.taken += len(known) - sum(known.values())
    tally.refused += len(refused)
    for n in sorted(refused):
        rejects.write(rows[n], refused[n])


def _kept(ready: dict[int, tuple[Prepared, str]], refused: dict[int, str], act: Act) -> dict[int, bool]:
    """Keep all in one transaction, or, where one is refused, each in its own; return which an earlier import made."""
    try:
        with transaction():
            return {n: _receive(*each, act) for n, each in ready.items()}
    except ProcedureError:
        pass
    known: dict[int, bool] = {}
    for n, each in ready.items():
        try:
            with transaction():
                known[n] = _receive(*each, act)
        except ProcedureError as why:
            refused[n] = in_words(why)
    return known


def _receive(prepared: Prepared, mark: str, act: Act) -> bool:
    return receive(prepared, act=act, channel="import", key=f"import:{mark}").again


def _read(row: Row) -> tuple[Submission, str]:
    """Return the complaint in a row, and what tells it from others; raise RowRefused."""
    if row.body is None:
        raise RowRefused(row.fault)
    if row.reference is not None and not (0 < len(row.reference) <= LONGEST_REFERENCE and row.reference.isprintable()):
        raise RowRefused(f"reference: must be 1 to {LONGEST_REFERENCE} characters")
    try:
        submission = read_as(Submission, row.body)
    except Unprocessable as refused:
        raise RowRefused("; ".join(f"{each['pointer'][1:]}: {each['detail']}" for each in refused.errors)) from None
    except ProcedureError as refused:
        raise RowRefused(in_words(refused)) from None
    return submission, row.reference or ids.digest(canonical(submission.model_dump(mode="json", exclude_none=True)))


# --- out -------------------------------------------------------------------------------------------------------------

Cells = dict[str, Any]
PAGE = 200


@complaints_group.command("export")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Where to; without it, to the terminal.")
@click.option("--format", "form", type=click.Choice(["csv", "jsonl"]), default="csv", show_default=True)
@click.option("--with-people", is_flag=True, help="Also the story, names and contacts; needs --by and --reason.")
@click.option("--by", help="The e-mail address of the person who takes them out.")
@click.option("--reason", help="What they are taken out for; it is kept and supervisors read it.")
def export(out: Path | None, form: str, with_people: bool, by: str | None, reason: str | None) -> None:
    """Write all cases as a table, newest first, without personal data unless it is asked for."""
    if with_people:
        _state_reason(by, reason)
    cells = (_cells(case, with_people) for case in _all_cases())
    lines = _as_csv(cells) if form == "csv" else (json.dumps(each, ensure_ascii=False) + "\n" for each in cells)
    if out is None:
        for line in lines:
            click.echo(line, nl=False)
        return
    with out.open("w", encoding="utf-8", newline="") as file:
        out.chmod(0o600)
        file.writelines(lines)


class Purpose(Frozen):
    """What data is taken out for."""

    reason: Note


def _state_reason(by: str | None, reason: str | None) -> None:
    person = people.by_email(by) if by else None
    if person is None or person.disabled_at is not None:
        raise click.ClickException("Say with --by which person of the desk takes personal data out.")
    with force_locale("en"):
        try:
            purpose = read_as(Purpose, {"reason": reason or ""})
        except Unprocessable:
            raise click.ClickException("Say with --reason what the personal data is taken out for.") from None
    with transaction():
        state_reason(ReasonFor.EXPORT, purpose.reason, "complaints", act=Act(person.actor(), now()))


def _all_cases() -> Iterator[Case]:
    cursor: str | None = ""
    while cursor is not None:
        page = queries.page(SYSTEM, queries.Filter(), order="-received", cursor=cursor or None, limit=PAGE)
        yield from page.items
        cursor = page.next
        session().expunge_all()  # as many cases as there are pass through, never all at once


def _cells(case: Case, with_people: bool) -> Cells:
    cells = {
        "number": case.number, "received_at": written(case.received_at), "channel": case.channel,
        "language": case.language, "state": case.state.value, "anomaly": case.anomaly,
        "anomaly_status": case.anomaly_status, "responsible_party": case.responsible_kind,
        "respondent": case.respondent.name if case.respondent else None, "important": case.important,
        "emergency": case.emergency, "amount_minor": case.amount_minor, "currency": case.currency,
        "settled_at": written(case.settled_at), "decided_at": written(case.decided_at),
        "closed_at": written(case.closed_at), "close_reason": case.close_reason,
    }  # fmt: skip
    if with_people:
        person = case.parties[0]
        cells |= {"name": person.name, "phone": person.phone, "email": person.email, "narrative": case.narrative}
    return cells


def _as_csv(cells: Iterator[Cells]) -> Iterator[str]:
    def rows() -> Iterator[Any]:
        columns: list[str] = []
        for each in cells:
            if not columns:
                columns = list(each)
                yield columns
            yield [each[column] for column in columns]

    return sheet.lines(rows())
