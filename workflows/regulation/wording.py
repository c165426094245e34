"""Instants, lengths of time, sums and lists in the words of each language."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal

from workflows.regulation.entries import Figure
from workflows.regulation.text import Text3

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
UNITS = {
    "minute": Text3("{} 分鐘", "{} 分钟", "{} minute"),
    "hour": Text3("{} 小時", "{} 小时", "{} hour"),
    "day": Text3("{} 天", "{} 天", "{} day"),
    "civil_day": Text3("{} 天", "{} 天", "{} day"),
    "percent": Text3("{} %", "{} %", "{} %"),
    "count": Text3("{}", "{}", "{}"),
}
COUNTED = frozenset({"minute", "hour", "day", "civil_day"})
# Currencies whose minor unit is not a hundredth.
MINOR_DIGITS = {"JPY": 0, "KRW": 0, "VND": 0, "KWD": 3, "BHD": 3}


def day(on: date) -> Text3:
    """Return a civil day: "2026年1月31日", "31 January 2026"."""
    chinese = f"{on.year}年{on.month}月{on.day}日"
    return Text3(chinese, chinese, f"{on.day} {MONTHS[on.month - 1]} {on.year}")


def moment(at: datetime, zone: tzinfo) -> Text3:
    """Return an instant as clocks in the zone show it, with seconds only where they are not zero."""
    local = at.astimezone(zone)
    time = f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"
    return _timed(local.date(), time)


def end_of(on: date) -> Text3:
    """Return the end of a civil day, 24:00."""
    return _timed(on, "24:00")


def _timed(on: date, time: str) -> Text3:
    words = day(on)
    return Text3(f"{words.zh_hant} {time}", f"{words.zh_hans} {time}", f"{words.en} at {time}")


def quantity(count: int, unit: str) -> Text3:
    """Return a number with its unit: "2 小時", "2 hours"."""
    words = UNITS[unit]
    many = "s" if unit in COUNTED and count != 1 else ""
    return Text3(words.zh_hant.format(count), words.zh_hans.format(count), words.en.format(count) + many)


def figure(limit: Figure) -> Text3:
    """Return the number of a figure with its unit."""
    return quantity(limit.value, limit.unit)


def length(time: timedelta) -> Text3:
    """Return an elapsed time in its two largest units, rounded down to the minute; under a minute in seconds."""
    seconds = int(abs(time).total_seconds())
    if seconds < 60:
        return Text3(f"{seconds} 秒", f"{seconds} 秒", f"{seconds} second" + ("" if seconds == 1 else "s"))
    minutes = seconds // 60
    counts = (("day", minutes // 1440), ("hour", minutes // 60 % 24), ("minute", minutes % 60))
    first = next(place for place, (_, count) in enumerate(counts) if count)
    pieces = [quantity(count, unit) for unit, count in counts[first : first + 2] if count]
    return Text3(
        " ".join(piece.zh_hant for piece in pieces),
        " ".join(piece.zh_hans for piece in pieces),
        " ".join(piece.en for piece in pieces),
    )


def money(amount_minor: int, currency: str) -> Text3:
    """Return a sum: "CNY 1,234.50" in every language."""
    digits = MINOR_DIGITS.get(currency, 2)
    words = f"{currency} {Decimal(amount_minor).scaleb(-digits):,.{digits}f}"
    return Text3(words, words, words)


def listing(names: Iterable[Text3]) -> Text3:
    """Return names one after the other, as each language lists them."""
    every = tuple(names)
    chinese = "、"
    english = [name.en for name in every]
    joined = english[0] if len(english) == 1 else ", ".join(english[:-1]) + f" and {english[-1]}" if english else ""
    return Text3(chinese.join(name.zh_hant for name in every), chinese.join(name.zh_hans for name in every), joined)
