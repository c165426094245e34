"""How templates write instants, days, money and the procedure's words, in the reader's language."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from flask import Flask, g

from app.core.languages import BABEL, segment
from app.core.money import written
from app.core.text import made_visible
from app.web.i18n import language
from workflows.procedure import names
from workflows.regulation import book
from workflows.regulation.text import Text3

DEFAULT_ZONE = "Asia/Shanghai"
INSTANT = {"zh-Hans": "y年M月d日 HH:mm", "zh-Hant": "y年M月d日 HH:mm", "en": "d MMM y, HH:mm"}
DAY = {"zh-Hans": "y年M月d日", "zh-Hant": "y年M月d日", "en": "d MMM y"}


def zone() -> ZoneInfo:
    """Return the zone in which this page writes its times: the case's, or the default."""
    return ZoneInfo(g.get("zone") or DEFAULT_ZONE)


def instant(value: datetime | None, *, with_zone: bool = True) -> str:
    """Return the local date and time, with the zone's offset."""
    if value is None:
        return ""
    local = value.astimezone(zone())
    words = format_datetime(local, INSTANT[language()], locale=BABEL[language()])
    offset = local.strftime("%z")
    return (
        f"{words} (UTC{offset[0]}{int(offset[1:3])}{':' + offset[3:] if offset[3:] != '00' else ''})"
        if with_zone
        else words
    )


def day(value: datetime | None) -> str:
    """Return the local date."""
    return "" if value is None else local_day(value.astimezone(zone()).date())


def local_day(value: date) -> str:
    """Return a civil day in the reader's language."""
    return format_date(value, DAY[language()], locale=BABEL[language()])


def money(amount_minor: int | None, currency: str = "CNY") -> str:
    """Return an amount given in minor units: ¥3,299.00."""
    return "" if amount_minor is None else written(amount_minor, currency, language())


def named(key: str | None, group: str) -> str:
    """Return what the procedure's word is called: `{{ case.state | named("state") }}`."""
    return names.name(group, key, language()) if key else ""


def law(key: str | None, group: str) -> str:
    """Return the rulebook's name of an anomaly, party_kind, remedy_kind or plan."""
    if not key:
        return ""
    return str(getattr(book.current(), group)(key).name.in_(language()))


def in_language(text: Text3, tag: str | None = None) -> str:
    """Return a text of the rulebook in the reader's language."""
    return text.in_(tag or language())


def clause_url(clause: str) -> str:
    """Return where the public reads a clause."""
    return f"/{segment(language())}/rules#{clause.replace('.', '-')}"


def file_size(size: int) -> str:
    """Return a file's size as people read it: 640 KB, 2.1 MB."""
    return f"{size / 1024**2:.1f} MB" if size >= 1024**2 else f"{max(size // 1024, 1)} KB"


def shown(value: Any) -> Any:
    """Return what an expression in a template prints: plain text without hidden tricks; markup is ours already."""
    if type(value) is str and not value.isascii():
        return made_visible(value)
    return value


def install(app: Flask) -> None:
    """Add the filters."""
    for filter_ in (instant, day, local_day, money, named, law, in_language, clause_url, file_size):
        app.jinja_env.filters[filter_.__name__] = filter_
    app.jinja_env.finalize = shown
    app.jinja_env.globals["book"] = book.current
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
