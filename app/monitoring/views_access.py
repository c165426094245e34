"""Who saw which case when, and why people were looked up: for the supervisor."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template, request

from app.accounts import queries_watch
from app.accounts.models_watch import ReasonFor
from app.cases import queries_seen
from app.cases.models_seen import Door
from app.core.contact import email_address
from app.core.ids import read_case_number
from app.web.filters import DEFAULT_ZONE
from app.web.guards import requires
from app.web.i18n import language
from workflows.procedure.authority import Permission
from workflows.procedure.names import names

access_log = Blueprint("access_log", __name__, url_prefix="/watch")
BLUEPRINTS = (access_log,)
Kind = TypeVar("Kind", bound=StrEnum)


@access_log.get("/access")
@requires(Permission.ACCESS_READ)
def access() -> str:
    """Show who saw which case, newest first, filtered by case, person, way and day."""
    typed = {name: request.args.get(name, "").strip()[:254] for name in ("case", "person", "door", "day")}
    since = _day(typed["day"])
    wanted = queries_seen.Wanted(
        number=_asked(typed["case"], read_case_number(typed["case"])),
        email=_asked(typed["person"], email_address(typed["person"])),
        door=_one_of(Door, typed["door"]),
        since=since,
        until=since + timedelta(days=1) if since else None,
    )
    page = queries_seen.page(wanted, cursor=request.args.get("cursor"))
    return render_template("monitoring/access.html", rows=page.items, next_cursor=page.next, typed=typed)


@access_log.get("/reasons")
@requires(Permission.ACCESS_READ)
def reasons() -> str:
    """Show why people were looked up, data taken out, kept messages read."""
    typed = {name: request.args.get(name, "").strip()[:254] for name in ("kind", "person")}
    kind, email = _one_of(ReasonFor, typed["kind"]), _asked(typed["person"], email_address(typed["person"]))
    page = queries_watch.reasons(kind=kind, email=email, cursor=request.args.get("cursor"))
    words = names("lookup_reason", language())
    shown = {"next_cursor": page.next, "typed": typed, "reason_names": words}
    return render_template("monitoring/reasons.html", rows=page.items, **shown)


def _asked(typed: str, read: str | None) -> str | None:
    """Return what to look for; what cannot be read finds nothing rather than everything."""
    return read or typed or None


def _one_of(kind: type[Kind], typed: str) -> Kind | None:
    return kind(typed) if typed in set(kind) else None


def _day(typed: str) -> datetime | None:
    """Return when the day begins here, or None for what is no day."""
    try:
        day = date.fromisoformat(typed) if typed.isascii() else None
    except ValueError:
        return None
    return datetime.combine(day, time(), ZoneInfo(DEFAULT_ZONE)) if day and 2000 < day.year < 2200 else None
