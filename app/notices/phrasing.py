"""Days, hours, money and numerals as a notice prints them."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_datetime, get_timezone_name
from babel.numbers import get_currency_precision

from app.notices.facts import NoticeLanguage
from app.notices.wording import phrase

_DAY = {
    NoticeLanguage.TRADITIONAL: "y年M月d日",
    NoticeLanguage.SIMPLIFIED: "y年M月d日",
    NoticeLanguage.ENGLISH: "d\u00a0MMMM y",
}
_MOMENT = {
    NoticeLanguage.TRADITIONAL: "y年M月d日H時mm分",
    NoticeLanguage.SIMPLIFIED: "y年M月d日H时mm分",
    NoticeLanguage.ENGLISH: "d\u00a0MMMM y, HH:mm",
}
_DIGITS = "〇一二三四五六七八九"


def day(instant: datetime, language: NoticeLanguage, zone: ZoneInfo) -> str:
    """Return the local day, such as 2026年8月27日 or 27 August 2026."""
    return format_datetime(instant.astimezone(zone), _DAY[language], locale="en")


def moment(instant: datetime, language: NoticeLanguage, zone: ZoneInfo) -> str:
    """Return the local day, hour and minute, such as 2026年8月27日15时20分."""
    return format_datetime(instant.astimezone(zone), _MOMENT[language], locale="en")


def deadline(instant: datetime, language: NoticeLanguage, zone: ZoneInfo) -> str:
    """Return the last moment of a term; midnight is the end of the day before, 24时, not the start of the next."""
    local = instant.astimezone(zone)
    if (local.hour, local.minute, local.second) != (0, 0, 0):
        return moment(instant, language, zone)
    return str(phrase("end_of_day", language, day=day(instant - timedelta(seconds=1), language, zone)))


def zone_name(instant: datetime, language: NoticeLanguage, zone: ZoneInfo) -> str:
    """Return the zone with its offset at that instant, such as 中国标准时间（UTC+08:00）."""
    local = instant.astimezone(zone)
    name = get_timezone_name(local, locale=language.replace("-", "_"))
    return str(phrase("zone", language, name=name, offset=format_datetime(local, "xxx", locale="en")))


def money(minor: int, currency: str, language: NoticeLanguage) -> str:
    """Return an amount that is given in minor units, such as 人民币3,299.00元."""
    digits = get_currency_precision(currency)
    whole, part = divmod(abs(minor), 10**digits)
    amount = f"{'−' if minor < 0 else ''}{whole:,}" + (f".{part:0{digits}}" if digits else "")
    if currency == "CNY":
        return phrase("money.cny", language, amount=amount)
    return phrase("money.other", language, amount=amount, currency=currency)


def inside_a_sentence(text: str) -> str:
    """Return a heading as it stands inside a sentence; words in capitals are left alone."""
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def numeral(n: int, language: NoticeLanguage) -> str:
    """Return the number of a heading, 1 to 99: 1, 2 in English; 一, 十二, 二十 in Chinese."""
    if language is NoticeLanguage.ENGLISH:
        return str(n)
    tens, ones = divmod(n, 10)
    head = ("" if tens == 1 else _DIGITS[tens]) + "十" if tens else ""
    return head + (_DIGITS[ones] if ones else "")
