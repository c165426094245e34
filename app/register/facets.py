"""The facets of the register: each way to narrow the list down, with how many there are."""

from __future__ import annotations

from datetime import date
from typing import Any

from babel.dates import format_skeleton
from flask import url_for
from flask_babel import gettext as _
from msgspec import Struct
from msgspec.structs import replace

from app.core.languages import BABEL
from app.register.queries import Sought, Tally
from app.web.filters import law, named
from app.web.i18n import language
from workflows.regulation import book

QUERY = {"text": "q", "anomaly": "type", "outcome": "outcome", "rule": "rule", "month": "month"}
SHOWN = 8


class Choice(Struct, frozen=True):
    """One value of a facet; choosing the current one again takes the filter away."""

    label: str
    url: str
    count: int
    current: bool


def facets(wanted: Sought, tally: Tally) -> list[tuple[str, list[Choice]]]:
    """Return the facets that have something to choose, most frequent first (months newest first)."""
    titles = {"anomaly": _("Kind"), "outcome": _("Outcome"), "rule": _("Rule"), "month": _("Month")}
    found = []
    for name, title in titles.items():
        counts = tally.by[name]
        values = sorted(counts, reverse=True) if name == "month" else [key for key, _n in counts.most_common()]
        if values:
            found.append((title, [_choice(wanted, name, value, counts[value]) for value in values[:SHOWN]]))
    return found


def _choice(wanted: Sought, name: str, value: str, count: int) -> Choice:
    current = getattr(wanted, name) == value
    return Choice(label(name, value), link(replace(wanted, **{name: "" if current else value})), count, current)


def label(name: str, value: str) -> str:
    """Return a value of a facet in words."""
    if name == "anomaly":
        return law(value, "anomaly")
    if name == "outcome":
        return named(value, "outcome")
    if name == "rule":
        return f"{value} {book.current().clause(value).title.in_(language())}"
    year, month = map(int, value.split("-"))
    return str(format_skeleton("yMMMM", date(year, month, 1), locale=BABEL[language()]))


def link(wanted: Sought, *, cursor: str | None = None, endpoint: str = "register.decisions") -> str:
    """Return the address of a list."""
    query: dict[str, Any] = {key: value for name, key in QUERY.items() if (value := getattr(wanted, name))}
    if cursor:
        query["cursor"] = cursor
    return url_for(endpoint, **query)
