"""Order facts in a file from a shop's system: JSON as in `POST /checks`, or a CSV table with one fact or event a row.

The table has the columns `name, value, at, actor, details`. A fact has a name and a value (`received_at`,
`payment.forced`, `listing.origin`); an event has its type as name, its time, who did it, and further facts in
`details` as `kind=quality; reason=…`. Lists are parted by semicolons; a cell that is empty is not known.
"""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from msgspec import Struct, field

from workflows.procedure.checks.facts import EVENT_FIELDS, REQUEST_SCHEMA, CheckRequest, FactError, FactsError

COLUMNS = ("name", "value", "at", "actor", "details")
LARGEST = 256 * 1024  # bytes
MOST_ROWS = 1_000
TRUE, FALSE = frozenset({"true", "yes", "1", "是"}), frozenset({"false", "no", "0", "否"})


class Mistake(Struct, frozen=True):
    """What is wrong in a file: the row (from 1, None where it is the whole file), where in it, and a code."""

    row: int | None
    where: str
    code: str
    params: dict[str, Any] = field(default_factory=dict)


class SheetRefused(Exception):
    """A file holds no order facts that can be read; `mistakes` names everything that is wrong."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        self.mistakes = mistakes
        super().__init__("; ".join(f"{each.row}: {each.where}: {each.code}" for each in mistakes))


def document(content: bytes) -> dict[str, Any]:
    """Return the facts in a file as the JSON of `POST /checks`, checked. Raises: SheetRefused with every mistake."""
    if len(content) > LARGEST:
        raise SheetRefused([Mistake(None, "", "file_too_large", {"limit": LARGEST / 1024**2})])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SheetRefused([Mistake(None, "", "not_utf8")]) from None
    rows: dict[str, int] = {}
    read = _json(text) if text.lstrip()[:1] in ("{", "[") else _table(text, rows)
    try:
        CheckRequest.from_json(read)
    except FactsError as refused:
        raise SheetRefused([_placed(each, rows) for each in refused.errors]) from None
    if not read.get("order") and not read.get("events"):
        raise SheetRefused([Mistake(None, "", "no_facts")])
    return read


def _json(text: str) -> dict[str, Any]:
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        raise SheetRefused([Mistake(None, "", "not_json")]) from None
    if not isinstance(read, dict):
        raise SheetRefused([Mistake(None, "", "not_an_object")])
    return read


def _table(text: str, rows: dict[str, int]) -> dict[str, Any]:
    """Return the document in a table, and in `rows` the row from which each pointer came."""
    read: dict[str, Any] = {"order": {}, "events": []}
    mistakes: list[Mistake] = []
    for number, row in _rows(text):
        name = row["name"]
        if name in EVENT_FIELDS:
            rows[f"/events/{len(read['events'])}"] = number
            read["events"].append(_event(row))
        elif name in ("complaint_at", "time_zone"):
            rows[f"/{name}"] = number
            read[name] = row["value"] or None
        elif _put(read["order"], name, row["value"]):
            rows["/order/" + name.replace(".", "/")] = number
        else:
            mistakes.append(Mistake(number, name, "unknown_fact"))
    if mistakes:
        raise SheetRefused(mistakes)
    return read


def _rows(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        table = list(csv.reader(io.StringIO(text), strict=True))
    except csv.Error:
        raise SheetRefused([Mistake(None, "", "not_a_table")]) from None
    head = [cell.strip().casefold() for cell in table[0]] if table else []
    if "name" not in head or not set(head) <= set(COLUMNS):
        raise SheetRefused([Mistake(1, ", ".join(COLUMNS), "columns")])
    if len(table) > MOST_ROWS:
        raise SheetRefused([Mistake(None, "", "too_many_rows", {"most": MOST_ROWS})])
    for number, cells in enumerate(table[1:], start=2):
        if any(cell.strip() for cell in cells):
            row = dict.fromkeys(COLUMNS, "") | {name: cell.strip() for name, cell in zip(head, cells, strict=False)}
            yield number, row


def _event(row: dict[str, str]) -> dict[str, Any]:
    """Return an event; its own facts stand in `details`, or in `value` as its amount."""
    own = EVENT_FIELDS[row["name"]]
    read: dict[str, Any] = {"type": row["name"], "at": row["at"] or None, "actor": row["actor"] or None}
    for part in filter(None, (each.strip() for each in row["details"].split(";"))):
        name, _, value = part.partition("=")
        kind = own[name.strip()].schema if name.strip() in own else {"type": "string"}
        read[name.strip()] = _value(value.strip(), kind)
    if row["value"]:
        read["amount_minor"] = _value(row["value"], {"type": "integer"})
    return read


def _put(order: dict[str, Any], name: str, value: str) -> bool:
    """Put one fact of the order where it belongs; False where the order knows no such fact."""
    schema = _one_of(REQUEST_SCHEMA["properties"]["order"])
    *outer, last = name.split(".")
    for step in outer:
        if step not in schema.get("properties", {}):
            return False
        schema = _one_of(schema["properties"][step])
        order = order.setdefault(step, {})
    kinds = schema.get("properties")
    if kinds is None and outer:  # a listing takes any name
        order[last] = value or None
        return True
    if kinds is None or last not in kinds:
        return False
    order[last] = _value(value, _one_of(kinds[last]))
    return True


def _one_of(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of the value where it is not null."""
    found: dict[str, Any] = schema["anyOf"][0] if "anyOf" in schema else schema
    return found


def _value(cell: str, schema: dict[str, Any]) -> Any:
    """Return what a cell holds; what is of the wrong kind stays as it is, so that the facts' own check tells it."""
    plain = cell.casefold()
    match schema.get("type"):
        case _ if not cell:
            return None
        case "integer" if cell.isascii() and cell.isdigit() and len(cell) < 17:
            return int(cell)
        case "boolean" if plain in TRUE | FALSE:
            return plain in TRUE
        case "array":
            return [each.strip() for each in cell.split(";") if each.strip()]
    return cell


def _placed(error: FactError, rows: dict[str, int]) -> Mistake:
    """Return a mistake with the row from which it came; the longest pointer that is known tells it."""
    known = max((pointer for pointer in rows if error.pointer.startswith(pointer)), key=len, default="")
    return Mistake(rows.get(known), error.pointer.strip("/").replace("/", "."), error.code, error.params)


EXAMPLE_WORDS = {
    "zh-Hans": ("杭州", "已过退货期"), "zh-Hant": ("杭州", "已過退貨期"), "en": ("Hangzhou", "the time is over"),
}  # fmt: skip


def example(language: str) -> list[tuple[str, ...]]:
    """Return a table to start from: every column, a few facts and events, its words in `language`."""
    origin, reason = EXAMPLE_WORDS[language]
    return [
        COLUMNS,
        ("id", "O-1", "", "", ""),
        ("category", "apparel", "", "", ""),
        ("submitted_at", "2026-06-01T10:00:00+08:00", "", "", ""),
        ("received_at", "2026-06-03T15:00:00+08:00", "", "", ""),
        ("goods_total_minor", "19900", "", "", ""),
        ("goods_intact", "yes", "", "", ""),
        ("packaging_complete", "yes", "", "", ""),
        ("listing.origin", origin, "", "", ""),
        ("return_requested", "", "2026-06-05T09:00:00+08:00", "consumer", "kind=no_reason"),
        ("return_rejected", "", "2026-06-05T18:00:00+08:00", "merchant", f"reason={reason}"),
        ("freight_charged", "1200", "2026-06-06T09:00:00+08:00", "merchant", "kind=return; payer=consumer"),
        ("complaint_at", "2026-06-07T09:00:00+08:00", "", "", ""),
    ]
