"""From facts to PDF. Only the press, a process of its own with limits, imports this module.

Fonts come from FONTCONFIG_FILE, the two pictures (code, seal) are made here, and nothing else can be fetched.
"""

import logging
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from math import ceil
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from app.notices import justify, phrasing
from app.notices.facts import ClockAccount, ClockOutcome, NoticeFacts, NoticeLanguage, Remedy
from app.notices.seal import seal_svg
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


class MissingGlyphs(Exception):
    """No font has these letters, so the text would be wrong on paper."""

    def __init__(self, characters: str) -> None:
        self.characters = characters
        super().__init__(", ".join(f"{character} (U+{ord(character):04X})" for character in characters))


class FetchRefused(FatalURLFetchingError):
    """The document asked for something that is not part of it."""


class Pictures(URLFetcher):
    """Serves the pictures made for this notice and refuses everything else, so nothing leaves the process."""

    def __init__(self, pictures: dict[str, bytes]) -> None:
        super().__init__(allowed_protocols=())
        self._pictures = pictures

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        if url not in self._pictures:
            raise FetchRefused(url)
        return URLFetcherResponse(url, self._pictures[url], {"Content-Type": "image/svg+xml"})


@dataclass(frozen=True)
class Composer:
    """What every notice shares, loaded once."""

    templates: Environment
    fonts: FontConfiguration
    style: CSS

    @classmethod
    def load(cls) -> "Composer":
        justify.install()
        templates = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            finalize=_printable,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        fonts = FontConfiguration()
        style = CSS(filename=TEMPLATES / "notice.css", font_config=fonts, url_fetcher=Pictures({}))
        return cls(templates, fonts, style)

    def compose(self, facts: NoticeFacts) -> bytes:
        """Return the PDF. Raises: MissingGlyphs, FetchRefused.

        A pictograph that no font has is set as 〓; a letter is never replaced.
        """
        try:
            return self._print(facts, lacking="")
        except MissingGlyphs as missing:
            if letters := "".join(c for c in missing.characters if unicodedata.category(c)[0] in "LMN"):
                raise MissingGlyphs(letters) from None
            return self._print(facts, lacking=missing.characters)

    def _print(self, facts: NoticeFacts, *, lacking: str) -> bytes:
        html = self.html(facts, lacking=lacking)
        with _MissingGlyphWatch() as watch:
            pdf = HTML(string=html, url_fetcher=Pictures(_pictures(facts))).write_pdf(
                stylesheets=[self.style],
                font_config=self.fonts,
                pdf_variant="pdf/ua-1",
                pdf_identifier=facts.digest,
            )
        if watch.missing:
            raise MissingGlyphs("".join(sorted(watch.missing)))
        return pdf

    def html(self, facts: NoticeFacts, *, lacking: str = "") -> str:
        """Return the document before it is set in type; characters in `lacking` become 〓."""
        template = self.templates.get_template(f"{facts.kind}.html")
        return template.render(facts=facts, lacking=dict.fromkeys(map(ord, lacking), _NO_TYPE), **_words(facts))


@pass_context
def _printable(context: Context, value: Any) -> Any:
    """Return a text as it is printed: without invisible characters, which can turn its order round on paper."""
    if not isinstance(value, str):
        return value
    return type(value)(_INVISIBLE.sub("", value).translate(context["lacking"]))


class _MissingGlyphWatch(logging.Handler):
    """Collects the characters for which the renderer found no glyph."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.missing: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        if record.msg.startswith(".notdef glyph") and isinstance(record.args, tuple):
            self.missing.add(str(record.args[0]))

    def __enter__(self) -> "_MissingGlyphWatch":
        logging.getLogger("weasyprint").addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger("weasyprint").removeHandler(self)


def _words(facts: NoticeFacts) -> dict[str, Any]:
    """The functions that the templates call, bound to the notice's language and zone."""
    language, zone = facts.language, ZoneInfo(facts.time_zone)
    numbers = count(1)

    def w(key: str, **fields: object) -> Markup:
        return phrase(key, language, **fields)

    def local(write: Callable[..., str]) -> Callable[..., str]:
        return lambda instant: write(instant, language, zone)

    space = _SPACE[language]
    lines = facts.title.splitlines()
    code = w("foot.code", code=facts.verification_code) if facts.verification_code else ""
    return {
        "w": w,
        "day": local(phrasing.day),
        "moment": local(phrasing.moment),
        "deadline": local(phrasing.deadline),
        "zone_name": local(phrasing.zone_name),
        "join": w("list.separator").join,
        "next_numeral": lambda: phrasing.numeral(next(numbers), language),
        "remedy_text": lambda remedy: _remedy_text(remedy, w, language, local(phrasing.deadline)),
        "clock_outcome": lambda clock: _clock_outcome(clock, w, local(phrasing.moment)),
        "organ_width": _width(facts.organ, *_SIGN_ROOM[language]),
        "organ_size": _organ_size(facts.organ, language),
        "document_title": " ".join(filter(None, [space.join(lines), facts.number or facts.case_number])),
        "title_lines": _title_lines(lines, language),
        "foot": code or w("foot.case", case_number=facts.case_number),
        "verify_site": Markup('<span class="whole">{}</span>').format(
            facts.verify_url.partition("://")[2].rpartition("/")[0]
        ),
    }


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
    return w("remedy.aside", text=text, aside=w("aside.separator").join(aside)) if aside else text


def _clock_outcome(clock: ClockAccount, w: Callable[..., Markup], moment: Callable[..., str]) -> str:
    if clock.outcome is ClockOutcome.RUNNING:
        return w("clock.running")
    return w(f"clock.{clock.outcome}", moment=moment(clock.ended_at or clock.due_at))


def _pictures(facts: NoticeFacts) -> dict[str, bytes]:
    pictures = {}
    if link := facts.verify_url or facts.tracking_url:
        pictures["notice:code"] = segno.make(link, error="m", micro=False).svg_inline(border=0, scale=4).encode()
    if facts.seal_label:
        pictures["notice:seal"] = seal_svg(facts.organ, facts.seal_label, facts.language)
    return pictures
