"""From facts to the document before it is set in type: the blocks of its kind, in the words of its language."""

import re
from collections.abc import Callable
from functools import cache
from itertools import count
from math import ceil
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from app.notices import phrasing
from app.notices.facts import ClockAccount, ClockOutcome, NoticeFacts, NoticeLanguage, Remedy
from app.notices.kinds import OF_THE_REGISTER, kinds
from app.notices.wording import phrase

TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "notices"
_TITLE_ROOM = {  # letters on a line, and that line's width in ems
    NoticeLanguage.TRADITIONAL: (20, 20.0),
    NoticeLanguage.SIMPLIFIED: (20, 20.0),
    NoticeLanguage.ENGLISH: (48, 26.0),
}
_SIGN_ROOM = {
    NoticeLanguage.TRADITIONAL: (13, 13.4),
    NoticeLanguage.SIMPLIFIED: (13, 13.4),
    NoticeLanguage.ENGLISH: (36, 18.6),
}
_SPACE = {NoticeLanguage.TRADITIONAL: "", NoticeLanguage.SIMPLIFIED: "", NoticeLanguage.ENGLISH: " "}
_NO_TYPE = "〓"  # what printers set where they had no type
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e0fff]"
)

_MARK = r"[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_TOWER = re.compile(f"({_MARK}{{8}}){_MARK}+")  # no language sets so many; they would be printed across other lines


def html(facts: NoticeFacts, *, lacking: str = "") -> str:
    """Return the document as HTML; characters in `lacking` become 〓."""
    return _rendered("notice.html", facts, lacking)


def sheet(facts: NoticeFacts) -> Markup:
    """Return what stands on the paper as a part of a page, for a look at it before there is any paper."""
    return Markup(_rendered("sheet.html", facts, ""))  # noqa: S704 -- our own templates, which escape # nosec B704


def _rendered(template: str, facts: NoticeFacts, lacking: str) -> str:
    unprintable = dict.fromkeys(map(ord, lacking), _NO_TYPE)
    return _templates().get_template(template).render(notice=facts, lacking=unprintable, **_words(facts))


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, finalize=_printable,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip


@pass_context
def _printable(context: Context, value: Any) -> Any:
    """Return a text as it is printed: without what turns its order round on paper, or is piled over other lines."""
    if not isinstance(value, str):
        return value
    return type(value)(_TOWER.sub(r"\1", _INVISIBLE.sub("", value)).translate(context["lacking"]))


def _words(facts: NoticeFacts) -> dict[str, Any]:
    """The functions that the templates call, bound to the notice's language and zone."""
    language, zone = facts.language, ZoneInfo(facts.time_zone)
    numbers = count(1)

    def w(key: str, **fields: object) -> Markup:
        return phrase(key, language, **fields)

    def local(write: Callable[..., str]) -> Callable[..., str]:
        return lambda instant: write(instant, language, zone)

    lines = _title_lines(facts.title.splitlines(), language)
    code = w("foot.code", code=facts.verification_code) if facts.verification_code else ""
    return {
        "w": w,
        "kind": kinds()[facts.kind],
        "introduction": _introduction(facts, w, local(phrasing.day), local(phrasing.moment), local(phrasing.zone_name)),
        "day": local(phrasing.day),
        "moment": local(phrasing.moment),
        "deadline": local(phrasing.deadline),
        "zone_name": local(phrasing.zone_name),
        "join": w("list.separator").join,
        "next_numeral": lambda: phrasing.numeral(next(numbers), language),
        "remedy_text": lambda remedy: _remedy_text(remedy, w, language, local(phrasing.deadline)),
        "clock_outcome": lambda clock: _clock_outcome(clock, w, local(phrasing.moment)),
        "document_title": _document_title(facts),
        "title_lines": [line for line, _ in lines],
        "sizes": _sizes(facts, [width for _, width in lines]),
        "foot": code or w("foot.case", case_number=facts.case_number),
        "verify_site": Markup('<span class="whole">{}</span>').format(
            facts.verify_url.partition("://")[2].rpartition("/")[0]
        ),
    }


def _introduction(
    facts: NoticeFacts, w: Callable[..., Markup], day: Callable[..., str], moment: Callable[..., str],
    zone_name: Callable[..., str],
) -> Markup:  # fmt: skip
    """Return the first sentence; what nobody may know of a case (its number) has a sentence that does without it."""
    received_at = facts.received_at or facts.issued_at
    return w(
        f"{facts.kind}.intro" if facts.case_number else f"{facts.kind}.intro.public", organ=facts.organ,
        day=day(received_at), moment=moment(received_at), as_of=moment(facts.issued_at),
        zone=zone_name(facts.issued_at), complainant=facts.complainant, respondent=facts.respondent,
        case_number=facts.case_number, anomaly=phrasing.inside_a_sentence(facts.anomaly),
    )  # fmt: skip


def _document_title(facts: NoticeFacts) -> str:
    """Return the title that stands in the file's properties: never the number of a case."""
    title = _SPACE[facts.language].join(facts.title.splitlines())
    return " ".join(filter(None, [title, facts.number if facts.kind in OF_THE_REGISTER else ""]))


def _sizes(facts: NoticeFacts, widths: list[float]) -> Markup:
    """Return the rules that fit the notice's own long names into their lines."""
    rules = [f".line-{n} {{ max-width: {width}em }}" for n, width in enumerate(widths, start=1)]
    rules.append(f".organ {{ font-size: {_organ_size(facts.organ, facts.language)}pt }}")
    rules.append(f".sign .name {{ max-width: {_width(facts.organ, *_SIGN_ROOM[facts.language])}em }}")
    return Markup("\n").join(map(Markup, rules))


def _title_lines(lines: list[str], language: NoticeLanguage) -> list[tuple[str, float]]:
    """Return the title's lines, each with its width in ems; a title that fits one line gets one."""
    whole = _SPACE[language].join(lines)
    return [
        (line, _width(line, *_TITLE_ROOM[language]))
        for line in (lines if len(whole) > _TITLE_ROOM[language][0] else [whole])
    ]


def _width(text: str, room: int, room_ems: float) -> float:
    """Return the width in ems at which a text too long for one line of `room` letters falls into equal parts."""
    parts = ceil(len(text) / room)
    return room_ems if parts <= 1 else room_ems * (ceil(len(text) / parts) / room) + 1


def _organ_size(organ: str, language: NoticeLanguage) -> float:
    """Return the size in points at which the organ's name stands on one line of 166 mm, at most 30 (English 24)."""
    most, letter = (24, 0.6) if language is NoticeLanguage.ENGLISH else (30, 1.1)
    return round(max(12, min(most, 470 / (letter * len(organ)))), 1)


def _remedy_text(
    remedy: Remedy, w: Callable[..., Markup], language: NoticeLanguage, deadline: Callable[..., str]
) -> str:
    text: str = remedy.text.rstrip("。. ")
    if remedy.party:
        text = w("remedy.who", party=remedy.party, text=text)
    aside = []
    if remedy.amount_minor is not None:
        aside.append(w("remedy.amount", amount=phrasing.money(remedy.amount_minor, remedy.currency, language)))
    if remedy.due_at:
        aside.append(w("remedy.due", moment=deadline(remedy.due_at)))
    elif remedy.within_days is not None:
        aside.append(w("remedy.within", n=remedy.within_days))
    return w("remedy.aside", text=text, aside=w("aside.separator").join(aside)) if aside else w("sentence", text=text)


def _clock_outcome(clock: ClockAccount, w: Callable[..., Markup], moment: Callable[..., str]) -> str:
    if clock.outcome is ClockOutcome.RUNNING:
        return w("clock.running")
    return w(f"clock.{clock.outcome}", moment=moment(clock.ended_at or clock.due_at))
