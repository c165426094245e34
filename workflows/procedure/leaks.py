"""The leak gate: what in a text that is to be published would tell who the parties are.

Pure. Names are found however they are spaced, in wide letters, in either Chinese script, and with a title; contacts,
long numbers and addresses by their form, whoever's they are. Source: clause 2.2.4.4 (outcomes are published).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from functools import cache, lru_cache
from typing import Any

from msgspec import Struct

from workflows.procedure.copying import copied, runs_of
from workflows.procedure.initials import ANY, initials


class Hint(StrEnum):
    """Whom or what a leak points to."""

    CONSUMER = "consumer"
    RESPONDENT = "respondent"
    CONTACT = "contact"
    NUMBER = "number"
    ADDRESS = "address"
    AMOUNT = "amount"
    OWN_WORDS = "own_words"


class Marks(Struct, frozen=True, kw_only=True):
    """What is known of the parties of a case: names, numbers (telephones, orders, accounts), sums in minor units.

    `texts` are what they wrote themselves; a run of RUN letters copied from it lets anyone find its author.
    """

    consumer: tuple[str, ...] = ()
    respondent: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    amounts: tuple[int, ...] = ()
    texts: tuple[str, ...] = ()


class Leak(Struct, frozen=True):
    """A place in a text, from `start` to before `end`."""

    start: int
    end: int
    text: str
    hint: Hint


_HAN = r"\u3400-\u9fff"
_TITLES = "先生|女士|小姐|太太|夫人|同学|老师"
_VEILED = r"某{1,2}|[○〇×＊*]{1,2}"  # an initial is half a name
_GAP = r"[\s\u200b-\u200d\u2060·・•.,_*/-]*"
_APP = r"(?:微信|支付宝|账号|账户|(?<![A-Za-z])(?:QQ|WeChat|LINE|Alipay)(?![a-z]))"
_STREET = "(?:Street|St|Road|Rd|Avenue|Ave|Lane|Drive)"
_COMPANY = re.compile(
    r"(官方|品牌)?(旗舰店|专营店|专卖店|企业店|直营店|网店|商城|有限责任公司|股份有限公司|有限公司|集团|公司|店)$"
    r"|[\s,]+(co|ltd|inc|llc|limited|company|store|shop|official)\.?$",
    re.IGNORECASE,
)
_FORMS = (
    (Hint.CONTACT, r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+"),
    (Hint.CONTACT, r"(?i:https?://|www\.)[^\s\u3000-\u9fff\uff00-\uffef]+"),
    (Hint.CONTACT, r"(?<!\d)(?:\+?86[ -]?)?1[3-9]\d(?:[ -]?\d{4}){2}(?!\d)"),
    (Hint.CONTACT, r"(?<![\d.])\+?(?:852|853)[ -]?\d{4}[ -]?\d{4}(?!\d)"),
    (Hint.CONTACT, r"(?<![\d.])(?:\+?886[ -]?|0)9\d{2}[ -]?\d{3}[ -]?\d{3}(?!\d)"),
    (Hint.CONTACT, r"(?<![\d.])\(?0\d{1,3}\)?[ -]\d{3,4}[ -]?\d{4}(?!\d)"),
    (Hint.CONTACT, rf"(?i:{_APP}{{1,2}}(?:号|\s?ID)?)[:：\s]*(?=[\w.@-]{{0,40}}[\d_])[A-Za-z0-9_.@-]{{5,}}"),
    (Hint.NUMBER, r"(?<![\d.,])(?:\d{4}[ -]){3}\d{3,4}(?:[ -]?\d{1,4})?(?!\d)"),
    (Hint.NUMBER, r"(?<![\dA-Za-z.,])[A-Za-z]{0,4}-?\d{9,}[Xx]?(?![\d,]{0,20}\.\d)(?!\d)"),
    (Hint.ADDRESS, rf"[{_HAN}\d]{{2,12}}(?:路|街|巷|弄|胡同|大道)[{_HAN}\d-]{{0,8}}?\d{{1,5}}(?:号|弄)"),
    (Hint.ADDRESS, r"(?<!\d)\d{1,5}(?:号楼|栋|幢|单元|座)[\dA-Z-]{0,8}室?|(?<![第\d])\d{3,4}室"),
    (Hint.ADDRESS, rf"(?<!\d)\d{{1,5}}[A-Z]?,?(?:\s[A-Z][\w']+){{1,3}}\s{_STREET}\b"),
)


def leaks(text: str, marks: Marks) -> list[Leak]:
    """Return what would tell who the parties are, in the order of the text; overlapping finds are one."""
    folded = _folded(text)
    found = [(hint, match.span()) for hint, pattern in _patterns(marks) for match in pattern.finditer(folded)]
    found += [(Hint.OWN_WORDS, span) for span in copied(folded, _own_runs(marks.texts))]
    joined: list[Leak] = []
    for hint, (start, end) in sorted(found, key=lambda each: (each[1][0], -each[1][1])):
        if joined and (start < joined[-1].end or (start, hint) == (joined[-1].end, joined[-1].hint)):
            first = joined.pop()
            start, end, hint = first.start, max(end, first.end), first.hint
        joined.append(Leak(start, end, text[start:end], hint))
    return joined


@lru_cache(maxsize=8)
def _own_runs(texts: tuple[str, ...]) -> frozenset[str]:
    return runs_of(map(_folded, texts))


def redacted(text: str, marks: Marks, instead: Callable[[Leak], str]) -> str:
    """Return the text with each leak replaced by what `instead` says; the leak's own text leaves it as it is."""
    for leak in reversed(leaks(text, marks)):
        text = text[: leak.start] + instead(leak) + text[leak.end :]
    return text


def _patterns(marks: Marks) -> Iterator[tuple[Hint, re.Pattern[str]]]:
    for hint, names in ((Hint.CONSUMER, marks.consumer), (Hint.RESPONDENT, marks.respondent)):
        for each in sorted(_called(names, company=hint is Hint.RESPONDENT), key=len, reverse=True):
            yield hint, re.compile(each, re.IGNORECASE)
    for number in marks.numbers:
        if len(known := re.sub(r"\W", "", _folded(number))) >= 5:
            yield Hint.NUMBER, re.compile(rf"(?<![\dA-Za-z]){_GAP.join(known)}(?![\dA-Za-z])", re.IGNORECASE)
    for amount in marks.amounts:
        yield Hint.AMOUNT, _sum(amount)
    yield from _forms()


def _sum(minor: int) -> re.Pattern[str]:
    """Return the pattern of a sum to the cent; a small one only where a currency stands beside it."""
    whole, cents = divmod(abs(minor), 100)
    grouped = re.escape(f"{whole:,}").replace(",", ",?")
    written = rf"{grouped}(?:\.{cents:02})" + ("?" if cents == 0 else "")
    if whole < 100:
        return re.compile(rf"(?:¥|￥|CNY|RMB|人民币)\s?{written}(?![\d.,]*\d)|(?<![\d.,]){written}\s?(?:元|块|yuan)")
    return re.compile(rf"(?<![\d.,〔]){written}(?![\d]|[.,]\d|[年月日号条])")


@cache
def _forms() -> tuple[tuple[Hint, re.Pattern[str]], ...]:
    return tuple((hint, re.compile(form)) for hint, form in _FORMS)


def _called(names: Iterable[str], *, company: bool) -> set[str]:
    """Return patterns for what people with these names are called."""
    found = set()
    for name in filter(None, (_folded(name).strip() for name in names)):
        if len(name) < 2:
            continue
        found.add(_spaced(name))
        if company and len(short := _COMPANY.sub("", name).strip()) >= (3 if _is_han(short) else 4):
            found.add(_spaced(short))
        if not company and _is_han(name) and len(name) <= 4:
            family = name[: 2 if len(name) == 4 else 1]
            found |= {rf"{family}(?:{_TITLES}|{_VEILED})", rf"[小老阿]{family}(?![{_HAN}])"}
            found |= _initialled(initials(name))
        if not company and not _is_han(name) and " " in name:
            first, *_, last = map(re.escape, name.split())
            found.add(rf"\b(?:mr|mrs|ms|miss|dr)\b\.?\s+{last}\b")
            found.add(rf"\b(?:{first}\s+{last[0]}\.|{first[0]}\.\s?(?:{last}\b|{last[0]}\.))")
            found |= _initialled([part[0].upper() for part in name.split()], family=-1)
    return found


def _initialled(letters: Sequence[str], *, family: int = 0) -> set[str]:
    """Return patterns for a name of which only initials are left, in capitals: L.X.Y., LXY, L女士, Ms L."""
    found, one = set(), letters[family]
    if sum(letter != ANY for letter in letters) > 1:
        whole = r"[\s.·]{0,2}".join(letters)
        found.add(rf"(?-i:(?<![A-Za-z\d]){whole}(?![A-Za-z\d])\.?)")
    if one == ANY:
        return found
    return found | {
        rf"(?-i:(?<![A-Za-z]){one})\.?\s?(?:{_TITLES}|某{{1,2}})",
        rf"[小老阿](?-i:{one})(?![A-Za-z])",
        rf"\b(?:mr|mrs|ms|miss|dr)\b\.?\s+(?-i:{one})\b\.?",
    }


def _spaced(name: str) -> str:
    letters = _GAP.join(re.escape(letter) for letter in name if not letter.isspace())
    return letters if _is_han(name) else rf"(?<!\w){letters}(?!\w)"


def _is_han(name: str) -> bool:
    return bool(re.match(rf"[{_HAN}]", name))


def _folded(text: str) -> str:
    """Return the text in simplified Chinese and narrow letters, of the same length, so that places stay the same."""
    narrow = "".join(form if len(form := unicodedata.normalize("NFKC", letter)) == 1 else letter for letter in text)
    simple: str = _converter().convert(narrow)
    return simple if len(simple) == len(text) else narrow


@cache
def _converter() -> Any:
    from opencc import OpenCC  # loaded when a text is first checked: every process imports this module

    return OpenCC("t2s")
