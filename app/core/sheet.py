"""Rows for spreadsheets: CSV whose cells no spreadsheet takes for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r")
BYTE_ORDER_MARK = "\ufeff"  # without it, spreadsheets read Chinese as something else


def lines(rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """Yield the CSV lines of `rows`, one at a time, so that large tables can be streamed."""
    yield BYTE_ORDER_MARK
    for row in rows:
        line = io.StringIO()
        csv.writer(line).writerow([cell(value) for value in row])
        yield line.getvalue()


def cell(value: Any) -> str:
    """Return what stands in a cell; a text that a spreadsheet would calculate is quoted by an apostrophe."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(STARTS_FORMULA) else text


def plain(text: str) -> str:
    """Return what `cell` was given: the text without the apostrophe that kept it from being calculated."""
    return text[1:] if text[:1] == "'" and text[1:].startswith(STARTS_FORMULA) else text
