"""Complaints in a file: each row of a CSV table or line of JSON becomes the same `Submission` as from anywhere else.

A row that cannot be taken says why in words; the rows around it are read all the same.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, TextIO

from msgspec import Struct

from app.core.sheet import plain

REFERENCE = "reference"
LINE, REASON = "import_line", "import_reason"  # what a file of rejected rows adds; ignored when it is read again
OURS = (LINE, REASON)
LONGEST_LINE = 2_000_000  # characters


class TableRefused(ValueError):
    """The whole file is of no use: what is wrong with it, in English."""


class Row(Struct, frozen=True):
    """One complaint of a file: where it stands, its sender's reference, and either its body or what is wrong with it.

    `body` has the form of `POST /complaints`. `told` is the row as it was written, to be written again when rejected.
    """

    line: int
    told: dict[str, Any]
    body: dict[str, Any] | None = None
    reference: str | None = None
    fault: str | None = None


def _yes(text: str) -> bool:
    if text.casefold() in ("yes", "true", "1", "是"):
        return True
    if text.casefold() in ("no", "false", "0", "否"):
        return False
    raise ValueError("must be yes or no")


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise ValueError("must be a whole number")
    return int(text)


def _minor(text: str) -> int:
    """Return an amount such as 3299 or 3299.00 in minor units."""
    try:
        amount = Decimal(text) * 100 if text.isascii() and text[:1].isdigit() else Decimal("NaN")
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or amount != int(amount):
        raise ValueError("must be an amount such as 3299.00")
    return int(amount)


# Each column, where its value belongs in the body of POST /complaints, and how it is read. A whole number in a path is
# a place in a list.
Reader = Callable[[str], Any]
COLUMNS: dict[str, tuple[tuple[str | int, ...], Reader]] = {
    "narrative": (("narrative",), str),
    "language": (("language",), str),
    "anomaly": (("anomaly",), str),
    "danger": (("danger",), _yes),
    "name": (("complainant", "name"), str),
    "phone": (("complainant", "phone"), str),
    "email": (("complainant", "email"), str),
    "contact_by": (("complainant", "contact_by"), str),
    "hours": (("complainant", "hours"), str),
    "on_behalf_of": (("complainant", "on_behalf_of"), str),
    "respondent": (("respondent", "name"), str),
    "respondent_id": (("respondent", "organisation_id"), _whole),
    "order_id": (("order", "id"), str),
    "category": (("order", "category"), str),
    "goods_total": (("order", "goods_total_minor"), _minor),
    "currency": (("order", "currency"), str),
    "submitted_at": (("order", "submitted_at"), str),
    "delivered_at": (("order", "delivered_at"), str),
    "received_at": (("order", "received_at"), str),
    "remedy": (("remedies_sought", 0, "kind"), str),
    "amount": (("remedies_sought", 0, "amount", "amount_minor"), _minor),
    "remedy_note": (("remedies_sought", 0, "note"), str),
}
KNOWN = {*COLUMNS, REFERENCE, *OURS}


def read_table(text: TextIO) -> Iterator[Row]:
    """Yield the rows of a CSV table with a line of headings, or raise TableRefused for one without the narratives."""
    lines = csv.reader(text)
    headings = _headings(lines)
    while True:
        line = lines.line_num + 1
        try:
            cells = next(lines)
        except StopIteration:
            return
        except csv.Error as error:
            yield Row(line, {}, fault=f"cannot be read as CSV: {error}")
            continue
        if any(cell.strip() for cell in cells):
            yield _row(line, headings, cells)


def _headings(lines: Iterator[list[str]]) -> list[str]:
    try:
        headings = [cell.strip() for cell in next(lines, [])]
    except csv.Error as error:
        raise TableRefused(f"is no CSV table: {error}") from error
    if unknown := [each for each in headings if each not in KNOWN]:
        raise TableRefused(f"has columns that are not known: {', '.join(unknown)[:200]}. Known: {', '.join(COLUMNS)}")
    if doubled := sorted({each for each in headings if headings.count(each) > 1}):
        raise TableRefused(f"has a column twice: {', '.join(doubled)}")
    if "narrative" not in headings:
        raise TableRefused("has no column narrative")
    return headings


def _row(line: int, headings: list[str], cells: list[str]) -> Row:
    told = dict(zip(headings, cells, strict=False))
    if len(cells) > len(headings):
        return Row(line, told, fault="has more cells than the table has columns")
    filled = {name: plain(cell).strip() for name, cell in told.items() if cell.strip()}
    body: dict[str, Any] = {}
    for name, (path, read) in COLUMNS.items():
        if name in filled:
            try:
                _put(body, path, read(filled[name]))
            except ValueError as error:
                return Row(line, told, fault=f"{name}: {error}")
    for remedy in body.get("remedies_sought", ()):
        if "amount" in remedy:
            remedy["amount"]["currency"] = filled.get("currency", "CNY")
    return Row(line, told, body, filled.get(REFERENCE))


def _put(body: Any, path: tuple[str | int, ...], value: Any) -> None:
    """Put `value` at its place, making what lies between."""
    step, *rest = path
    if not rest:
        body[step] = value
        return
    if isinstance(step, int):
        body.extend({} for _ in range(step + 1 - len(body)))
    else:
        body.setdefault(step, [] if isinstance(rest[0], int) else {})
    _put(body[step], tuple(rest), value)


def read_lines(text: TextIO, loads: Callable[[str], Any]) -> Iterator[Row]:
    """Yield the rows of a file with one JSON object a line: each the body of POST /complaints, and a reference."""
    line = 0
    while raw := text.readline(LONGEST_LINE + 1):
        line += 1
        if len(raw) > LONGEST_LINE and not raw.endswith("\n"):
            while (more := text.readline(LONGEST_LINE)) and not more.endswith("\n"):
                pass
            yield Row(line, {"text": raw[:200]}, fault=f"is longer than {LONGEST_LINE} characters")
        elif raw.strip():
            yield _object(line, raw, loads)


def _object(line: int, raw: str, loads: Callable[[str], Any]) -> Row:
    try:
        value = loads(raw)
    except (ValueError, RecursionError) as error:
        return Row(line, {"text": raw.rstrip("\n")}, fault=f"is no JSON: {error}")
    if not isinstance(value, dict):
        return Row(line, {"text": raw.rstrip("\n")}, fault="is no JSON object")
    body = {name: each for name, each in value.items() if name not in (REFERENCE, *OURS)}
    reference = value.get(REFERENCE)
    if reference is not None and not isinstance(reference, str):
        return Row(line, value, fault="reference: must be text")
    return Row(line, value, body, reference)


def open_text(file: Path, encoding: str) -> TextIO:
    """Open a table for reading; a byte order mark is passed over."""
    return file.open(encoding="utf-8-sig" if encoding.replace("-", "").casefold() == "utf8" else encoding, newline="")
