"""The open figures as a page, as a table to keep, and over the API."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, redirect, render_template, url_for
from msgspec.structs import asdict
from werkzeug.wrappers import Response as Answer

from app.core import clock, sheet
from app.register import figures
from app.web.api import answer, api_blueprint, operation
from app.web.guards import open_to_all
from app.web.i18n import public
from app.web.limits import often

stats = public(Blueprint("figures", __name__))
stats_door = Blueprint("figures_door", __name__)
api = api_blueprint("figures")
BLUEPRINTS = (stats, stats_door, api)
FRESH_S = 60
WHOLE = {"type": "integer", "minimum": 0}
SHOWN: dict[str, Any] = {
    "type": "object",
    "required": ["as_of", "months", "limits"],
    "properties": {
        "as_of": {"type": "string", "format": "date-time"},
        "months": {"type": "array", "items": {"type": "object"}},
        "limits": {"type": "array", "items": {"type": "object"}},
    },
}


@stats_door.get("/stats")
@open_to_all
def door() -> Answer:
    """Lead to the page in the reader's language."""
    return redirect(url_for("figures.page"), code=302)


@stats.get("/stats")
@open_to_all
@often("figures")
def page() -> Response:
    """Show the figures."""
    months, limits = figures.months(clock.now()), figures.limits()
    most = max((month.received for month in months), default=0) or 1
    return _fresh(Response(render_template("register/figures.html", months=months, limits=limits, most=most)))


@stats.get("/stats.csv")
@open_to_all
@often("figures")
def table() -> Response:
    """Return the limits as a table."""
    columns = ("clause", "kind", "organisation_kind", "kept", "missed", "open")
    rows = [[getattr(limit, column) for column in columns] for limit in figures.limits()]
    headers = {"Content-Disposition": "attachment; filename=heng-limits.csv"}
    return _fresh(Response("".join(sheet.lines([columns, *rows])), mimetype="text/csv", headers=headers))


@api.get("/stats")
@open_to_all
@operation("The open figures: complaints by month, limits kept and missed by clause", tag="register", answer=SHOWN,
           signed_in=False)  # fmt: skip
def shown() -> Response:
    """Return the figures."""
    now = clock.now()
    months = [asdict(month) for month in figures.months(now)]
    limits = [asdict(limit) for limit in figures.limits()]
    return _fresh(answer({"as_of": now.isoformat(), "months": months, "limits": limits}))


def _fresh(response: Response) -> Response:
    """Let caches keep the figures for a minute: they are the same for everybody."""
    response.headers["Cache-Control"] = f"public, max-age={FRESH_S}"
    return response
