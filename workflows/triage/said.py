"""What a complaint says beside the anomaly: which remedies it asks for, which sums and days it names."""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict

from workflows.triage.features import Text
from workflows.triage.passages import OWN, QUOTED, readable

MOST = 12
_NUMBER = r"(\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?|\d+(?:\.\d{1,2})?)"
_CURRENCIES = {
    "CNY": "rmb cny ¥ ￥ 元 块 块钱 人民币 yuan", "HKD": "hk$ hkd 港币 港元 蚊", "TWD": "nt$ ntd twd 台币 新台币",
    "USD": "us$ usd $ 美元 dollar dollars bucks", "GBP": "£ gbp 英镑 pound pounds quid", "EUR": "€ eur 欧元 euro euros",
    "INR": "rs rs. inr rupee rupees",
}  # fmt: skip
_OF_SIGN = {sign: currency for currency, signs in _CURRENCIES.items() for sign in signs.split()}
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_CLAUSE = re.compile(r"[^,。;!?\n]+")


@cache
def _day() -> re.Pattern[str]:
    return re.compile(
        r"(?:19|20)\d\d[年./-]\d{1,2}[月./-]\d{1,2}日?|\d{1,2}月\d{1,2}(?:日|号)?|(?<![\d月])\d{1,2}(?:日|号)(?![线楼店码机])"
        r"|(?<![\d./])\d{1,2}/\d{1,2}(?:/\d{2,4})?(?![\d./])|\bon the \d{1,2}(?:st|nd|rd|th)\b"
        rf"|\b\d{{1,2}}(?:st|nd|rd|th)?(?: of)? (?:{_MONTHS})[a-z]*\b|\b(?:{_MONTHS})[a-z]* \d{{1,2}}(?:st|nd|rd|th)?\b"
        r"|今天|昨天|前天|明天|上周|上个月|双十一|\b(?:yesterday|today|tomorrow|last (?:week|month))\b"
    )


@cache
def _sum() -> re.Pattern[str]:
    return re.compile(
        rf"(?P<sign>hk\$|nt\$|us\$|rmb|hkd|ntd|twd|usd|cny|gbp|eur|inr|rs\.?|[$£€¥￥])\s?{_NUMBER}"
        rf"|{_NUMBER}\s?(?P<word>元|块钱?|人民币|港币|港元|台币|新台币|美元|欧元|英镑|蚊|rmb|yuan|dollars?|bucks|pounds?|quid|euros?|rupees?|hkd|ntd|usd|gbp|eur|inr)"
    )


class Words(Struct, frozen=True):
    """Words of the original at `start` to `end`, and what they mean: a currency and minor units for a sum."""

    start: int
    end: int
    text: str
    currency: str | None = None
    amount_minor: int | None = None


class Said(Struct, frozen=True):
    """What is asked for (remedy kinds of the rulebook), and the sums and days that are named."""

    asked_for: tuple[str, ...]
    amounts: tuple[Words, ...]
    dates: tuple[Words, ...]

    def to_json(self) -> dict[str, Any]:
        """Return it as `/classify` shows it."""
        return {
            "asked_for": list(self.asked_for),
            "amounts": [asdict(words) for words in self.amounts],
            "dates": [{"start": words.start, "end": words.end, "text": words.text} for words in self.dates],
        }


def said(text: Text) -> Said:
    """Return what the writer and those quoted name, and what the writer asks for."""
    named = readable(text.folded.text, text.parts, OWN, QUOTED)
    return Said(_asked_for(text), tuple(_sums(text, named))[:MOST], tuple(_days(text, named))[:MOST])


def _asked_for(text: Text) -> tuple[str, ...]:
    if text.family is None:
        return ()
    asking, refused, remedies = _patterns(text.family)
    found: dict[str, None] = {}
    for part in text.sentences:
        for clause in _CLAUSE.findall(text.own[part.start : part.end]):
            if asking.search(clause) and not refused.search(clause):
                found |= dict.fromkeys(kind for kind, pattern in remedies.items() if pattern.search(clause))
    return tuple(found)


def _sums(text: Text, named: str) -> Iterator[Words]:
    for match in _sum().finditer(named):
        digits = next(group for group in (match.group(2), match.group(3)) if group)
        currency = _OF_SIGN.get(match.group("sign") or match.group("word") or "")
        yield _words(text, match, currency, round(float(digits.replace(",", "")) * 100))


def _days(text: Text, named: str) -> Iterator[Words]:
    for match in _day().finditer(named):
        yield _words(text, match)


def _words(text: Text, match: re.Match[str], currency: str | None = None, minor: int | None = None) -> Words:
    start, end = text.folded.span(match.start(), match.end())
    return Words(start, end, text.original[start:end], currency, minor)


@cache
def _patterns(family: str) -> tuple[re.Pattern[str], re.Pattern[str], dict[str, re.Pattern[str]]]:
    table = tomllib.loads(files(__package__).joinpath("data/said.toml").read_text("utf-8"))
    which = ("zh", "en").index(family)
    remedies = {kind: re.compile(patterns[which]) for kind, patterns in table["remedy"].items()}
    return re.compile(table["asking"][which]), re.compile(table["refused"][which]), remedies
